import { assert } from "../assert.ts";
import { type Level, type Order, openQuantity, type Price } from "./order.ts";

/** One side of a book: levels by price, the best one last, so that taking it is cheap. */
export interface Side {
  readonly buys: boolean;
  readonly levels: Level[];
}

export interface Book {
  readonly bids: Side;
  readonly asks: Side;
  /** Price of the last trade, 0 before the first. */
  lastPrice: Price;
  /** Number of the last trade: head of the market's chain in history. */
  lastTrade: number;
}

export const emptyBook = (): Book => ({
  bids: { buys: true, levels: [] },
  asks: { buys: false, levels: [] },
  lastPrice: 0,
  lastTrade: 0,
});

export const sideOf = (book: Book, buys: boolean): Side => (buys ? book.bids : book.asks);
export const best = (side: Side): Level | undefined => side.levels.at(-1);

/** Whether an order of that side and price trades with a resting level. */
export const crosses = (buys: boolean, price: Price, level: Level): boolean =>
  buys ? level.price <= price : level.price >= price;

// Position of the price, or where it belongs: bids ascend to the best (highest), asks descend to it (lowest).
const position = (side: Side, price: Price): number => {
  let low = 0;
  let high = side.levels.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = side.levels[middle]!.price;
    if (side.buys ? at < price : at > price) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Whether that much more at a price can still be counted exactly. */
export const hasRoomFor = (side: Side, price: Price, quantity: number): boolean => {
  const level = side.levels[position(side, price)];
  return level?.price !== price || Number.isSafeInteger(level.quantity + quantity);
};

/** To the end of the queue at its price. */
export const rest = (side: Side, order: Order): void => {
  assert(order.level === undefined && openQuantity(order) > 0, "an order rests once, with something open");
  const at = position(side, order.price);
  let level = side.levels[at];
  if (level?.price !== order.price) {
    level = { price: order.price, quantity: 0, first: undefined, last: undefined };
    side.levels.splice(at, 0, level);
  }
  order.level = level;
  order.ahead = level.last;
  if (level.last) level.last.behind = order;
  else level.first = order;
  level.last = order;
  level.quantity += openQuantity(order);
};

/** Out of its queue; the level goes with its last order. */
export const unlink = (side: Side, order: Order): void => {
  const { level } = order;
  assert(level !== undefined, "only a resting order is taken out");
  level.quantity -= openQuantity(order);
  if (order.ahead) order.ahead.behind = order.behind;
  else level.first = order.behind;
  if (order.behind) order.behind.ahead = order.ahead;
  else level.last = order.ahead;
  order.level = order.ahead = order.behind = undefined;
  if (level.first === undefined) {
    assert(level.quantity === 0, "an empty level has nothing open");
    side.levels.splice(position(side, level.price), 1);
  }
};
