import { OrderBook, Side } from "nodejs-order-book";
import { answering } from "../child.ts";
import { checkBook, type Pass } from "./pass.ts";
import { CANCEL, MARKET, makeWorkload, type Workload } from "./workload.ts";

interface Decoded {
  readonly kind: number;
  readonly id: string;
  readonly side: Side;
  readonly size: number;
  readonly price: number;
}

/** Orders are named by texts there. */
const decode = ({ count, kind, buys, price, quantity, target }: Workload): Decoded[] => {
  let placed = 0;
  return Array.from({ length: count }, (_, i) => ({
    kind: kind[i]!,
    id: String(kind[i] === CANCEL ? target[i] : ++placed),
    side: buys[i] ? Side.BUY : Side.SELL,
    size: quantity[i]!,
    price: price[i]!,
  }));
};

answering(async ({ resting, operations }: Pass) => {
  const workload = makeWorkload(resting, operations);
  const commands = decode(workload);
  const book = new OrderBook();
  const run = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const { kind, id, side, size, price } = commands[i]!;
      if (kind === CANCEL) book.cancel(id);
      else if (kind === MARKET) book.market({ side, size });
      else book.limit({ id, side, size, price });
    }
  };
  run(0, workload.prefill);

  const start = process.hrtime.bigint();
  run(workload.prefill, workload.count);
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;

  const { bids, asks } = book.snapshot();
  const byPrice = [...bids, ...asks].sort((a, b) => a.price - b.price);
  checkBook(
    byPrice.flatMap(({ orders }) => orders.map(({ id, size }) => [Number(id), size] as const)),
    workload.outcome.book,
  );
  return operations / seconds;
});
