import { type Answer, type Parameters, type Refusal, refusal } from "@coinholder/protocol";
import { HubError, withOutcome } from "../hub-error.ts";
import { refusedError, type WrappedCall } from "../wrapped.ts";
import { type Account, remember } from "./account.ts";
import { type CcxtExchange, type CcxtOrder, can } from "./ccxt-exchange.ts";
import {
  compare,
  type Decimal,
  decimal,
  isMultiple,
  quotient,
  rounded,
  times,
  write,
  writeShort,
  ZERO,
} from "./decimal.ts";
import { findByClientId, findById, tellsAllOver } from "./find-order.ts";
import { lotOf, type Market, placesOf, tickOf } from "./markets.ts";
import { filledOf, stateOf } from "./order-answer.ts";
import { clientIdParam, ownClientId } from "./quirks.ts";

type Params = Parameters<"place-order">;
type Placed = Answer<"place-order">;

interface Limit {
  readonly market: Market;
  readonly side: "buy" | "sell";
  readonly amount: Decimal;
  readonly price: Decimal;
}

const refuse = (code: Refusal["code"], particulars: Record<string, unknown>, message?: string): never => {
  throw refusedError(refusal(code, particulars, message));
};

const PLAIN = /^[0-9]+(?:\.[0-9]+)?$/;
const amountOf = (params: Params, param: "trade_amt" | "for_amt"): Decimal => {
  const read = PLAIN.test(params[param]) ? decimal(params[param]) : undefined;
  if (read === undefined) return refuse("amount_invalid", { param, reason: "malformed" });
  return compare(read, ZERO) > 0 ? read : refuse("amount_invalid", { param, reason: "not_positive" });
};

const marketFor = ({ markets }: Account, { trade_cur, for_cur }: Params): [Market, Limit["side"]] => {
  const [buys, sells] = [markets.get(`${for_cur}/${trade_cur}`), markets.get(`${trade_cur}/${for_cur}`)];
  if (buys !== undefined) return [buys, "buy"];
  if (sells !== undefined) return [sells, "sell"];
  const known = (code: string): boolean =>
    [...markets.values()].some(({ base, quote }) => base === code || quote === code);
  for (const [param, code] of Object.entries({ trade_cur, for_cur }))
    if (!known(code)) return refuse("currency_unknown", { param });
  return refuse("market_unknown", {});
};

/** Within what the exchange says of the market, so that a refusal is told before anything is sent. */
const checkLimits = ({ market, amount, price }: Limit): void => {
  const { limits } = market.of;
  const checks = [
    [limits.amount, amount, "order_lot", market.base],
    [limits.price, price, "order_price", market.quote],
    [limits.cost, times(amount, price), "order_lot", market.quote],
  ] as const;
  for (const [range, value, code, currency] of checks) {
    const [least, most] = [decimal(range?.min), decimal(range?.max)];
    if (least !== undefined && compare(value, least) < 0)
      refuse(
        code,
        { least: write(least), currency },
        `${write(value)} ${currency}: at least ${write(least)}.`,
      );
    // Some exchanges say 0 where there is no limit.
    if (most !== undefined && compare(most, ZERO) > 0 && compare(value, most) > 0)
      refuse(code, { most: write(most), currency }, `${write(value)} ${currency}: at most ${write(most)}.`);
  }
};

const ONE: Decimal = { units: 1n, places: 0 };

/** A limit by name: a multiple of the tick, and the amount of quote is what it comes to (up for a buy, down for a sell). */
const namedPrice = (
  { exchange }: Account,
  text: string,
  { market, side, amount }: Omit<Limit, "price">,
  quote: Decimal,
): Decimal => {
  const price = PLAIN.test(text) ? decimal(text) : undefined;
  if (price === undefined) return refuse("amount_invalid", { param: "price", reason: "malformed" });
  if (compare(price, ZERO) === 0) refuse("amount_invalid", { param: "price", reason: "not_positive" });
  const tick = tickOf(exchange, market, price, ONE);
  if (!isMultiple(price, tick)) refuse("order_price", { tick: write(tick) });
  const exact = times(amount, price);
  const told = rounded(exact, placesOf(exchange, market.quote), side === "buy" ? "up" : "down");
  if (compare(quote, told) !== 0 && compare(quote, exact) !== 0)
    refuse("order_price", { quote_amt: write(told) }, "The amounts are not what the price comes to.");
  return price;
};

