import { formatAmount } from "@coinholder/protocol";
import type { PageHub, TestAccount } from "../testing/hub.ts";

const MARKET = "BTC/USD";

/** An order at a price in whole dollars for thousandths of a bitcoin; what they come to must be whole cents. */
const order = (side: "buy" | "sell", dollars: number, milli: number) => {
  const [quote, base] = [formatAmount((dollars * milli) / 10, 2), formatAmount(milli * 100_000, 8)];
  return side === "buy"
    ? { trade_amt: quote, trade_cur: "USD", for_amt: base, for_cur: "BTC" }
    : { trade_amt: base, trade_cur: "BTC", for_amt: quote, for_cur: "USD" };
};

export const orderAt = order;

const filled = new WeakMap<PageHub["hub"], Promise<TestAccount>>();

const fill = async (hub: PageHub): Promise<TestAccount> => {
  const [maker, taker] = [await hub.newAccount(), await hub.newAccount()];
  await hub.give(maker, "BTC", "20.00");
  await hub.give(maker, "USD", "2000000.00");
  await hub.give(taker, "BTC", "1.00");
  await hub.give(taker, "USD", "100000.00");
  for (let i = 1; i <= 14; i++) {
    const milli = ((i * 37) % 23) * 10 + 40 + i * 10;
    await maker.hub.call("place-order", order("sell", 65_000 + i * 45 + ((i * i) % 7) * 4, milli));
    await maker.hub.call("place-order", order("buy", 65_000 - i * 40 - ((i * i) % 5) * 6, milli + 20));
  }
  for (let i = 1; i <= 16; i++)
    await taker.hub.call("place-order", {
      ...(i % 3 === 0 ? order("sell", 64_000, i) : order("buy", 66_000, i * 2)),
      time_in_force: "ioc",
    });
  return maker;
};

/** Bids, offers and trades of two people in BTC/USD, once for each hub. */
export const busyMarket = (hub: PageHub): Promise<TestAccount> => {
  const known = filled.get(hub.hub) ?? fill(hub);
  filled.set(hub.hub, known);
  return known;
};

/** The market's orders and trades of an account, once: a few waiting, a few traded. */
export const tradeABit = async (hub: PageHub, account: TestAccount): Promise<void> => {
  await busyMarket(hub);
  const { orders } = await account.hub.call("my-open-orders");
  if (orders.some(({ market }) => market === MARKET)) return;
  await account.hub.call("place-order", order("buy", 64_900, 12));
  await account.hub.call("place-order", order("sell", 67_000, 250));
  await account.hub.call("place-order", {
    trade_amt: "0.00000001",
    trade_cur: "BTC",
    for_amt: "0.01",
    for_cur: "USD",
  });
  await account.hub.call("place-order", { ...order("sell", 60_000, 5), time_in_force: "ioc" });
  await account.hub.call("place-order", { ...order("buy", 70_000, 3), time_in_force: "ioc" });
};
