import { OrderBook, Side } from "nodejs-order-book";
import { answering } from "../child.ts";
import { carryOutAll, checkBook, type Pass } from "./pass.ts";
import { CANCEL, MARKET, makeWorkload, type Workload } from "./workload.ts";

interface Decoded {
  readonly kind: number;
  readonly id: string;
  readonly side: Side;
  readonly size: number;
  readonly price: number;
}

/** Orders are named by texts there. */
const decoder = ({ kind, buys, price, quantity, target }: Workload): ((i: number) => Decoded) => {
  let placed = 0;
  return (i) => ({
    kind: kind[i]!,
    id: String(kind[i] === CANCEL ? target[i] : ++placed),
    side: buys[i] ? Side.BUY : Side.SELL,
    size: quantity[i]!,
    price: price[i]!,
  });
};

answering(async ({ resting, operations }: Pass) => {
  const workload = makeWorkload(resting, operations);
  const book = new OrderBook();
  const seconds = carryOutAll(workload, decoder(workload), ({ kind, id, side, size, price }) => {
    if (kind === CANCEL) book.cancel(id);
    else if (kind === MARKET) book.market({ side, size });
    else book.limit({ id, side, size, price });
  });

  const { bids, asks } = book.snapshot();
  const byPrice = [...bids, ...asks].sort((a, b) => a.price - b.price);
  checkBook(
    byPrice.flatMap(({ orders }) => orders.map(({ id, size }) => [Number(id), size] as const)),
    workload.outcome.book,
  );
  return operations / seconds;
});
