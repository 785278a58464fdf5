import type { JSX } from "preact";
import { useMemo } from "preact/hooks";
import encodeQR from "qr";
import { t } from "../texts/index.ts";

/** Modules of white that readers need around a code (ISO/IEC 18004). */
const BORDER = 4;

/** A QR code, black on white whatever the colours of the page. `what`: what is in it, for those who cannot see it. */
export const Qr = ({
  text,
  what,
  class: of = "w-full max-w-72",
}: {
  readonly text: string;
  readonly what: string;
  readonly class?: string;
}): JSX.Element => {
  const { size, path } = useMemo(() => {
    const rows = encodeQR(text, "raw", { border: BORDER });
    const squares = rows.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
    return { size: rows.length, path: squares.join("") };
  }, [text]);
  return (
    <svg
      viewBox={`0 0 ${size} ${size}`}
      role="img"
      aria-label={t.ui.qrOf(what)}
      class={`rounded-lg ${of}`}
      shape-rendering="crispEdges"
    >
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
};
