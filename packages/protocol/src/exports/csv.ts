/** A column of a table that is written as CSV. */
export interface Column<Row> {
  readonly name: string;
  /** Undefined: an empty cell. */
  readonly of: (row: Row) => string | undefined;
  /** It holds what people wrote: see `guarded`. */
  readonly isText?: true;
}

// OWASP, CSV injection; the full-width forms too, which some spreadsheets take for the others.
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/**
 * A spreadsheet carries out a cell that begins like a formula, whoever wrote it. So what people wrote gets an apostrophe before it where it
 * begins like one, or with an apostrophe itself: whoever reads the file takes one leading apostrophe off the columns of text, and has every text as
 * it was. Amounts, ids and times have fixed forms and stay as they are: «-0.25» is a number.
 */
export const guarded = (text: string): string =>
  FORMULA.test(text) || text.startsWith("'") ? `'${text}` : text;

// RFC 4180, section 2, rules 5 to 7.
const NEEDS_QUOTES = /[",\r\n]/;
const cell = (text: string): string => (NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

// Rule 1: each record ends with CRLF, the last one too.
const line = (cells: readonly string[]): string => `${cells.map(cell).join(",")}\r\n`;

/** The header and then each row, a line at a time, by RFC 4180. */
export function* csvLines<Row>(columns: readonly Column<Row>[], rows: Iterable<Row>): Generator<string> {
  yield line(columns.map(({ name }) => name));
  for (const row of rows)
    yield line(
      columns.map(({ of, isText }) => {
        const text = of(row) ?? "";
        return isText ? guarded(text) : text;
      }),
    );
}
