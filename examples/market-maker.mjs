// A market maker: an offer on each side of a reference price, replaced when the price has moved, all taken back at the end (Ctrl-C).
//
//   HUB=... TOKEN=ak-... KEY=... ACCOUNT=ac-... REFERENCE=ccxt:kraken node market-maker.mjs
//
// REFERENCE is a hub or a wrapped exchange with a ticker of that market, or a price. MARKET (BTC/USD), SIZE (0.01: base on each side),
// SPREAD_BPS (100: distance of each side from the reference), MOVE_BPS (20: what is closer to where it should be stays), EVERY_MS (5000).
//
// It keeps nothing in memory or on disk: its orders are those whose client_id begins with its name. So a restart, a lost connection
// or an order of unknown outcome are all the same to it: it looks at what is open, and goes on from there.
import { setTimeout as sleep } from "node:timers/promises";
import { connect, HubError } from "@coinholder/client";

const { HUB = "http://127.0.0.1:8420", TOKEN, KEY, ACCOUNT, REFERENCE, MARKET = "BTC/USD" } = process.env;
const { SIZE = "0.01", SPREAD_BPS = "100", MOVE_BPS = "20", EVERY_MS = "5000", NAME = "maker" } = process.env;
if (!TOKEN || !KEY || !ACCOUNT || !REFERENCE)
  throw new Error("TOKEN, KEY, ACCOUNT and REFERENCE must be set");

const hub = await connect(HUB, { token: TOKEN, key: KEY, account: ACCOUNT });
const market = hub.overview.markets?.find(({ name }) => name === MARKET);
if (market === undefined) throw new Error(`${HUB} has no market ${MARKET}`);
const { decimals } = hub.overview.currencies.find(({ code }) => code === market.quote);
const source = /^[0-9.]+$/.test(REFERENCE) ? undefined : await connect(REFERENCE);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop.abort());

/** A price is an opinion, so a number does; what is ordered is written with just the currency's decimals. */
const reference = async () => {
  if (source === undefined) return Number(REFERENCE);
  const { bid, ask } = await source.call("ticker", { market: MARKET });
  const middle = (Number(bid) + Number(ask)) / 2;
  if (!(middle > 0)) throw new HubError("price_missing", `${REFERENCE} has no bid and ask of ${MARKET}.`);
  return middle;
};

const mine = async () => {
  const { orders } = await hub.call("my-open-orders");
  return orders.filter(({ market, client_id }) => market === MARKET && client_id?.startsWith(`${NAME}-`));
};

const cancel = async ({ oid, side, price }) => {
  await hub.call("cancel-order", { oid }).catch((error) => {
    if (error.code !== "order_unknown") throw error; // it has filled meanwhile
  });
  console.log(`cancelled: ${side} at ${price}`);
};

const place = async (side, price) => {
  const money = { amt: (price * Number(SIZE)).toFixed(decimals), cur: market.quote };
  const goods = { amt: SIZE, cur: market.base };
  const [give, get] = side === "buy" ? [money, goods] : [goods, money];
  const client_id = `${NAME}-${side}-${Date.now()}`;
  const order = { trade_amt: give.amt, trade_cur: give.cur, for_amt: get.amt, for_cur: get.cur };
  await hub.call("place-order", { ...order, post_only: true, client_id });
  console.log(`placed: ${side} ${SIZE} ${market.base} for ${money.amt} ${market.quote}`);
};

/** What went wrong in one step; the next round looks again at what is so. */
const told = (step) =>
  step.catch((error) => {
    if (!(error instanceof HubError)) throw error;
    console.error(`${error.code}: ${error.message}`);
  });

let last;
/** Makes what is open what should be open. Without a price nothing should: an old offer is a gift to whoever knows better. */
const round = async () => {
  const middle = await told(reference());
  const open = await mine();
  const offers = ["buy", "sell"].map((side) => {
    const price = middle * (1 + ((side === "buy" ? -1 : 1) * Number(SPREAD_BPS)) / 10_000);
    const near = (order) => Math.abs(Number(order.price) - price) <= (middle * Number(MOVE_BPS)) / 10_000;
    return { side, price, kept: open.find((order) => order.side === side && near(order)) };
  });
  // First away with what is wrong, on both sides: a new offer must not meet an old one of its own.
  for (const order of open) if (!offers.some(({ kept }) => kept === order)) await told(cancel(order));
  for (const { side, price, kept } of offers)
    if (middle !== undefined && kept === undefined) await told(place(side, price));
  if (middle !== last)
    console.log(middle === undefined ? "no offers without a price" : `offers around ${middle}`);
  last = middle;
};

while (!stop.signal.aborted) {
  await told(round());
  await sleep(Number(EVERY_MS), undefined, { signal: stop.signal }).catch(() => {});
}
for (const order of await mine()) await cancel(order);
console.log("stopped: nothing of it is open");
