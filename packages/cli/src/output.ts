import { bold, clean } from "./terminal.ts";

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
  if ((name === "t" || name.endsWith("_t")) && Number.isSafeInteger(value)) {
    const date = new Date(value as number);
    if (!Number.isNaN(date.getTime())) return date.toISOString().replace("T", " ");
  }
  return clean(String(value));
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

/** Aligned columns; those of numbers to the right. */
export const table = (columns: readonly string[], rows: readonly (readonly string[])[]): string[] => {
  const widths = columns.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]!.length)));
  const numeric = columns.map((_, i) => rows.length > 0 && rows.every((row) => DECIMAL.test(row[i]!)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (numeric[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join("  ")
      .trimEnd();
  return [...(columns.some((name) => name !== "") ? [bold(line(columns))] : []), ...rows.map(line)];
};

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
  const fits = rows.every((row) => row.every((cell) => cell.length <= LONGEST_CELL));
  if (fits) return table(columns.map(clean), rows);
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
