import { assert } from "../assert.ts";
import { add, emptyNumberTable, find, type NumberTable, remove } from "./number-table.ts";
import type { Level, Price } from "./order.ts";

/**
 * One side of a book: its levels by price, and the prices in order in chunks, the best one last of the last. A new price moves
 * those of one chunk only, however many there are; a known one is found without looking for its place.
 */
export interface Side {
  readonly buys: boolean;
  /** None of them is empty, unless it is the only one. */
  readonly chunks: Price[][];
  readonly byPrice: NumberTable<Level>;
  /** Undefined where the side is empty. */
  best: Level | undefined;
  /** No level of it has ever had more open. */
  most: number;
  /** Levels whose open quantity the command under way has changed, linked by `next`; told and forgotten after it (changes.ts). */
  touched: Level | undefined;
  lastTouched: Level | undefined;
  /** Levels that have gone, to be used again, linked by `next`. */
  free: Level | undefined;
}

/** Prices in a chunk before it is halved: moving half of so many costs about what finding the place does. */
export const MOST_IN_CHUNK = 64;

export const emptySide = (buys: boolean): Side => ({
  buys,
  chunks: [[]],
  byPrice: emptyNumberTable(),
  best: undefined,
  most: 0,
  touched: undefined,
  lastTouched: undefined,
  free: undefined,
});

/** To be called wherever what is open at a price changes: the stream tells it. */
export const touch = (side: Side, level: Level): void => {
  if (level.touched) return;
  level.touched = true;
  if (side.lastTouched === undefined) side.touched = level;
  else side.lastTouched.next = level;
  side.lastTouched = level;
};

/** Only now can levels that have gone be used again: until then they are still to be told. */
export const forgetTouched = (side: Side): void => {
  for (let level = side.touched; level !== undefined; ) {
    const { next } = level;
    level.touched = false;
    if (level.first === undefined) {
      level.next = side.free;
      side.free = level;
    } else level.next = undefined;
    level = next;
  }
  side.touched = side.lastTouched = undefined;
};

/** All levels, the best one first. The book must not change meanwhile. */
export function* levels({ chunks, byPrice }: Side): Generator<Level> {
  for (let c = chunks.length - 1; c >= 0; c--)
    for (let i = chunks[c]!.length - 1; i >= 0; i--) yield find(byPrice, chunks[c]![i]!)!;
}

// The chunk that has the price, or where it belongs: the first whose best price is as good or better, else the last.
const chunkFor = ({ buys, chunks }: Side, price: Price): number => {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const chunk = chunks[middle]!;
    const best = chunk[chunk.length - 1]!;
    if (buys ? best < price : best > price) low = middle + 1;
    else high = middle;
  }
  return low;
};

// Bids ascend to the best (highest), asks descend to it (lowest).
const placeIn = (chunk: readonly Price[], buys: boolean, price: Price): number => {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = chunk[middle]!;
    if (buys ? at < price : at > price) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const findLevel = (side: Side, price: Price): Level | undefined => find(side.byPrice, price);

/** The level of a price, made if there is none. */
export const levelAt = (side: Side, price: Price): Level => findLevel(side, price) ?? addLevel(side, price);

const newLevel = (side: Side, price: Price): Level => {
  const level = side.free;
  if (level === undefined)
    return { price, quantity: 0, first: undefined, last: undefined, touched: false, next: undefined };
  side.free = level.next;
  level.next = undefined;
  level.price = price;
  return level;
};

const addLevel = (side: Side, price: Price): Level => {
  const level = newLevel(side, price);
  add(side.byPrice, price, level);
  const c = chunkFor(side, price);
  const chunk = side.chunks[c]!;
  const at = placeIn(chunk, side.buys, price);
  if (at === chunk.length && c === side.chunks.length - 1) side.best = level;
  chunk.push(price);
  for (let i = chunk.length - 1; i > at; i--) chunk[i] = chunk[i - 1]!;
  chunk[at] = price;
  if (chunk.length > MOST_IN_CHUNK) side.chunks.splice(c + 1, 0, chunk.splice(chunk.length >>> 1));
  return level;
};

/** Of a level that is empty and touched. */
export const removeLevel = (side: Side, level: Level): void => {
  const { price } = level;
  remove(side.byPrice, price);
  const c = chunkFor(side, price);
  const chunk = side.chunks[c]!;
  const at = placeIn(chunk, side.buys, price);
  assert(chunk[at] === price, "a level's price stands in its place");
  for (let i = at + 1; i < chunk.length; i++) chunk[i - 1] = chunk[i]!;
  chunk.pop();
  if (chunk.length === 0 && side.chunks.length > 1) side.chunks.splice(c, 1);
  if (side.best === level) side.best = bestOf(side);
};

const bestOf = ({ chunks, byPrice }: Side): Level | undefined => {
  const last = chunks[chunks.length - 1]!;
  return last.length === 0 ? undefined : find(byPrice, last[last.length - 1]!);
};
