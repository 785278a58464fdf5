import {
  type By,
  type CurrencyIndex,
  currencyIndex,
  findOrder,
  type Market,
  marketName,
  type OrderRow,
  ordersOf,
  type Told,
} from "@coinholder/engine";
import type { Amount, Refusal } from "@coinholder/protocol";
import { balanceKey, dec, type Hub } from "../hub.ts";
import { byOf, type Call, carryOut, type Handlers, readAmount, refused } from "./call.ts";

type Names = "place-order" | "cancel-order" | "cancel-all-orders" | "amend-order" | "my-open-orders";

export const currencies = (
  hub: Pick<Hub, "sequencer">,
  order: Pick<OrderRow, "market" | "buys">,
): [give: CurrencyIndex, want: CurrencyIndex] => {
  const { config } = hub.sequencer.state;
  const { base, quote } = config.markets[order.market] as Market;
  const [b, q] = [currencyIndex(config, base)!, currencyIndex(config, quote)!];
  return order.buys ? [q, b] : [b, q];
};

const givenBack = (hub: Hub, currency: CurrencyIndex, back: Amount): Record<string, string> =>
  back > 0 ? { [balanceKey(hub, currency)]: dec(hub, currency, back) } : {};

/** What an order's account lost of its other orders, told only where it did. */
const met = (hub: Hub, told: Told, want: CurrencyIndex) =>
  told.met && {
    cancelled: told.met.cancelled.map((number) => `o${number}`),
    // They hold what the new one wants.
    given_back: givenBack(hub, want, told.met.back),
    ...(told.met.stoppedBy === undefined ? {} : { stopped_by: `o${told.met.stoppedBy}` }),
  };

const filled = (hub: Hub, told: Told, give: CurrencyIndex, want: CurrencyIndex) => ({
  oid: `o${told.order}`,
  filled_trade_amt: dec(hub, give, told.given),
  filled_for_amt: dec(hub, want, told.received),
});

type OfAmending = "kept" | "currency" | "want";
type Amended = Told & Required<Pick<Told, OfAmending>>;

const amended = (hub: Hub, told: Amended) => ({
  ...filled(hub, told, told.currency, told.want),
  state: told.state,
  kept_priority: told.kept,
  ...met(hub, told, told.want),
});

const again = (call: Call, by: By, order: number) => {
  const none = 0 as Amount;
  const done = carryOut<Amended>(call, { kind: "amend-order", by, order, give: none, want: none });
  return "refused" in done ? done : amended(call.hub, done.answer);
};

/** Base and quote of two currencies that have a market. */
const sides = (
  hub: Hub,
  [a, b]: readonly [CurrencyIndex, CurrencyIndex],
): readonly [base: CurrencyIndex, quote: CurrencyIndex] => {
  const { config } = hub.sequencer.state;
  const aIsBase = config.markets.some(
    (market) => market.base === config.currencies[a]!.code && market.quote === config.currencies[b]!.code,
  );
  return aIsBase ? [a, b] : [b, a];
};

/** A price of a market, in the smallest unit of quote per whole base. */
const readPrice = (
  hub: Hub,
  pair: readonly [CurrencyIndex, CurrencyIndex],
  text: string | undefined,
): ReturnType<typeof readAmount> | undefined => {
  if (text === undefined) return undefined;
  const [, quote] = sides(hub, pair);
  return readAmount(hub, hub.sequencer.state.config.currencies[quote]!.code, text, "price");
};

/** What a market's refusals tell, as decimals: lots and what is filled of base, ticks of quote. */
const inMarket = <T>(
  hub: Hub,
  [a, b]: readonly [CurrencyIndex, CurrencyIndex],
  outcome: { answer: T } | { refused: Refusal },
): { answer: T } | { refused: Refusal } => {
  if (!("refused" in outcome)) return outcome;
  const [base, quote] = sides(hub, [a, b]);
  const told: Record<string, unknown> = {};
  for (const [name, currency] of [
    ["lot", base],
    ["filled", base],
    ["tick", quote],
    ["quote_amt", quote],
  ] as const) {
    const units = outcome.refused[name];
    if (typeof units === "number") told[name] = dec(hub, currency, units);
  }
  return { refused: { ...outcome.refused, ...told } };
};

/** Ids of another form are nobody's: no order has the number 0. */
const numberOf = (id: string): number => (/^o[1-9][0-9]{0,15}$/.test(id) ? Number(id.slice(1)) : 0);

