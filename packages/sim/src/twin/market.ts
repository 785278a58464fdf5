import type { AmendOrder, CancelAll, CancelOrder, PlaceOrder, Stamped } from "@coinholder/engine";
import {
  balanceOf,
  day,
  HUB,
  ROUNDING,
  type Twin,
  type TwinCaller,
  type TwinOrder,
  type Verdict,
} from "./twin.ts";

const LARGEST = BigInt(Number.MAX_SAFE_INTEGER);
const MOST_OPEN_ORDERS = 1000;
const ceil = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

const marketOf = (twin: Twin, index: number) => twin.config.markets[index]!;
const scaleOf = (twin: Twin, index: number): bigint =>
  10n ** BigInt(twin.config.currencies.find((one) => one.code === marketOf(twin, index).base)!.decimals);
export const openOf = (order: TwinOrder): bigint => order.quantity - order.done;
const givesOf = (twin: Twin, order: TwinOrder): string => {
  const { base, quote } = marketOf(twin, order.market);
  return order.buys ? quote : base;
};

/** A buyer has paid its trades rounded up, as one sum; so it needs what the whole would cost less that. */
export const needOf = (twin: Twin, order: TwinOrder): bigint => {
  if (!order.buys) return openOf(order);
  const scale = scaleOf(twin, order.market);
  return ceil(order.exact + openOf(order) * order.price, scale) - ceil(order.exact, scale);
};

const crosses = (order: TwinOrder, other: TwinOrder): boolean =>
  order.market === other.market &&
  order.buys !== other.buys &&
  (order.buys ? other.price <= order.price : other.price >= order.price);

/** Best price first, then the oldest at it. */
export const byPriority = (a: TwinOrder, b: TwinOrder): number =>
  a.price === b.price ? a.arrival - b.arrival : a.price < b.price === a.buys ? 1 : -1;

const bind = (twin: Twin, order: TwinOrder, sign: 1n | -1n): void => {
  const balance = balanceOf(twin, order.account, givesOf(twin, order));
  const need = sign * needOf(twin, order);
  balance.available -= need;
  balance.held += need;
};

const takeOut = (twin: Twin, order: TwinOrder): void => {
  bind(twin, order, -1n);
  twin.orders = twin.orders.filter((one) => one !== order);
};

/** What an account traded in a market on the day of `t` and the 29 before it. */
export const volumeOf = (twin: Twin, market: number, account: number, t: number): bigint => {
  const sum = twin.traded
    .filter((one) => one.market === market && one.account === account && one.day > day(t) - 30)
    .reduce((all, { quote }) => all + quote, 0n);
  return sum < LARGEST ? sum : LARGEST;
};

const feesOf = (twin: Twin, order: TwinOrder, t: number) => {
  const market = marketOf(twin, order.market);
  const volume = volumeOf(twin, order.market, order.account, t);
  return market.feeTiers?.findLast((tier) => BigInt(tier.volume) <= volume) ?? market;
};

const trade = (twin: Twin, maker: TwinOrder, taker: TwinOrder, t: number): void => {
  const market = marketOf(twin, maker.market);
  const scale = scaleOf(twin, maker.market);
  const quantity = openOf(maker) < openOf(taker) ? openOf(maker) : openOf(taker);
  // What a maker still needs afterwards is bound again: the plainest way to what it gives.
  bind(twin, maker, -1n);
  let over = 0n;
  for (const [order, bps] of [
    [maker, feesOf(twin, maker, t).makerFeeBps],
    [taker, feesOf(twin, taker, t).takerFeeBps],
  ] as const) {
    const round = (exact: bigint): bigint => (order.buys ? ceil(exact, scale) : exact / scale);
    const before = round(order.exact);
    order.exact += quantity * maker.price;
    order.done += quantity;
    const quote = round(order.exact) - before;
    const [gave, got] = order.buys ? [quote, quantity] : [quantity, quote];
    const fee = (got * BigInt(bps)) / 10_000n;
    const [gives, gets] = order.buys ? [market.quote, market.base] : [market.base, market.quote];
    balanceOf(twin, order.account, gives).available -= gave;
    balanceOf(twin, order.account, gets).available += got - fee;
    balanceOf(twin, HUB, gets).available += fee;
    order.given += gave;
    order.received += got;
    order.fees += fee;
    over += order.buys ? quote : -quote;
    twin.traded.push({ market: order.market, account: order.account, day: day(t), quote });
  }
  balanceOf(twin, ROUNDING, market.quote).available += over;
  bind(twin, maker, 1n);
};

