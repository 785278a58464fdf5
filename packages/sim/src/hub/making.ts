import type { Prng } from "../prng.ts";
import type { Answer, Book, Person } from "./book.ts";

/** A call as somebody thinks of it. */
export interface Made {
  readonly fn: string;
  readonly by: Person | undefined;
  readonly params: Record<string, string>;
  /** What is learnt from the first good answer. */
  readonly told?: (answer: Answer) => void;
  /** With a client_id, so that it can be asked for again. */
  readonly once?: boolean;
}

/** What calls are made from. */
export interface Making {
  readonly random: Prng;
  readonly book: Book;
  /** Who calls. */
  readonly by: Person;
  /** Addresses that belong to nobody here, each for one payment. */
  readonly outside: () => string;
}

/** Undefined where there is nothing to call with. */
export type Maker = (making: Making) => Made | undefined;

/** Amounts as the protocol writes them. */
export const btc = (sats: number): string => (sats / 1e8).toFixed(8);
export const usd = (cents: number): string => (cents / 100).toFixed(2);

export const text = (answer: Answer, name: string): string => String(answer.body[name]);

export const someSats = (random: Prng): number =>
  random.pick([1, 600, 1000, 12_345, 100_000, 2_000_000, 30_000_000]) + random.below(500);

/** An address of somebody else's, mostly. */
export const payee = ({ random, book, by }: Making): string | undefined => {
  const others = book.people.filter((one) => one.account !== by.account && one.addresses.length > 0);
  const to = random.chance(0.97) && others.length > 0 ? random.pick(others) : by;
  return to.addresses.length > 0 ? random.pick(to.addresses) : undefined;
};

const latest = <T>(random: Prng, from: readonly T[], of: number): T | undefined =>
  from.length > 0 ? random.pick(from.slice(-of)) : undefined;

export const money = {
  address: ({ by }) => ({
    fn: "new-btc-address",
    by,
    params: {},
    told: (answer) => by.addresses.push(text(answer, "btc_address")),
  }),
  send: (making) => {
    const { random, by } = making;
    const to = payee(making);
    if (to === undefined) return undefined;
    const params = { to_btc_address: to, amount: btc(someSats(random)) };
    return { fn: "send-btc", by, params, once: random.chance(0.6) };
  },
  withdraw: ({ random, book, by, outside }) => {
    const quote = random.chance(0.3) ? book.quotes.pop() : undefined;
    if (quote) return { fn: "send-btc", by: quote.by, params: { ...quote.params }, once: random.chance(0.5) };
    const params = { to_btc_address: outside(), amount: btc(someSats(random)) };
    return {
      fn: "send-btc",
      by,
      params: random.chance(0.2) ? { ...params, subtract_fee: "true" } : params,
      once: random.chance(0.7),
    };
  },
  "quoted withdrawal": ({ random, book, by, outside }) => {
    const params = { to_btc_address: outside(), amount: btc(someSats(random)) };
    return {
      fn: "quote-send",
      by,
      params,
      told: (answer) => book.quotes.push({ by, params: { ...params, quote_id: text(answer, "quote_id") } }),
    };
  },
  credit: ({ random, book, by }) =>
    book.operator && {
      fn: "operator-credit",
      by: book.operator,
      params: {
        to_account: random.chance(0.25) ? book.operator.account : by.account,
        currency: random.pick(["USD", "USD", "EUR"]),
        amount: usd(random.between(1, 900_000_00)),
        reference: "wire",
      },
      once: random.chance(0.5),
    },
  "fiat out": ({ random, book, by }) => ({
    fn: "withdraw-fiat",
    by,
    params: { currency: "USD", amount: usd(random.between(1, 50_000_00)), destination: "IBAN" },
    once: random.chance(0.5),
    told: (answer) => book.fiat.push(text(answer, "transfer_id")),
  }),
  "settle fiat": ({ random, book }) => {
    const transfer_id = latest(random, book.fiat, 10);
    if (transfer_id === undefined || !book.operator) return undefined;
    const params = { transfer_id, outcome: random.pick(["done", "refused"]), reference: "bank" };
    return { fn: "operator-settle-fiat-withdrawal", by: book.operator, params };
  },
  batch: (making) => {
    const { random, by } = making;
    const calls = Array.from({ length: random.between(1, 7) }, () => {
      const to = payee(making);
      return random.chance(0.7) && to
        ? { function: "send-btc", params: { to_btc_address: to, amount: btc(someSats(random)) } }
        : { function: random.pick(["my-balance", "new-btc-address", "batch", "no-such-function"]) };
    });
    return { fn: "batch", by, params: { calls: JSON.stringify(calls) } };
  },
} as const satisfies Record<string, Maker>;

