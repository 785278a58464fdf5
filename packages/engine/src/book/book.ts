import { assert } from "../assert.ts";
import { type Level, type Order, openQuantity, type Price } from "./order.ts";
import { emptySide, findLevel, levelAt, removeLevel, type Side, touch } from "./side.ts";
import type { Volumes } from "./volumes.ts";

export interface Book {
  readonly bids: Side;
  readonly asks: Side;
  /** Price of the last trade, 0 before the first. */
  lastPrice: Price;
  /** Number of the last trade: head of the market's chain in history. */
  lastTrade: number;
  /** How many commands have changed its levels: the number that `depth` and the stream tell. */
  changes: number;
  readonly volumes: Volumes;
}

export const emptyBook = (): Book => ({
  bids: emptySide(true),
  asks: emptySide(false),
  lastPrice: 0,
  lastTrade: 0,
  changes: 0,
  volumes: new Map(),
});

export const sideOf = (book: Book, buys: boolean): Side => (buys ? book.bids : book.asks);

/** Whether an order of that side and price trades with a resting level. */
export const crosses = (buys: boolean, price: Price, level: Level): boolean =>
  buys ? level.price <= price : level.price >= price;

/** Whether that much more at a price can still be counted exactly. */
export const hasRoomFor = (side: Side, price: Price, quantity: number): boolean => {
  if (Number.isSafeInteger(side.most + quantity)) return true;
  const level = findLevel(side, price);
  return level === undefined || Number.isSafeInteger(level.quantity + quantity);
};

/** To the end of the queue at its price. */
export const rest = (side: Side, order: Order): void => {
  const open = openQuantity(order);
  assert(order.level === undefined && open > 0, "an order rests once, with something open");
  const level = levelAt(side, order.price);
  const { last } = level;
  order.level = level;
  order.ahead = last;
  if (last !== undefined) last.behind = order;
  else level.first = order;
  level.last = order;
  level.quantity += open;
  if (level.quantity > side.most) side.most = level.quantity;
  touch(side, level);
};

/** Out of its queue; the level goes with its last order. */
export const unlink = (side: Side, order: Order): void => {
  const { level, ahead, behind } = order;
  assert(level !== undefined, "only a resting order is taken out");
  level.quantity -= openQuantity(order);
  touch(side, level);
  if (ahead !== undefined) ahead.behind = behind;
  else level.first = behind;
  if (behind !== undefined) behind.ahead = ahead;
  else level.last = ahead;
  order.level = order.ahead = order.behind = undefined;
  if (level.first === undefined) {
    assert(level.quantity === 0, "an empty level has nothing open");
    removeLevel(side, level);
  }
};
