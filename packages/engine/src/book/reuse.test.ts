import { expect, test } from "vitest";
import { ordersOf } from "./markets.ts";
import { findOrder, watchOrder } from "./order.ts";
import { BITCOIN, cancel, scene } from "./testing.ts";

test("an order that comes after one that has gone knows nothing of it", () => {
  const { hub, people, buy, sell } = scene();
  const [ann, bob] = people;
  const once = { by: ann.calls("place-order", { once: ["mine", "fingerprint"] }), postOnly: true as const };
  const first = hub.done({ ...sell(ann, BITCOIN, 100_00), ...once }).answer.order;
  hub.done(buy(bob, BITCOIN / 4, 25_00));
  hub.done(cancel(ann, first));
  const second = hub.done(buy(bob, BITCOIN, 50_00)).answer.order;
  expect(hub.refused({ kind: "cancel-order", by: ann.calls("cancel-order"), clientId: "mine" })).toBe(
    "order_unknown",
  );
  const { orders } = hub.state.markets;
  expect(findOrder(orders, first)).toBeUndefined();
  expect(findOrder(orders, second)).toMatchObject({
    account: bob.index,
    buys: true,
    clientId: undefined,
    postOnly: false,
    done: 0,
    given: 0,
    received: 0,
    fraction: 0,
    held: 50_00,
  });
});

test("a row that is watched becomes what its order was at the end, whatever is placed later", () => {
  const { hub, people, buy, sell } = scene();
  const [ann, bob] = people;
  const { orders } = hub.state.markets;
  const place = (command: ReturnType<typeof sell>) => findOrder(orders, hub.done(command).answer.order)!;
  const filled = watchOrder(orders, place(sell(ann, BITCOIN, 100_00)));
  const cancelled = watchOrder(orders, place(sell(ann, BITCOIN, 200_00)));
  expect(filled).toMatchObject({ done: 0, held: BITCOIN });
  hub.done(buy(bob, BITCOIN, 100_00));
  hub.done(cancel(ann, cancelled.number));
  for (let i = 1; i < 5; i++) hub.done(sell(bob, i, i * 300_00));
  expect(filled).toMatchObject({
    account: ann.index,
    done: BITCOIN,
    given: BITCOIN,
    received: 100_00,
    held: 0,
  });
  expect(cancelled).toMatchObject({ account: ann.index, price: 200_00, done: 0, held: 0 });
  expect(orders.watched.size).toBe(0);
});

test("who watches an order twice has one row of it, up to date", () => {
  const { hub, people, buy, sell } = scene();
  const [ann, bob] = people;
  const { orders } = hub.state.markets;
  hub.done(sell(ann, BITCOIN, 100_00));
  const order = ordersOf(hub.state.accounts.list[ann.index]!)[0]!;
  const row = watchOrder(orders, order);
  hub.done(buy(bob, BITCOIN / 2, 50_00));
  expect(watchOrder(orders, order)).toBe(row);
  expect(row.done).toBe(BITCOIN / 2);
});