export const trading = {
  order: ({ random, book, by }) => {
    // Whole thousandths of a bitcoin at whole dollars: most prices are exact, about half of them cross.
    const milli = random.between(1, 40);
    const dollars = 60_000 + 500 * (random.below(9) - 4);
    const base = milli * 100_000;
    const quote = (milli * dollars) / 10 + (random.chance(0.2) ? random.below(7) : 0);
    const sells = random.chance(0.5);
    const [give, want] = sells ? [btc(base), usd(quote)] : [usd(quote), btc(base)];
    const [from, to] = sells ? ["BTC", "USD"] : ["USD", "BTC"];
    return {
      fn: "place-order",
      by,
      params: {
        trade_amt: give,
        trade_cur: from,
        for_amt: want,
        for_cur: to,
        ...(random.chance(0.15) ? { time_in_force: random.pick(["ioc", "fok"]) } : {}),
        ...(random.chance(0.1) ? { post_only: "true" } : {}),
      },
      once: random.chance(0.5),
      told: (answer) => book.orders.push({ oid: text(answer, "oid"), by, sells, base, quote }),
    };
  },
  cancel: ({ random, book, by }) => {
    const order = latest(random, book.orders, 30);
    return (
      order && { fn: "cancel-order", by: random.chance(0.95) ? order.by : by, params: { oid: order.oid } }
    );
  },
  "cancel all": ({ random, by }) => ({
    fn: "cancel-all-orders",
    by,
    params: random.chance(0.5) ? { market: "BTC/USD" } : {},
  }),
  amend: ({ random, book }) => {
    const order = latest(random, book.orders, 20);
    if (!order) return undefined;
    const part = random.pick([0.5, 0.75, 2]);
    const [base, quote] = [btc(Math.ceil(order.base * part)), usd(Math.ceil(order.quote * part))];
    const [give, want] = order.sells ? [base, quote] : [quote, base];
    return {
      fn: "amend-order",
      by: order.by,
      params: { oid: order.oid, trade_amt: give, for_amt: want },
      once: random.chance(0.3),
    };
  },
  "buy option": ({ random, book, by }) => ({
    fn: "buy-option",
    by,
    params: random.chance(0.5)
      ? { trade_cur: "BTC", for_cur: "USD", trade_amt: btc(random.between(1000, 5_000_000)) }
      : { trade_cur: "USD", for_cur: "BTC", trade_amt: usd(random.between(100, 300_000)) },
    once: random.chance(0.5),
    told: ({ body }) => {
      const { option_id, btc_address } = JSON.parse(body.option_json as string);
      book.options.push({ id: option_id, by });
      // Who pays there exercises it.
      by.addresses.push(btc_address);
    },
  }),
  "exercise option": ({ random, book }) => {
    const option = latest(random, book.options, 6);
    return (
      option && {
        fn: "exercise-option",
        by: option.by,
        params: { option_id: option.id },
        once: random.chance(0.3),
      }
    );
  },
  settings: ({ random, by }) => ({
    fn: "change-settings",
    by,
    params: { own_order_prevention: random.pick(["cancel_newest", "cancel_oldest", "cancel_both"]) },
  }),
} as const satisfies Record<string, Maker>;

export const reading = {
  balance: ({ by }) => ({ fn: "my-balance", by, params: {} }),
  lists: ({ random, by }) => ({
    fn: random.pick([
      "my-transfers",
      "my-trades",
      "my-open-orders",
      "my-options",
      "my-invoices",
      "my-authkeys",
    ]),
    by,
    params: {},
  }),
  market: ({ random }) => ({
    fn: random.pick(["ticker", "depth", "trades"]),
    by: undefined,
    params: { market: "BTC/USD" },
  }),
} as const satisfies Record<string, Maker>;
