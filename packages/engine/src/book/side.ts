import { assert } from "../assert.ts";
import type { Level, Price } from "./order.ts";

/**
 * One side of a book: its levels by price in chunks, the best one last of the last, so that taking it is cheap. A new price
 * moves the levels of one chunk only, however many there are; a known one is found without looking for its place.
 */
export interface Side {
  readonly buys: boolean;
  /** None of them is empty, unless it is the only one. */
  readonly chunks: Level[][];
  readonly byPrice: Map<Price, Level>;
  /** The level found last: it is mostly asked for again at once. */
  found: Level | undefined;
  /** Levels whose open quantity the command under way has changed; told and emptied after it (changes.ts). */
  readonly touched: Level[];
}

/** Levels in a chunk before it is halved: moving half of so many costs about what finding the place does. */
export const MOST_IN_CHUNK = 64;

export const emptySide = (buys: boolean): Side => ({
  buys,
  chunks: [[]],
  byPrice: new Map(),
  found: undefined,
  touched: [],
});

/** To be called wherever what is open at a price changes: the stream tells it. */
export const touch = ({ touched }: Side, level: Level): void => {
  if (level.touched) return;
  level.touched = true;
  touched.push(level);
};

export const forgetTouched = ({ touched }: Side): void => {
  // One by one: setting the length is slow.
  while (touched.length > 0) touched.pop()!.touched = false;
};

export const best = ({ chunks }: Side): Level | undefined => {
  const last = chunks[chunks.length - 1]!;
  return last.length === 0 ? undefined : last[last.length - 1];
};

/** All levels, the best one first. The book must not change meanwhile. */
export function* levels({ chunks }: Pick<Side, "chunks">): Generator<Level> {
  for (let c = chunks.length - 1; c >= 0; c--)
    for (let i = chunks[c]!.length - 1; i >= 0; i--) yield chunks[c]![i]!;
}

// The chunk that has the price, or where it belongs: the first whose best level is as good or better, else the last.
const chunkFor = ({ buys, chunks }: Side, price: Price): number => {
  let low = 0;
  let high = chunks.length - 1;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const chunk = chunks[middle]!;
    const best = chunk[chunk.length - 1]!.price;
    if (buys ? best < price : best > price) low = middle + 1;
    else high = middle;
  }
  return low;
};

// Bids ascend to the best (highest), asks descend to it (lowest).
const placeIn = (chunk: readonly Level[], buys: boolean, price: Price): number => {
  let low = 0;
  let high = chunk.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = chunk[middle]!.price;
    if (buys ? at < price : at > price) low = middle + 1;
    else high = middle;
  }
  return low;
};

export const findLevel = (side: Side, price: Price): Level | undefined => {
  if (side.found?.price === price) return side.found;
  const level = side.byPrice.get(price);
  if (level) side.found = level;
  return level;
};

/** The level of a price, made if there is none. */
export const levelAt = (side: Side, price: Price): Level => findLevel(side, price) ?? addLevel(side, price);

const addLevel = (side: Side, price: Price): Level => {
  const level: Level = { price, quantity: 0, first: undefined, last: undefined, touched: false };
  side.byPrice.set(price, level);
  const c = chunkFor(side, price);
  const chunk = side.chunks[c]!;
  const at = placeIn(chunk, side.buys, price);
  chunk.push(level);
  for (let i = chunk.length - 1; i > at; i--) chunk[i] = chunk[i - 1]!;
  chunk[at] = level;
  if (chunk.length > MOST_IN_CHUNK) side.chunks.splice(c + 1, 0, chunk.splice(chunk.length >>> 1));
  return level;
};

export const removeLevel = (side: Side, level: Level): void => {
  side.byPrice.delete(level.price);
  if (side.found === level) side.found = undefined;
  const c = chunkFor(side, level.price);
  const chunk = side.chunks[c]!;
  const at = placeIn(chunk, side.buys, level.price);
  assert(chunk[at] === level, "a level stands where its price says");
  for (let i = at + 1; i < chunk.length; i++) chunk[i - 1] = chunk[i]!;
  chunk.pop();
  if (chunk.length === 0 && side.chunks.length > 1) side.chunks.splice(c, 1);
};
