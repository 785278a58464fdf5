import type { Statement, ToldTrade, ToldTransfer } from "@coinholder/protocol";
import type { Hub } from "./connect.ts";

/** Times in ms since 1970: `from` is in it, `to` is not. */
export interface Period {
  readonly from?: number;
  readonly to?: number;
}

/** Told after each page: how many rows there are by now. */
export type Progress = (rows: number) => void;

type Caller = Pick<Hub, "call">;

/** What hubs give at most in one page. */
const PAGE = 500;

/** A statement with all its entries, oldest first. Throws HubError. */
export const wholeStatement = async (
  hub: Caller,
  { currency, from = 0, to }: Period & { readonly currency: string },
  onProgress: Progress = () => {},
): Promise<Statement> => {
  const asked = { currency, from_t: from, limit: PAGE };
  const first = await hub.call("my-statement", { ...asked, ...(to === undefined ? {} : { to_t: to }) });
  const entries = first.entries;
  let last = first;
  onProgress(entries.length);
  while (last.next_after !== undefined) {
    last = await hub.call("my-statement", { ...asked, after: last.next_after });
    for (const entry of last.entries) entries.push(entry);
    onProgress(entries.length);
  }
  const { from_t, to_t, closing } = first;
  return { currency, from_t, to_t, opening: last.opening, closing, entries: entries.reverse() };
};

interface Page<Row> {
  readonly rows: readonly Row[];
  readonly next: number | undefined;
}

/** Newest first from page to page, until one is older than the period; answered oldest first. */
const collect = async <Row extends { readonly t: number }>(
  page: (params: { limit: number; before?: number }) => Promise<Page<Row>>,
  { from = 0, to = Number.POSITIVE_INFINITY }: Period,
  onProgress: Progress,
  isInOrder: (row: Row) => boolean,
): Promise<Row[]> => {
  const found: Row[] = [];
  for (let before: number | undefined; ; ) {
    const { rows, next } = await page({ limit: PAGE, ...(before === undefined ? {} : { before }) });
    for (const row of rows) if (row.t >= from && row.t < to) found.push(row);
    onProgress(found.length);
    if (next === undefined || rows.some((row) => isInOrder(row) && row.t < from)) return found.reverse();
    before = next;
  }
};

/** All transfers of a time, oldest first; deposits that do not count yet at the end, whenever they were seen. Throws HubError. */
export const allTransfers = (
  hub: Caller,
  period: Period = {},
  onProgress: Progress = () => {},
): Promise<ToldTransfer[]> =>
  collect(
    async (params) => {
      const { transfers, next_before } = await hub.call("my-transfers", params);
      return { rows: transfers, next: next_before };
    },
    period,
    onProgress,
    ({ status }) => status !== "pending",
  );

/** All trades of a time, oldest first. Throws HubError. */
export const allTrades = (
  hub: Caller,
  period: Period = {},
  onProgress: Progress = () => {},
): Promise<ToldTrade[]> =>
  collect(
    async (params) => {
      const { trades, next_before } = await hub.call("my-trades", params);
      return { rows: trades, next: next_before };
    },
    period,
    onProgress,
    () => true,
  );
