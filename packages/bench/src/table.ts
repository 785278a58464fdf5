import type { Figure } from "./measure.ts";

const digits = (value: number): string =>
  // A yardstick that this machine does not have.
  Number.isNaN(value)
    ? "none"
    : value >= 100
      ? Math.round(value).toLocaleString("en-US")
      : value.toPrecision(3);

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

/** The figures as a Markdown table, as BENCHMARKS.md quotes it. */
export const table = (figures: readonly Figure[]): string =>
  [
    row(["what", "ours", "yardstick", "", "ours / yardstick", "aim"]),
    row(["---", "---:", "---:", "---", "---:", "---"]),
    ...figures.map(({ what, unit, ours, yardstick, aim }) =>
      row([
        what,
        `${digits(ours)} ${unit}`,
        `${digits(yardstick.value)} ${unit}`,
        yardstick.what,
        (ours / yardstick.value).toFixed(2),
        aim ? `${aim.what}: ${aim.met ? "met" : "missed"}` : "",
      ]),
    ),
  ].join("\n");
