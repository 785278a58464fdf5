import type { Market } from "@coinholder/engine";
import { balanceOf } from "../twin/twin.ts";
import { a, anyCaller, anySize, callerNumber, type Unstamped, type World, withOnce } from "./world.ts";

// A price about which a market moves, in smallest quote units per whole base unit.
const MIDDLE: Record<string, number> = { "BTC/USD": 9_500_000, "EUR/JPY": 160, "XAU/USD": 240_000 };

const amountsAt = (world: World, market: Market, buys: boolean, account: number) => {
  const { random, twin } = world;
  const scale = 10 ** twin.config.currencies.find((one) => one.code === market.base)!.decimals;
  const middle = MIDDLE[`${market.base}/${market.quote}`] ?? 1000;
  // Often to the other side's advantage, so that they meet.
  const about = Math.round(middle * (0.95 + (random.below(11) + (buys ? 3 : -3)) / 100));
  const price = Math.max(market.tick, about - (about % market.tick));
  const free = Number(balanceOf(twin, Math.max(account, 0), buys ? market.quote : market.base).available);
  const most = buys ? (free / price) * scale : free;
  let quantity = anySize(random, Math.max(10, random.chance(0.9) ? most : most * 3));
  if (random.chance(0.95)) quantity = Math.max(market.lot, quantity - (quantity % market.lot));
  const maxOf = (code: string): number => twin.config.currencies.find((one) => one.code === code)!.max;
  quantity = Math.min(quantity, maxOf(market.base));
  const exact = (price * quantity) / scale;
  // Rounded so that the limit comes out at that very tick, where others wait too.
  const quote = Math.min(Math.max(1, buys ? Math.ceil(exact) : Math.floor(exact)), maxOf(market.quote));
  const amounts = buys ? { give: a(quote), want: a(quantity) } : { give: a(quantity), want: a(quote) };
  // Some name it, which small ones need; where the amounts are no longer exact in plain numbers, or cut, that is refused.
  return (price + quantity) % 3 === 0 ? { ...amounts, price } : amounts;
};

export const placeOrder = (world: World): Unstamped => {
  const { random, twin } = world;
  const by = anyCaller(world, "place-order");
  const market = random.chance(0.6) ? twin.config.markets[0]! : random.pick(twin.config.markets);
  const buys = random.chance(0.5);
  const [giveCurrency, wantCurrency] = buys ? [market.quote, market.base] : [market.base, market.quote];
  return withOnce(world, {
    kind: "place-order",
    by,
    ...amountsAt(world, market, buys, callerNumber(world, by)),
    giveCurrency,
    wantCurrency: random.chance(0.02) ? "JPY" : wantCurrency,
    tif: random.pick(["gtc", "gtc", "gtc", "ioc", "fok"]),
    ...(random.chance(0.15) ? { postOnly: true as const } : {}),
  });
};

const anyOrder = (world: World) => {
  const { random, twin } = world;
  return twin.orders.length > 0 && random.chance(0.95) ? random.pick(twin.orders) : undefined;
};
const ownerCall = (world: World, account: number | undefined, fn: string) => {
  const { random, twin } = world;
  const id = account === undefined ? undefined : twin.accounts[account]!.id;
  const key = twin.keys.find((one) => one.pairs.some((pair) => pair[0] === id));
  const by = anyCaller(world, fn);
  return id !== undefined && key && random.chance(0.9) ? { ...by, token: key.token, account: id } : by;
};

export const cancelOrder = (world: World): Unstamped => {
  const order = anyOrder(world);
  const by = ownerCall(world, order?.account, "cancel-order");
  return order?.clientId !== undefined && world.random.chance(0.5)
    ? { kind: "cancel-order", by, clientId: order.clientId }
    : { kind: "cancel-order", by, order: order?.number ?? world.random.below(1000) };
};

export const cancelAll = (world: World): Unstamped => {
  const { random } = world;
  const by = ownerCall(world, anyOrder(world)?.account, "cancel-all-orders");
  return random.chance(0.5)
    ? { kind: "cancel-all", by }
    : { kind: "cancel-all", by, market: random.pick(["BTC/USD", "EUR/JPY", "XXX/USD"]) };
};

export const amendOrder = (world: World): Unstamped => {
  const { random, twin } = world;
  const order = anyOrder(world);
  const by = ownerCall(world, order?.account, "amend-order");
  if (!order) return { kind: "amend-order", by, order: random.below(1000), give: a(1), want: a(1) };
  const market = twin.config.markets[order.market]!;
  const amounts = amountsAt(world, market, order.buys, order.account);
  if (random.chance(0.5))
    return withOnce(world, { kind: "amend-order", by, order: order.number, ...amounts });
  // Less at the same price.
  const scale = 10n ** BigInt(twin.config.currencies.find((one) => one.code === market.base)!.decimals);
  const lot = BigInt(market.lot);
  let quantity = order.quantity - BigInt(random.below(Number(order.quantity)));
  quantity = quantity - (quantity % lot) || lot;
  const value = (quantity * order.price + (order.buys ? scale - 1n : 0n)) / scale;
  const quote = a(Math.max(1, Number(value)));
  const base = a(Number(quantity));
  const [give, want] = order.buys ? [quote, base] : [base, quote];
  return withOnce(world, { kind: "amend-order", by, order: order.number, give, want });
};

export const changeSettings = (world: World): Unstamped => {
  const ownOrders = world.random.pick(["cancel_oldest", "cancel_newest", "cancel_both", undefined] as const);
  return { kind: "change-settings", by: anyCaller(world, "change-settings"), ownOrders };
};