/** The side, quantity and price that «I give so much of this for so much of that» comes to on a market. */
const readLimit = (account: Account, params: Params): Limit => {
  const { exchange } = account;
  const [market, side] = marketFor(account, params);
  const [give, want] = [amountOf(params, "trade_amt"), amountOf(params, "for_amt")];
  const [amount, quote] = side === "buy" ? [want, give] : [give, want];
  const lot = lotOf(exchange, market);
  if (!isMultiple(amount, lot)) refuse("order_lot", { lot: write(lot) });
  const tick = tickOf(exchange, market, quote, amount);
  // In the owner's favour: a buyer's limit goes down, a seller's up.
  const price =
    params.price === undefined
      ? quotient(quote, amount, tick, side === "buy" ? "down" : "up")
      : namedPrice(account, params.price, { market, side, amount }, quote);
  if (compare(price, ZERO) === 0) refuse("order_price", { tick: write(tick) });
  const limit = { market, side, amount, price };
  checkLimits(limit);
  // ccxt cuts amounts and rounds prices to the nearest. What it would send must be what was meant.
  const [sentAmount, sentPrice] = [
    exchange.amountToPrecision(market.symbol, writeShort(amount)),
    exchange.priceToPrecision(market.symbol, writeShort(price)),
  ].map(decimal);
  if (sentAmount === undefined || compare(sentAmount, amount) !== 0) refuse("order_lot", { lot: write(lot) });
  if (sentPrice === undefined || compare(sentPrice, price) !== 0)
    refuse("order_price", { tick: write(tick) });
  return limit;
};

const takes = ({ features, has }: CcxtExchange, what: "IOC" | "FOK" | "PO"): boolean => {
  const told = features?.spot?.createOrder?.timeInForce as Record<string, boolean> | undefined;
  return told?.[what] === true || (what === "PO" && has.createPostOnlyOrder === true);
};

const conditions = (exchange: CcxtExchange, params: Params): Record<string, unknown> => {
  const { time_in_force: time = "gtc", post_only: post = false } = params;
  if (time !== "gtc" && !takes(exchange, time === "ioc" ? "IOC" : "FOK"))
    refuse("unsupported", { param: "time_in_force" }, `${exchange.name} takes no orders that are ${time}.`);
  if (post && !takes(exchange, "PO"))
    refuse("unsupported", { param: "post_only" }, `${exchange.name} takes no orders that are post only.`);
  return {
    ...(time === "gtc" ? {} : { timeInForce: time.toUpperCase() }),
    ...(post ? { postOnly: true } : {}),
  };
};

/** What is to be said of an order that the exchange has taken. */
const tell = (params: Params, limit: Limit, oid: string, order: CcxtOrder | undefined): Placed => {
  const state = order && stateOf(order);
  const filled = order && filledOf(order, limit);
  const isNothing = filled !== undefined && state === "cancelled" && /^[0.]+$/.test(filled.filled_for_amt);
  // Some exchanges take such an order and cancel it, others refuse it: here it is a refusal.
  if (isNothing && params.time_in_force === "fok") refuse("order_unfilled", {});
  if (isNothing && params.post_only === true) refuse("order_would_cross", {});
  const fee = order?.fee?.currency === params.for_cur ? decimal(order.fee.cost) : undefined;
  return {
    oid,
    ...filled,
    ...(state === undefined ? {} : { state }),
    ...(fee === undefined || compare(fee, ZERO) === 0 ? {} : { fee: write(fee) }),
  };
};

const isTold = (order: CcxtOrder): boolean => stateOf(order) !== undefined && order.filled !== undefined;

/** Exchanges say in words of their own, which ccxt does not all know, that an order's condition was not met. */
const inWords = (params: Params, error: HubError): HubError => {
  if (error.code !== "exchange_refused") return error;
  if (
    params.post_only === true &&
    /post.?only|would (?:immediately )?(?:match|cross|take|execute)/i.test(error.message)
  )
    return refusedError(refusal("order_would_cross"));
  if (params.time_in_force === "fok" && /fill.?or.?kill|\bFOK\b/i.test(error.message))
    return refusedError(refusal("order_unfilled"));
  return error;
};

/** Sends the order; an answer that was lost is looked for under the order's client id. Throws HubError. */
const send = async (
  account: Account,
  limit: Limit,
  params: Params,
  about: WrappedCall,
): Promise<CcxtOrder> => {
  const { exchange } = account;
  const { symbol } = limit.market;
  const named = clientIdParam(exchange);
  const clientId = named === undefined ? undefined : (params.client_id ?? ownClientId(exchange));
  const extra = {
    ...conditions(exchange, params),
    ...(clientId === undefined ? {} : { [named!]: clientId }),
  };
  const [amount, price] = [writeShort(limit.amount), writeShort(limit.price)];
  const began = Date.now();
  try {
    return await account.change(about, () =>
      exchange.createOrder(symbol, "limit", limit.side, amount, price, extra),
    );
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    // A duplicate is what a retry meets when its first try had arrived.
    const mayStand = error.unknown || error.code === "client_id_conflict";
    const found =
      mayStand && clientId !== undefined
        ? await placedBefore(account, limit, clientId, began, about)
        : undefined;
    if (found !== undefined) return found;
    if (!error.unknown) throw inWords(params, error);
    throw withOutcome(error, true, params.client_id === undefined ? {} : { client_id: params.client_id });
  }
};

