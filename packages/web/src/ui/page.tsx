import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { overview } from "../hub/current.ts";
import { t } from "../texts/index.ts";

/** The first page has the focus where the browser puts it; those after it are read out from their heading on. */
let shown = 0;

/** A page: its heading, which takes the focus, its name in the window's title, and what stands on it. */
export const Page = ({
  title,
  lead,
  aside,
  width = "normal",
  children,
}: {
  readonly title: string;
  /** A line below the heading. */
  readonly lead?: ComponentChildren;
  /** At the end of the heading's line. */
  readonly aside?: ComponentChildren;
  readonly width?: "narrow" | "normal" | "wide";
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
  const widths = { narrow: "max-w-lg", normal: "max-w-3xl", wide: "max-w-[90rem]" };
  return (
    <div class={`mx-auto flex w-full flex-col gap-4 ${widths[width]}`}>
      <header class="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 print:hidden">
        <h1 ref={heading} tabIndex={-1} class="text-2xl font-semibold">
          {title}
        </h1>
        {/* Its quiet buttons stand with their words, not with their edges, on the page's lines. */}
        {aside !== undefined && <div class="-mx-4">{aside}</div>}
        {lead !== undefined && <p class="w-full text-quiet">{lead}</p>}
      </header>
      {children}
    </div>
  );
};
