import type { Outcome } from "./workload.ts";

interface PlainOrder {
  readonly number: number;
  readonly buys: boolean;
  readonly price: number;
  open: number;
}

/** An order book in the plainest way, a list at every price: it makes the workload, and judges the others by what it ends with. */
export interface PlainBook {
  readonly place: (buys: boolean, price: number, quantity: number, keep: boolean) => void;
  readonly cancel: (number: number) => void;
  readonly bestBid: () => number | undefined;
  readonly bestAsk: () => number | undefined;
  /** Numbers of the orders that rest, in no order. */
  readonly live: number[];
  readonly outcome: () => Outcome;
}

/** @param prices they are below this */
export const plainBook = (prices: number): PlainBook => {
  const queues: PlainOrder[][] = Array.from({ length: prices }, () => []);
  const orders = new Map<number, PlainOrder>();
  const live: number[] = [];
  const placeInLive = new Map<number, number>();
  let last = 0;
  let trades = 0;
  let turnover = 0;
  let [bid, ask] = [0, prices];

  const forget = (order: PlainOrder): void => {
    orders.delete(order.number);
    const at = placeInLive.get(order.number)!;
    placeInLive.delete(order.number);
    const moved = live.pop()!;
    if (moved === order.number) return;
    live[at] = moved;
    placeInLive.set(moved, at);
  };
  const settle = (): void => {
    while (bid > 0 && queues[bid]!.length === 0) bid--;
    while (ask < prices && queues[ask]!.length === 0) ask++;
  };

  return {
    live,
    bestBid: () => (bid > 0 ? bid : undefined),
    bestAsk: () => (ask < prices ? ask : undefined),
    place: (buys, price, quantity, keep) => {
      const number = ++last;
      let open = quantity;
      while (open > 0 && (buys ? ask < prices && ask <= price : bid > 0 && bid >= price)) {
        const at = buys ? ask : bid;
        const maker = queues[at]![0]!;
        const traded = Math.min(open, maker.open);
        open -= traded;
        maker.open -= traded;
        trades++;
        turnover += traded * at;
        if (maker.open > 0) continue;
        queues[at]!.shift();
        forget(maker);
        settle();
      }
      if (open === 0 || !keep) return;
      const order = { number, buys, price, open };
      queues[price]!.push(order);
      orders.set(number, order);
      placeInLive.set(number, live.length);
      live.push(number);
      if (buys) bid = Math.max(bid, price);
      else ask = Math.min(ask, price);
    },
    cancel: (number) => {
      const order = orders.get(number)!;
      const queue = queues[order.price]!;
      queue.splice(queue.indexOf(order), 1);
      forget(order);
      settle();
    },
    outcome: () => ({
      book: queues.flatMap((queue) => queue.map(({ number, open }) => [number, open] as const)),
      trades,
      turnover,
    }),
  };
};