const ruleOf = (twin: Twin, account: number) => twin.ownOrders.get(account) ?? "cancel_oldest";

/** The others' orders that an order would trade with, in turn. */
const partners = (twin: Twin, order: TwinOrder): TwinOrder[] => {
  const against = twin.orders.filter((other) => crosses(order, other)).sort(byPriority);
  const own = against.findIndex((other) => other.account === order.account);
  if (ruleOf(twin, order.account) === "cancel_oldest" || own < 0)
    return against.filter((other) => other.account !== order.account);
  return against.slice(0, own);
};

/** How much of an order would trade at once, and what a buyer gives for it. */
const atOnce = (twin: Twin, order: TwinOrder): { quantity: bigint; cost: bigint } => {
  let [left, exact] = [order.quantity, 0n];
  for (const other of partners(twin, order)) {
    const quantity = openOf(other) < left ? openOf(other) : left;
    left -= quantity;
    exact += quantity * other.price;
  }
  return { quantity: order.quantity - left, cost: ceil(exact, scaleOf(twin, order.market)) };
};

const run = (twin: Twin, order: TwinOrder, keep: boolean, t: number): void => {
  while (openOf(order) > 0n) {
    const [maker] = twin.orders.filter((other) => crosses(order, other)).sort(byPriority);
    if (!maker) break;
    if (maker.account === order.account) {
      const rule = ruleOf(twin, order.account);
      if (rule !== "cancel_newest") {
        takeOut(twin, maker);
        twin.cancelled.push({ order: maker.number, met: order.number });
      }
      if (rule !== "cancel_oldest") {
        twin.cancelled.push({ order: order.number, met: maker.number });
        return;
      }
    } else {
      trade(twin, maker, order, t);
      if (openOf(maker) === 0n) takeOut(twin, maker);
    }
  }
  if (openOf(order) === 0n || !keep) return;
  order.arrival = ++twin.arrivals;
  twin.orders.push(order);
  bind(twin, order, 1n);
};

const terms = (
  twin: Twin,
  market: number,
  buys: boolean,
  { give, want, price: asked }: Pick<PlaceOrder, "give" | "want" | "price">,
) => {
  const { tick, lot } = marketOf(twin, market);
  const [quantity, quote] = buys ? [BigInt(want), BigInt(give)] : [BigInt(give), BigInt(want)];
  if (quantity % BigInt(lot) !== 0n) return "order_lot";
  const value = quote * scaleOf(twin, market);
  if (asked !== undefined) {
    const product = quantity * BigInt(asked);
    const scale = scaleOf(twin, market);
    const comesTo = buys ? ceil(product, scale) : product / scale;
    const isTold = asked % tick === 0 && comesTo === quote;
    return isTold ? { quantity, price: BigInt(asked) } : "order_price";
  }
  const step = quantity * BigInt(tick);
  const price = (buys ? value / step : ceil(value, step)) * BigInt(tick);
  return price <= 0n || price > LARGEST ? "order_price" : { quantity, price };
};

const tooMuchAt = (twin: Twin, order: TwinOrder): boolean =>
  twin.orders
    .filter((one) => one.market === order.market && one.buys === order.buys && one.price === order.price)
    .reduce((sum, one) => sum + openOf(one), openOf(order)) > LARGEST;

