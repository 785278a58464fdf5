import type { ComponentChildren, JSX } from "preact";
import { paths } from "../app/paths.ts";
import { t } from "../texts/index.ts";
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
    back={{ label: t.wallet.back, href: paths.wallet }}
  >
    {children}
  </Page>
);
