import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { overview } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { Icon } from "./icons.tsx";

/** The first page has the focus where the browser puts it; those after it are read out from their heading on. */
let shown = 0;

/** Where one came from: another page, or a step before. */
export type Back = { readonly label: string } & (
  | { readonly href: string }
  | { readonly onClick: () => void }
);

const backLook =
  "-ms-2 inline-flex min-h-11 items-center gap-1 rounded-[0.625rem] px-2 font-medium text-accent no-underline hover:bg-sunken";

const BackTo = ({ back }: { readonly back: Back }): JSX.Element => {
  const content = (
    <>
      <Icon name="back" class="-ms-1 size-5" />
      {back.label}
    </>
  );
  return (
    <div class="-my-2.5 w-full">
      {"href" in back ? (
        <a href={back.href} class={backLook}>
          {content}
        </a>
      ) : (
        <button type="button" class={backLook} onClick={back.onClick}>
          {content}
        </button>
      )}
    </div>
  );
};

/** A page: its heading, which takes the focus, its name in the window's title, and what stands on it. */
export const Page = ({
  title,
  lead,
  aside,
  back,
  width = "normal",
  children,
}: {
  readonly title: string;
  /** A line below the heading. */
  readonly lead?: ComponentChildren;
  /** At the end of the heading's line. */
  readonly aside?: ComponentChildren;
  /** Above the heading. */
  readonly back?: Back | undefined;
  /** `narrow`: one form; `normal`: one column; `broad`: two; `wide`: as much as there is. */
  readonly width?: "narrow" | "normal" | "broad" | "wide";
  readonly children?: ComponentChildren;
}): JSX.Element => {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (shown++ > 0) heading.current?.focus({ preventScroll: true });
  }, []);
  const hubName = overview.value?.name ?? t.app.name;
  useEffect(() => {
    document.title = `${title} · ${hubName}`;
  }, [title, hubName]);
  const widths = { narrow: "max-w-lg", normal: "max-w-3xl", broad: "max-w-6xl", wide: "max-w-[90rem]" };
  return (
    <div class={`mx-auto flex w-full flex-col gap-4 ${widths[width]}`}>
      <header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 print:hidden">
        {back && <BackTo back={back} />}
        <h1 ref={heading} tabIndex={-1} class="text-2xl font-semibold">
          {title}
        </h1>
        {/* Its quiet buttons stand with their words, not with their edges, on the page's lines. */}
        {aside !== undefined && <div class="-mx-4">{aside}</div>}
        {lead !== undefined && (
          <div class="w-full text-quiet">
            <p class="max-w-prose">{lead}</p>
          </div>
        )}
      </header>
      {children}
    </div>
  );
};