export const twinPlace = (twin: Twin, command: Stamped<PlaceOrder>, caller: TwinCaller): Verdict => {
  const { giveCurrency, wantCurrency, tif } = command;
  const market = twin.config.markets.findIndex(
    ({ base, quote }) =>
      (base === giveCurrency && quote === wantCurrency) || (base === wantCurrency && quote === giveCurrency),
  );
  if (market < 0) return "market_unknown";
  const buys = marketOf(twin, market).quote === giveCurrency;
  const meant = terms(twin, market, buys, command);
  if (typeof meant === "string") return meant;
  if (command.postOnly && tif !== "gtc") return "param_invalid";
  const own = twin.orders.filter((one) => one.account === caller.account);
  if (tif === "gtc" && own.length >= MOST_OPEN_ORDERS) return "order_limit_reached";
  const order: TwinOrder = {
    number: twin.lastOrder + 1,
    account: caller.account,
    market,
    buys,
    clientId: command.by.once?.[0],
    postOnly: command.postOnly ?? false,
    ...meant,
    done: 0n,
    exact: 0n,
    given: 0n,
    received: 0n,
    fees: 0n,
    arrival: 0,
  };
  const need = tif !== "gtc" && buys ? atOnce(twin, order).cost : needOf(twin, order);
  if (need > balanceOf(twin, caller.account, giveCurrency).available) return "insufficient_funds";
  if (tif === "gtc" && tooMuchAt(twin, order)) return "amount_invalid";
  if (order.postOnly && twin.orders.some((other) => crosses(order, other))) return "order_would_cross";
  if (tif === "fok" && atOnce(twin, order).quantity < order.quantity) return "order_unfilled";
  twin.lastOrder++;
  run(twin, order, tif === "gtc", command.t);
  return "done";
};

export const twinCancel = (twin: Twin, command: Stamped<CancelOrder>, caller: TwinCaller): Verdict => {
  const byNumber = twin.orders.find((one) => one.number === command.order);
  const order =
    byNumber ??
    (command.clientId === undefined
      ? undefined
      : twin.orders.find((one) => one.account === caller.account && one.clientId === command.clientId));
  if (order?.account !== caller.account) return "order_unknown";
  takeOut(twin, order);
  return "done";
};

export const twinCancelAll = (twin: Twin, command: Stamped<CancelAll>, caller: TwinCaller): Verdict => {
  const market = twin.config.markets.findIndex((one) => `${one.base}/${one.quote}` === command.market);
  if (command.market !== undefined && market < 0) return "market_unknown";
  for (const order of twin.orders.filter(
    (one) => one.account === caller.account && (command.market === undefined || one.market === market),
  ))
    takeOut(twin, order);
  return "done";
};

export const twinAmend = (twin: Twin, command: Stamped<AmendOrder>, caller: TwinCaller): Verdict => {
  const order = twin.orders.find((one) => one.number === command.order);
  if (order?.account !== caller.account) return "order_unknown";
  const meant = terms(twin, order.market, order.buys, command);
  if (typeof meant === "string") return meant;
  if (meant.quantity <= order.done) return "amend_invalid";
  if (meant.price === order.price && meant.quantity <= order.quantity) {
    bind(twin, order, -1n);
    order.quantity = meant.quantity;
    bind(twin, order, 1n);
    return "done";
  }
  const amended = { ...order, ...meant };
  if (tooMuchAt(twin, amended)) return "amount_invalid";
  if (order.postOnly && twin.orders.some((other) => crosses(amended, other))) return "order_would_cross";
  const free = balanceOf(twin, order.account, givesOf(twin, order)).available + needOf(twin, order);
  if (needOf(twin, amended) > free) return "insufficient_funds";
  takeOut(twin, order);
  Object.assign(order, meant);
  run(twin, order, true, command.t);
  return "done";
};
