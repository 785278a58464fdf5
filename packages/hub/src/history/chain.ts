import { Damaged } from "../follower-database.ts";
import { HistoryError } from "./error.ts";
import type { Page } from "./records.ts";

/** A row that names the one before it in the chain of its owner: an account, or a market. */
export interface Link {
  readonly owner: number;
  /** 0: none. */
  readonly previous: number;
  /** 1: stands in the chain and in no page of it. */
  readonly settled?: number;
}

export interface Asked {
  /** Number of the chain's newest row; 0 when it has none. */
  readonly head: number;
  /** Only what is older than this row of the same chain. */
  readonly before: number | undefined;
  readonly limit: number;
}

/**
 * Walks back from the head. A `before` that is not a row of this chain, known or not, gives an empty page: nothing
 * can be learnt from it about the rows of others.
 */
export function readChain<L extends Link>(
  at: (row: number) => L | undefined,
  { head, before, limit }: Asked,
): Page<L> {
  const empty = { rows: [], more: false };
  if (head === 0) return empty;
  const newest = at(head);
  if (!newest) throw new HistoryError("history_behind", `row ${head} is not stored yet`);
  let row = head;
  if (before !== undefined) {
    const from = before > head ? undefined : at(before);
    if (from?.owner !== newest.owner) return empty;
    row = from.previous;
  }
  const rows: L[] = [];
  while (row > 0 && rows.length < limit) {
    const link = row === head ? newest : at(row);
    if (link?.owner !== newest.owner || link.previous >= row)
      throw new Damaged(`the chain of row ${head} breaks at row ${row}`);
    if (link.settled !== 1) rows.push(link);
    row = link.previous;
  }
  return { rows, more: row > 0 };
}
