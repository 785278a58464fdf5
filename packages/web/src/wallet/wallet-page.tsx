import type { ComponentChildren, JSX } from "preact";
import { paths } from "../app/paths.ts";
import { t } from "../texts/index.ts";
import { Icon } from "../ui/icons.tsx";
import { Page } from "../ui/page.tsx";

/** A view below the wallet's own, with the way back. */
export const WalletPage = ({
  title,
  lead,
  width = "normal",
  children,
}: {
  readonly title: string;
  readonly lead?: string;
  readonly width?: "narrow" | "normal";
  readonly children: ComponentChildren;
}): JSX.Element => (
  <Page
    title={title}
    width={width}
    {...(lead === undefined ? {} : { lead })}
    aside={
      <a
        href={paths.wallet}
        class="mx-2 inline-flex min-h-11 items-center gap-1 rounded-[0.625rem] px-2 font-medium text-accent no-underline hover:bg-sunken"
      >
        <Icon name="back" />
        {t.wallet.back}
      </a>
    }
  >
    {children}
  </Page>
);