const isSame = (order: CcxtOrder, { side, amount, price }: Limit): boolean => {
  const [a, p] = [decimal(order.amount), decimal(order.price)];
  return (
    order.side === side &&
    a !== undefined &&
    compare(a, amount) === 0 &&
    p !== undefined &&
    compare(p, price) === 0
  );
};

/** The same order under this client id, if the exchange has it; clocks may differ by a minute. */
const placedBefore = async (
  account: Account,
  limit: Limit,
  clientId: string,
  sinceMs: number,
  about: WrappedCall,
): Promise<CcxtOrder | undefined> => {
  if (about.signal.aborted) return undefined;
  const sought = { symbol: limit.market.symbol, clientId, since: sinceMs - 60_000 };
  const found = await findByClientId(account, sought, about).catch(() => undefined);
  return found?.id !== undefined && isSame(found, limit) ? found : undefined;
};

const finish = async (
  account: Account,
  limit: Limit,
  params: Params,
  placed: CcxtOrder,
  about: WrappedCall,
): Promise<Placed> => {
  if (placed.id === undefined)
    throw new HubError("answer_malformed", "The exchange took the order and told no id of it.", {
      unknown: true,
    });
  const { symbol } = limit.market;
  remember(account, placed.id, { symbol, clientId: params.client_id });
  if (isTold(placed)) return tell(params, limit, placed.id, placed);
  const looked =
    can(account.exchange, "fetchOrder") && !about.signal.aborted
      ? await findById(account, placed.id, symbol, about).catch(() => undefined)
      : undefined;
  return tell(params, limit, placed.id, looked);
};

const place = async (account: Account, params: Params, about: WrappedCall): Promise<Placed> => {
  const limit = readLimit(account, params);
  return finish(account, limit, params, await send(account, limit, params, about), about);
};

/** How long a request that was given up may be on its way. */
const ON_ITS_WAY_MS = 60_000;

/** A second try after one whose outcome is unknown: sent only when the exchange shows that the first did not arrive. */
const placeAgain = async (
  account: Account,
  params: Params & { readonly client_id: string },
  sinceMs: number,
  about: WrappedCall,
): Promise<Placed> => {
  const { exchange } = account;
  const limit = readLimit(account, params);
  const tellsAll = clientIdParam(exchange) !== undefined && tellsAllOver(exchange);
  if (!tellsAll)
    throw new HubError(
      "outcome_unknown",
      `Whether the first try of ${params.client_id} arrived cannot be found out: look at the orders and trades.`,
      { status: 503, unknown: true, particulars: { client_id: params.client_id } },
    );
  const sought = { symbol: limit.market.symbol, clientId: params.client_id, since: sinceMs - 60_000 };
  const found = await findByClientId(account, sought, about).catch((error: unknown) => {
    throw error instanceof HubError ? withOutcome(error, true, { client_id: params.client_id }) : error;
  });
  if (found !== undefined) return finish(account, limit, params, found, about);
  // What was given up may be on its way still: not found yet is not known to be nowhere.
  const waitMs = sinceMs + ON_ITS_WAY_MS - Date.now();
  if (waitMs > 0)
    throw new HubError(
      "outcome_unknown",
      `The first try of ${params.client_id} is not there and may still arrive: ask again in ${Math.ceil(waitMs / 1000)} s.`,
      { status: 503, unknown: true, particulars: { client_id: params.client_id, retry_after_ms: waitMs } },
    );
  return place(account, params, about);
};

/** First answers by client_id, for as long as the connection stands: exchanges compare them only among open orders. */
const KEPT = 10_000;

interface First {
  readonly asked: string;
  readonly beganMs: number;
  /** Undefined: the outcome of the first try is unknown. */
  answer: Promise<Placed> | undefined;
}

export const placeOrder = (account: Account) => {
  const firsts = new Map<string, First>();
  return async (params: Params, about: WrappedCall): Promise<Placed> => {
    const { client_id } = params;
    if (client_id === undefined) return place(account, params, about);
    const asked = JSON.stringify(Object.entries(params).sort());
    const before = firsts.get(client_id);
    if (before !== undefined && before.asked !== asked) return refuse("client_id_conflict", {});
    if (before?.answer !== undefined) return before.answer;
    const answer =
      before === undefined
        ? place(account, params, about)
        : placeAgain(account, { ...params, client_id }, before.beganMs, about);
    const first: First = before ?? { asked, beganMs: Date.now(), answer };
    first.answer = answer;
    firsts.set(client_id, first);
    if (firsts.size > KEPT) firsts.delete(firsts.keys().next().value!);
    answer.catch((error: unknown) => {
      first.answer = undefined;
      // A refusal is not kept.
      if (!(error instanceof HubError && error.unknown)) firsts.delete(client_id);
    });
    return answer;
  };
};
