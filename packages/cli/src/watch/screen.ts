import { cut, dim, green, yellow } from "../terminal.ts";
import { clockTime } from "../times.ts";
import { ASK_MS } from "./arrivals.ts";
import type { Liveness, Size } from "./watched.ts";

const ENTER = "\u001b[?1049h\u001b[?25l";
const LEAVE = "\u001b[?25h\u001b[?1049l";
const HOME = "\u001b[H";
const REST_OF_LINE = "\u001b[K";
const REST_OF_SCREEN = "\u001b[J";

/** How current what is shown is. `since` in ms since 1970. */
export const livenessText = (liveness: Liveness | undefined, since: number): string => {
  if (liveness === "live") return green("● live");
  if (liveness === "asking") return yellow(`◐ asked every ${ASK_MS / 1000} s: no stream for this`);
  if (liveness === "reconnecting") return yellow(`○ not live since ${clockTime(since)}: reconnecting`);
  return dim("○ connecting");
};

/** A whole picture: title, how current it is, and what fits of the rest. */
export const picture = (
  title: string,
  state: string,
  lines: readonly string[],
  { columns, rows }: Size,
): string[] => {
  // Title and blank line above, blank line and hint below.
  const room = Math.max(1, rows - 4);
  const shown =
    lines.length <= room
      ? lines
      : [...lines.slice(0, room - 1), dim(`… and ${lines.length - room + 1} lines more`)];
  return [`${title}  ${state}`, "", ...shown, "", dim("Ctrl-C ends.")]
    .slice(0, rows)
    .map((line) => cut(line, columns));
};

/** A terminal's second screen, redrawn in place. */
export const openScreen = (
  stream: NodeJS.WriteStream,
): {
  readonly size: () => Size;
  readonly show: (lines: readonly string[]) => void;
  readonly close: () => void;
} => {
  stream.write(ENTER);
  let open = true;
  const close = (): void => {
    if (open) stream.write(LEAVE);
    open = false;
  };
  // However the process ends, the terminal is as it was.
  process.once("exit", close);
  return {
    size: () => ({ columns: stream.columns || 80, rows: stream.rows || 24 }),
    show: (lines) =>
      void stream.write(
        HOME + lines.map((line) => line + REST_OF_LINE).join("\r\n") + REST_OF_LINE + REST_OF_SCREEN,
      ),
    close,
  };
};
