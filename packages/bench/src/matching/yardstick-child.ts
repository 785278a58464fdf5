import { OrderBook, Side } from "nodejs-order-book";
import { answering } from "../child.ts";
import { carryOutAll, checkBook, type Pass } from "./pass.ts";
import { CANCEL, MARKET, type Workload, workloadOf } from "./workload.ts";

/** How orders are named there: by texts. Of each operation, that of the order which it places or cancels. */
const names = ({ count, kind, target }: Workload): string[] => {
  let placed = 0;
  return Array.from({ length: count }, (_, i) => String(kind[i] === CANCEL ? target[i] : ++placed));
};

// Stays until the next pass has one, as ours.
let book: OrderBook;

answering(async ({ resting, operations }: Pass) => {
  const workload = workloadOf(resting, operations);
  const ids = names(workload);
  const { kind, buys, price, quantity } = workload;
  book = new OrderBook();
  const seconds = carryOutAll(workload, (i) => {
    const id = ids[i]!;
    const side = buys[i] ? Side.BUY : Side.SELL;
    const size = quantity[i]!;
    if (kind[i] === CANCEL) book.cancel(id);
    else if (kind[i] === MARKET) book.market({ side, size });
    else book.limit({ id, side, size, price: price[i]! });
  });

  const { bids, asks } = book.snapshot();
  const byPrice = [...bids, ...asks].sort((a, b) => a.price - b.price);
  checkBook(
    byPrice.flatMap(({ orders }) => orders.map(({ id, size }) => [Number(id), size] as const)),
    workload.outcome.book,
  );
  return operations / seconds;
});
