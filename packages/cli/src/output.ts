import { stripVTControlCharacters } from "node:util";
import { bold, clean, displayWidth } from "./terminal.ts";
import { localTime } from "./times.ts";

type Flat = string | number | boolean;
type Row = Readonly<Record<string, unknown>>;

/** Cells longer than this make no table that anyone can read. */
const LONGEST_CELL = 60;

const isFlat = (value: unknown): value is Flat =>
  typeof value === "string" || typeof value === "number" || typeof value === "boolean";
const isObject = (value: unknown): value is Row =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** `t` and names ending in `_t` are times in ms. */
const flatText = (name: string, value: Flat): string => {
  const isTime = (name === "t" || name.endsWith("_t")) && Number.isSafeInteger(value);
  return (isTime ? localTime(value as number) : undefined) ?? clean(String(value));
};

const cellText = (name: string, value: unknown): string => {
  if (value === undefined) return "";
  if (isFlat(value)) return flatText(name, value);
  if (isObject(value))
    return Object.entries(value)
      .map(([key, inner]) => `${clean(key)}=${cellText(key, inner)}`)
      .join(", ");
  return Array.isArray(value) ? value.map((item) => cellText(name, item)).join(" ") : String(value);
};

/** The client makes its ids itself where nobody gave one: in a column they need not be read whole. */
const LONGEST_CLIENT_ID = 12;

const columnText = (name: string, value: unknown): string => {
  const text = cellText(name, value);
  return name === "client_id" && text.length > LONGEST_CLIENT_ID
    ? `${text.slice(0, LONGEST_CLIENT_ID)}…`
    : text;
};

const DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;

/** Makes a column's cells equally wide: those of a column of numbers with their points one below the other. */
const aligned = (title: string, cells: readonly string[]): string[] => {
  const plain = cells.map((cell) => stripVTControlCharacters(cell));
  const isNumeric =
    plain.some((cell) => DECIMAL.test(cell)) && plain.every((cell) => cell === "" || DECIMAL.test(cell));
  const places = (cell: string): number => (cell.includes(".") ? cell.length - cell.indexOf(".") : 0);
  const most = isNumeric ? Math.max(...plain.map(places)) : 0;
  const filled = cells.map((cell, i) => (isNumeric ? cell + " ".repeat(most - places(plain[i]!)) : cell));
  const width = Math.max(displayWidth(title), ...filled.map(displayWidth));
  const fill = (cell: string): string => {
    const blank = " ".repeat(width - displayWidth(cell));
    return isNumeric ? blank + cell : cell + blank;
  };
  return [fill(title), ...filled.map(fill)];
};

/** Aligned columns; those of numbers to the right. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const made = columns.map((title, i) =>
    aligned(
      title,
      rows.map((row) => row[i]!),
    ),
  );
  const line = (i: number): string =>
    made
      .map((cells) => cells[i]!)
      .join("  ")
      .trimEnd();
  const lines = rows.map((_, i) => line(i + 1));
  return columns.some((title) => title !== "") ? [bold(line(0)), ...lines] : lines;
};

/** Whether no line is wider than the terminal; where there is none, no line is too wide. */
export const fitsTerminal = (lines: readonly string[]): boolean =>
  !process.stdout.isTTY || lines.every((line) => displayWidth(line) <= (process.stdout.columns || 80));

const listLines = (items: readonly unknown[]): string[] => {
  if (items.length === 0) return ["none"];
  if (items.every(isFlat)) return items.map((item) => clean(String(item)));
  if (items.every((item): item is unknown[] => Array.isArray(item) && item.every(isFlat))) {
    const width = Math.max(...items.map((item) => item.length));
    return table(
      Array(width).fill(""),
      items.map((item) => Array.from({ length: width }, (_, i) => clean(String(item[i] ?? "")))),
    );
  }
  if (!items.every(isObject)) return items.map((item) => cellText("", item));
  const columns = [...new Set(items.flatMap((item) => Object.keys(item)))];
  const rows = items.map((item) => columns.map((name) => columnText(name, item[name])));
  const lines = rows.every((row) => row.every((cell) => cell.length <= LONGEST_CELL))
    ? table(columns.map(clean), rows)
    : [];
  if (lines.length > 0 && fitsTerminal(lines)) return lines;
  return items.flatMap((item, i) => (i === 0 ? linesOf(item) : ["", ...linesOf(item)]));
};

/** `{"available":{"btc":"1"},"held":{}}` as a table with a line for each inner name. */
const matrixLines = (value: Row): string[] => {
  const outer = Object.keys(value);
  const inner = [...new Set(outer.flatMap((name) => Object.keys(value[name] as Row)))];
  if (inner.length === 0) return ["nothing yet"];
  return table(
    ["", ...outer.map(clean)],
    inner.map((name) => [clean(name), ...outer.map((of) => cellText(name, (value[of] as Row)[name]))]),
  );
};

/** An answer as lines that people read. */
export const linesOf = (value: unknown): string[] => {
  if (Array.isArray(value)) return listLines(value);
  if (!isObject(value)) return [isFlat(value) ? clean(String(value)) : String(value)];
  const entries = Object.entries(value);
  if (entries.length === 0) return ["done"];
  const isMatrix =
    entries.length > 1 &&
    entries.every(([, member]) => isObject(member) && Object.values(member).every(isFlat));
  if (isMatrix) return matrixLines(value);
  return entries.flatMap(([name, member]) => {
    const title = `${bold(clean(name))}:`;
    if (isFlat(member)) return [`${title} ${flatText(name, member)}`];
    const lines = isObject(member) && Object.keys(member).length === 0 ? ["none"] : linesOf(member);
    if (lines.length === 1 && lines[0] === "none") return [`${title} none`];
    return [title, ...lines.map((text) => (text === "" ? "" : `  ${text}`))];
  });
};

/** Prints an answer: as JSON for programs, else for people. */
export const print = (value: unknown, json: boolean): void => {
  console.log(json ? JSON.stringify(value) : linesOf(value).join("\n"));
};