/** An open order as `my-open-orders` and the stream tell it. */
export const openOrder = (hub: Pick<Hub, "sequencer">, order: OrderRow) => {
  const [give, want] = currencies(hub, order);
  const market = hub.sequencer.state.config.markets[order.market]!;
  const code = (currency: CurrencyIndex): string => hub.sequencer.state.config.currencies[currency]!.code;
  return {
    oid: `o${order.number}`,
    market: marketName(market),
    side: order.buys ? ("buy" as const) : ("sell" as const),
    price: dec(hub, order.buys ? give : want, order.price),
    trade_amt: dec(hub, give, order.give),
    trade_cur: code(give),
    for_amt: dec(hub, want, order.want),
    for_cur: code(want),
    filled_trade_amt: dec(hub, give, order.given),
    filled_for_amt: dec(hub, want, order.received),
    t: order.t,
    ...(order.postOnly ? { post_only: true } : {}),
    ...(order.clientId === undefined ? {} : { client_id: order.clientId }),
  };
};

export const orderHandlers: Handlers<Names> = {
  "place-order": (call, params) => {
    const { hub } = call;
    const give = readAmount(hub, params.trade_cur, params.trade_amt, "trade_amt");
    const want = readAmount(hub, params.for_cur, params.for_amt, "for_amt");
    for (const read of [give, want])
      if ("refused" in read && read.refused.code === "currency_unknown") return read;
    const { markets } = hub.sequencer.state.config;
    const pair = (a: string, b: string) => markets.some((market) => market.base === a && market.quote === b);
    if (!pair(params.trade_cur, params.for_cur) && !pair(params.for_cur, params.trade_cur))
      return refused("market_unknown");
    if ("refused" in give) return give;
    if ("refused" in want) return want;
    const price = readPrice(hub, [give.currency, want.currency], params.price);
    if (price !== undefined && "refused" in price) return price;
    const placed = carryOut<Told>(
      call,
      {
        kind: "place-order",
        by: byOf(call, params),
        give: give.amount,
        giveCurrency: params.trade_cur,
        want: want.amount,
        wantCurrency: params.for_cur,
        ...(price === undefined ? {} : { price: price.amount }),
        tif: params.time_in_force ?? "gtc",
        ...(params.post_only ? { postOnly: true as const } : {}),
      },
      give.currency,
    );
    const done = inMarket(hub, [give.currency, want.currency], placed);
    if ("refused" in done) return done;
    const { answer } = done;
    return {
      ...filled(hub, answer, give.currency, want.currency),
      state: answer.state,
      ...(answer.fee > 0 ? { fee: dec(hub, want.currency, answer.fee) } : {}),
      ...met(hub, answer, want.currency),
    };
  },

  "cancel-order": (call, { oid, client_id }) => {
    if (oid === undefined && client_id === undefined)
      return refused(
        "param_missing",
        { param: "oid" },
        "Give oid, or the client_id that the order was placed with.",
      );
    const { hub } = call;
    const done = carryOut<Required<Omit<Told, "kept" | "met">>>(call, {
      kind: "cancel-order",
      by: byOf(call),
      ...(oid === undefined ? {} : { order: numberOf(oid) }),
      ...(client_id === undefined ? {} : { clientId: client_id }),
    });
    if ("refused" in done) return done;
    const { answer } = done;
    return {
      ...filled(hub, answer, answer.currency, answer.want),
      given_back: givenBack(hub, answer.currency, answer.back),
    };
  },

  "cancel-all-orders": (call, { market }) => {
    const done = carryOut<{ cancelled: number[] }>(call, {
      kind: "cancel-all",
      by: byOf(call),
      ...(market === undefined ? {} : { market }),
    });
    return "refused" in done ? done : { cancelled: done.answer.cancelled.map((number) => `o${number}`) };
  },

  "amend-order": (call, params) => {
    const { hub } = call;
    const { accounts, markets, config } = hub.sequencer.state;
    const order = findOrder(markets.orders, numberOf(params.oid));
    const mine = order?.account === accounts.byId.get(call.by!.account)!.index ? order : undefined;
    const by = byOf(call, params);
    // Without the order its currencies are unknown. The engine still has to say: unknown, or answered before.
    if (!mine) return again(call, by, numberOf(params.oid));
    const [give, want] = currencies(hub, mine);
    const giveAmount = readAmount(hub, config.currencies[give]!.code, params.trade_amt, "trade_amt");
    if ("refused" in giveAmount) return giveAmount;
    const wantAmount = readAmount(hub, config.currencies[want]!.code, params.for_amt, "for_amt");
    if ("refused" in wantAmount) return wantAmount;
    const price = readPrice(hub, [give, want], params.price);
    if (price !== undefined && "refused" in price) return price;
    const command = {
      kind: "amend-order",
      by,
      order: mine.number,
      give: giveAmount.amount,
      want: wantAmount.amount,
      ...(price === undefined ? {} : { price: price.amount }),
    } as const;
    const done = inMarket(hub, [give, want], carryOut<Amended>(call, command, give));
    return "refused" in done ? done : amended(hub, done.answer);
  },

  "my-open-orders": ({ hub, by }) => {
    const { accounts } = hub.sequencer.state;
    const own = ordersOf(accounts.byId.get(by!.account)!);
    return {
      orders: own.sort((a, b) => a.number - b.number).map((order) => openOrder(hub, order)),
    };
  },
};
