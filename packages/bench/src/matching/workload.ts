import { type PlainBook, plainBook } from "./plain-book.ts";

export const LIMIT = 0;
export const MARKET = 1;
export const CANCEL = 2;

/**
 * The order workload «mix-L»: operations in columns. Orders are numbered from 1 as they are placed, those that never rest too, so
 * that a cancel can name one before any engine has run.
 */
export interface Workload {
  /** Operations that fill the book: untimed. */
  readonly prefill: number;
  readonly count: number;
  /** LIMIT, MARKET or CANCEL. */
  readonly kind: Uint8Array;
  readonly buys: Uint8Array;
  /** In ticks. */
  readonly price: Int32Array;
  /** In lots. */
  readonly quantity: Int32Array;
  /** The order that a CANCEL takes out. */
  readonly target: Int32Array;
  /** What the book must be at the end, and what must have been traded. */
  readonly outcome: Outcome;
}

export interface Outcome {
  /** Each resting order as [number, open], by price from the lowest bid to the highest ask, in each queue oldest first. */
  readonly book: readonly (readonly [number: number, open: number])[];
  readonly trades: number;
  /** Price times quantity of all trades, in ticks and lots. */
  readonly turnover: number;
}

const MIDDLE = 100_000;
const MEAN_DISTANCE = 40;

// mulberry32 (Tommy Ettinger, public domain).
const mulberry32 = (seed: number) => (): number => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

const made = new Map<string, Workload>();

/**
 * Made once in a process: all passes of it are over the same one.
 * @param resting orders that the book is to hold (L)
 * @param operations timed ones
 */
export const workloadOf = (resting: number, operations: number): Workload => {
  const name = `${resting} ${operations}`;
  const workload = made.get(name) ?? makeWorkload(resting, operations);
  made.set(name, workload);
  return workload;
};

const makeWorkload = (resting: number, operations: number): Workload => {
  const random = mulberry32(42);
  const below = (n: number): number => Math.floor(random() * n);
  const distance = (): number => 1 + Math.floor(-MEAN_DISTANCE * Math.log(1 - random()));
  const count = resting + operations;
  const columns = {
    kind: new Uint8Array(count),
    buys: new Uint8Array(count),
    price: new Int32Array(count),
    quantity: new Int32Array(count),
    target: new Int32Array(count),
  };
  const book: PlainBook = plainBook(2 * MIDDLE);
  let at = 0;
  const place = (kind: number, buys: boolean, price: number): void => {
    const quantity = 1 + below(100);
    columns.kind[at] = kind;
    columns.buys[at] = buys ? 1 : 0;
    columns.price[at] = price;
    columns.quantity[at] = quantity;
    at++;
    book.place(buys, price, quantity, kind === LIMIT);
  };
  const cancel = (): void => {
    const number = book.live[below(book.live.length)]!;
    columns.kind[at] = CANCEL;
    columns.target[at] = number;
    at++;
    book.cancel(number);
  };
  const opposite = (buys: boolean): number => (buys ? book.bestAsk() : book.bestBid()) ?? MIDDLE;
  const passive = (): void => {
    const buys = random() < 0.5;
    place(LIMIT, buys, opposite(buys) + (buys ? -distance() : distance()));
  };

  for (let i = 0; i < resting; i++) {
    const buys = i % 2 === 0;
    place(LIMIT, buys, MIDDLE + (buys ? -distance() : distance()));
  }
  while (at < count) {
    const draw = random();
    if (book.live.length > 1.2 * resting) cancel();
    else if (draw < 0.36) {
      if (book.live.length < 0.8 * resting) passive();
      else cancel();
    } else if (draw < 0.4) {
      const buys = random() < 0.5;
      // At any price: a limit that everything is within.
      place(MARKET, buys, buys ? 2 * MIDDLE - 1 : 1);
    } else if (draw < 0.49) {
      const buys = random() < 0.5;
      const through = below(5);
      place(LIMIT, buys, opposite(buys) + (buys ? through : -through));
    } else passive();
  }
  return { prefill: resting, count, ...columns, outcome: book.outcome() };
};
