import type { StreamSnapshot, StreamUpdate } from "./stream.ts";

/** A level as `depth` and the stream tell it: price, quantity of base. */
export type Level = readonly [price: string, quantity: string];

/** What a message of a channel `book:...` has as `data`. A quantity of zero: the level is gone. */
export interface BookData {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** An order book as it is drawn from the stream. */
export interface DrawnBook {
  readonly seq: number;
  /** Quantity by price, in no order. */
  readonly bids: ReadonlyMap<string, string>;
  readonly asks: ReadonlyMap<string, string>;
}

const isNothing = (quantity: string): boolean => /^[0.]+$/.test(quantity);

const changed = (side: ReadonlyMap<string, string>, levels: readonly Level[]): Map<string, string> => {
  const after = side as Map<string, string>;
  for (const [price, quantity] of levels)
    if (isNothing(quantity)) after.delete(price);
    else after.set(price, quantity);
  return after;
};

/**
 * The book after a message of its channel; the one given is used up. Undefined where the message does not follow on it:
 * then something was missed, and a snapshot is needed.
 */
export const drawBook = (
  book: DrawnBook | undefined,
  message: StreamSnapshot | StreamUpdate,
): DrawnBook | undefined => {
  const { bids, asks } = message.data as BookData;
  if (message.type === "snapshot") return { seq: message.seq, bids: new Map(bids), asks: new Map(asks) };
  if (book === undefined || message.first !== book.seq + 1) return undefined;
  return { seq: message.last, bids: changed(book.bids, bids), asks: changed(book.asks, asks) };
};

/** Orders plain decimals without a loss: as text. */
export const compareDecimals = (a: string, b: string): number => {
  const [aWhole = "", aPlaces = ""] = a.split(".");
  const [bWhole = "", bPlaces = ""] = b.split(".");
  if (aWhole.length !== bWhole.length) return aWhole.length - bWhole.length;
  const width = Math.max(aPlaces.length, bPlaces.length);
  const [left, right] = [aWhole + aPlaces.padEnd(width, "0"), bWhole + bPlaces.padEnd(width, "0")];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** The best levels of a drawn book, as `depth` answers them. */
export const bestLevels = ({ bids, asks }: DrawnBook, limit: number): { bids: Level[]; asks: Level[] } => ({
  bids: [...bids].sort(([a], [b]) => compareDecimals(b, a)).slice(0, limit),
  asks: [...asks].sort(([a], [b]) => compareDecimals(a, b)).slice(0, limit),
});
