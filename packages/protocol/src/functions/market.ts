import * as p from "../param.ts";
import * as s from "../shape.ts";
import { CANDLE_INTERVALS } from "../stream-candles.ts";
import { row } from "./row.ts";
import { pageParams } from "./transfers.ts";

const orderAmounts = {
  trade_amt: p.amountText("How much you give.", "0.39"),
  trade_cur: p.currency("What you give.", "USD"),
  for_amt: p.amountText("How much you want for it.", "1.05"),
  for_cur: p.currency("What you want.", "BTC"),
};
// Of any hub: exchanges that look like one have ids of their own forms.
const oid = p.patterned(
  "The order's id, as `place-order` told it.",
  /^[\x21-\x7e]{1,64}$/,
  "an order's id",
  64,
  "o1042",
);

/** Told by every Coinholder hub; an exchange that looks like a hub may not know it. */
const price = p.optional(
  p.amountText(
    "The limit by name, in quote per whole base, where the two amounts say it too coarsely: 0.001 BTC at 65000.01 USD come to 65.00001 USD, and cents say 65.01 or 65.00. " +
      "A multiple of the market's tick. The amount of quote must then be what it comes to: rounded up for a buy, down for a sell.",
    "65000.01",
  ),
);

const filled = {
  filled_trade_amt: s.dec("Given so far."),
  filled_for_amt: s.dec("Received so far, before fees."),
};
/** What those pay who traded so much. */
export const feeTier = s.obj({
  volume: s.dec("From this volume of 30 days on, in quote."),
  maker_fee_bps: s.int(
    "What the resting order pays: basis points (hundredths of a percent) of what it receives.",
  ),
  taker_fee_bps: s.int("What the order pays that came second."),
});
const givenBack = s.mapOf(s.dec(), "What is available again, by currency.");
const time = s.ms("ms since 1970");
/** Where an order met others of its account (`change-settings`). */
const met = {
  cancelled: s.list(s.str("oid"), "The account's own orders in its way that were cancelled."),
  given_back: givenBack,
  stopped_by: s.str("The account's own order for which the rest of this one was cancelled."),
};

export const marketFunctions = {
  "place-order": row({
    group: "market",
    summary: "«I give trade_amt of trade_cur for for_amt of for_cur»: a limit order at that ratio or better.",
    about:
      "The base side (BTC) is the quantity: a buy ends when it has `for_amt`, and what it did not need to give comes back; " +
      "a sell ends when it has given `trade_amt`, and receives all that fetched. The limit is rounded to the market's tick in your favour. " +
      "Price-time priority; trades are at the resting order's price; an order never trades with its own account: the older of the two is cancelled, unless `change-settings` said otherwise. " +
      "Fees come out of what is received. `time_in_force`: `gtc` (rests until cancelled; unless said), `ioc` (the rest is cancelled at once), " +
      "`fok` (whole at once, or `order_unfilled`). A market order is an `ioc` with a generous limit: what does not rest needs only what it trades for at once.",
    access: "account",
    changes: true,
    params: {
      ...orderAmounts,
      price,
      time_in_force: p.optional(p.choice("How long it stands.", "gtc", "ioc", "fok")),
      post_only: p.optional(p.flag("Refuse it (`order_would_cross`) rather than trade at once.")),
      client_id: p.clientId,
    },
    result: s.obj(
      { oid: s.str() },
      {
        ...filled,
        state: s.oneOf("What became of it at once", "open", "filled", "cancelled"),
        fee: s.dec("Taken from what was received."),
        ...met,
      },
    ),
    errors: [
      "currency_unknown",
      "market_unknown",
      "amount_invalid",
      "order_lot",
      "order_price",
      "param_invalid",
      "client_id_conflict",
      "order_limit_reached",
      "insufficient_funds",
      "order_would_cross",
      "order_unfilled",
    ],
    example: {
      request: { trade_amt: "0.39", trade_cur: "USD", for_amt: "1.05", for_cur: "BTC" },
      answer: { oid: "o1042", filled_trade_amt: "0.00", filled_for_amt: "0.00", state: "open" },
    },
  }),
  "cancel-order": row({
    group: "market",
    summary: "Cancels an open order.",
    about: "Give `oid` or the `client_id` that it was placed with. What it held is available again.",
    access: "account",
    changes: true,
    params: {
      oid: p.optional(oid),
      client_id: p.optional(
        p.patterned(
          "The client_id that the order was placed with.",
          /^[\x21-\x7e]{1,64}$/,
          "a client_id",
          64,
          "order-417",
        ),
      ),
    },
    result: s.obj({ oid: s.str(), given_back: givenBack }, filled),
    errors: ["param_missing", "order_unknown"],
    example: {
      request: { oid: "o1042" },
      answer: { oid: "o1042", filled_trade_amt: "0.00", filled_for_amt: "0.00", given_back: { usd: "0.39" } },
    },
  }),
  "cancel-all-orders": row({
    group: "market",
    summary: "Cancels all open orders of the account, or those of one market.",
    about: "",
    access: "account",
    changes: true,
    params: { market: p.optional(p.market()) },
    result: s.obj({ cancelled: s.list(s.str("oid")) }),
    errors: ["market_unknown"],
    example: { request: { market: "BTC/USD" }, answer: { cancelled: ["o1042"] } },
  }),
  "amend-order": row({
    group: "market",
    summary: "Changes an open order's amounts.",
    about:
      "New whole amounts, counting what is already filled. Less at the same price keeps its place in the queue; " +
      "anything else goes to the end of its new price, and may trade at once.",
    access: "account",
    changes: true,
    params: {
      oid,
      trade_amt: orderAmounts.trade_amt,
      for_amt: orderAmounts.for_amt,
      price,
      client_id: p.clientId,
    },
    result: s.obj(
      {
        oid: s.str(),
        ...filled,
        state: s.oneOf("What became of it at once", "open", "filled", "cancelled"),
        kept_priority: s.bool(),
      },
      met,
    ),
    errors: [
      "order_unknown",
      "amount_invalid",
      "order_lot",
      "order_price",
      "client_id_conflict",
      "amend_invalid",
      "order_would_cross",
      "insufficient_funds",
    ],
    example: {
      request: { oid: "o1042", trade_amt: "0.20", for_amt: "0.53" },
      answer: {
        oid: "o1042",
        filled_trade_amt: "0.00",
        filled_for_amt: "0.00",
        state: "open",
        kept_priority: false,
      },
    },
  }),
  "my-open-orders": row({
    group: "market",
    summary: "The account's open orders, oldest first.",
    about: "",
    access: "account",
    changes: false,
    params: {},
    result: s.obj({
      orders: s.list(
        s.obj(
          {
            oid: s.str(),
            market: s.str(),
            side: s.oneOf("", "buy", "sell"),
            price: s.dec("Its limit, rounded to the tick: quote per whole base."),
            trade_amt: s.dec(),
            trade_cur: s.str(),
            for_amt: s.dec(),
            for_cur: s.str(),
            t: time,
          },
          { ...filled, post_only: s.bool("It was to rest or to be refused."), client_id: s.str() },
        ),
      ),
    }),
    errors: [],
    example: {
      request: {},
      answer: {
        orders: [
          {
            oid: "o1042",
            market: "BTC/USD",
            side: "buy",
            price: "0.37",
            trade_amt: "0.39",
            trade_cur: "USD",
            for_amt: "1.05",
            for_cur: "BTC",
            filled_trade_amt: "0.00",
            filled_for_amt: "0.00",
            t: 1_795_348_800_000,
          },
        ],
      },
    },
  }),
  "my-trades": row({
    group: "market",
    summary: "The account's trades, newest first.",
    about: "",
    access: "account",
    changes: false,
    params: pageParams,
    result: s.obj(
      {
        trades: s.list(
          s.obj(
            {
              trade_id: s.str(),
              oid: s.str(),
              t: time,
              market: s.str(),
              side: s.oneOf("", "buy", "sell"),
              price: s.dec("Quote per whole base."),
              gave_amt: s.dec(),
              gave_cur: s.str(),
              got_amt: s.dec("After the fee."),
              got_cur: s.str(),
            },
            // Told by every Coinholder hub; an exchange that looks like a hub may not tell them.
            {
              role: s.oneOf("", "maker", "taker"),
              fee: s.dec("In the currency received."),
              fee_bps: s.int("The tier that the account had reached: basis points of what was received."),
              fee_cur: s.str(
                "Where an exchange takes its fee in another currency than the one received: which. The fee is then beside `gave_amt` and `got_amt`, in neither.",
              ),
            },
          ),
        ),
        more_exist: s.bool(),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        trades: [
          {
            trade_id: "x77",
            oid: "o1042",
            t: 1_795_348_800_000,
            market: "BTC/USD",
            side: "buy",
            role: "maker",
            price: "65000.00",
            gave_amt: "65.00",
            gave_cur: "USD",
            got_amt: "0.001",
            got_cur: "BTC",
            fee: "0.00",
            fee_bps: 0,
          },
        ],
        more_exist: false,
      },
    },
  }),
  ticker: row({
    group: "market",
    summary: "Last price, best bid and ask, and what the last 24 hours brought.",
    about: "Members are left out while there is nothing to tell.",
    access: "public",
    changes: false,
    params: { market: p.market() },
    result: s.obj(
      {
        market: s.str(),
        t: time,
        volume: s.dec("Base traded in 24 hours."),
      },
      {
        fee_tiers: s.list(feeTier, "By rising volume of 30 days; the first is for everybody."),
        last: s.dec(),
        bid: s.dec(),
        ask: s.dec(),
        high: s.dec(),
        low: s.dec(),
      },
    ),
    errors: ["market_unknown"],
    example: {
      request: { market: "BTC/USD" },
      answer: {
        market: "BTC/USD",
        t: 1_795_348_800_000,
        volume: "12.50",
        fee_tiers: [{ volume: "0.00", maker_fee_bps: 10, taker_fee_bps: 20 }],
        last: "65000.00",
        bid: "64990.00",
        ask: "65010.00",
      },
    },
  }),
  depth: row({
    group: "market",
    summary: "The order book by price level, best first.",
    about:
      "Each level is [price, quantity of base]. `seq` counts the changes of this book: the [stream](stream.md) numbers its updates with it.",
    access: "public",
    changes: false,
    params: { market: p.market(), limit: p.optional(p.integer("Levels a side; 50 unless said.", 1, 1000)) },
    result: s.obj(
      {
        market: s.str(),
        t: time,
        bids: s.list(s.pair(s.dec(), s.dec())),
        asks: s.list(s.pair(s.dec(), s.dec())),
      },
      { seq: s.int("Changes of this book so far.") },
    ),
    errors: ["market_unknown"],
    example: {
      request: { market: "BTC/USD" },
      answer: {
        market: "BTC/USD",
        t: 1_795_348_800_000,
        seq: 1042,
        bids: [["64990.00", "0.50"]],
        asks: [["65010.00", "1.25"]],
      },
    },
  }),
  trades: row({
    group: "market",
    summary: "Recent trades of a market, newest first.",
    about: "`taker_side` is the side of the order that came second.",
    access: "public",
    changes: false,
    params: { market: p.market(), ...pageParams },
    result: s.obj(
      {
        trades: s.list(
          s.obj(
            { trade_id: s.str(), t: time, price: s.dec(), amount: s.dec("Of base.") },
            { taker_side: s.oneOf("", "buy", "sell") },
          ),
        ),
        more_exist: s.bool(),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: ["market_unknown"],
    example: {
      request: { market: "BTC/USD" },
      answer: {
        trades: [
          { trade_id: "x77", t: 1_795_348_800_000, price: "65000.00", amount: "0.001", taker_side: "sell" },
        ],
        more_exist: false,
      },
    },
  }),
  candles: row({
    group: "market",
    summary: "Open, high, low, close and volume by interval, oldest first.",
    about: "Intervals begin at whole multiples since 1970 (UTC). Those without a trade are left out.",
    access: "public",
    changes: false,
    params: {
      market: p.market(),
      interval: p.choice("How long each is.", ...CANDLE_INTERVALS),
      from_t: p.optional(p.integer("First ms since 1970.", 0, 8_640_000_000_000_000)),
      limit: p.optional(p.integer("How many at most, the newest ones; 200 unless said.", 1, 1000)),
    },
    result: s.obj(
      {
        candles: s.list(
          s.obj({
            t: time,
            open: s.dec(),
            high: s.dec(),
            low: s.dec(),
            close: s.dec(),
            volume: s.dec("Of base."),
          }),
        ),
      },
      { seq: s.int("The last trade in them, by number: that of the stream's channel `candles` then.") },
    ),
    errors: ["market_unknown"],
    example: {
      request: { market: "BTC/USD", interval: "1h" },
      answer: {
        seq: 93,
        candles: [
          {
            t: 1_795_348_800_000,
            open: "65000.00",
            high: "65010.00",
            low: "64980.00",
            close: "65000.00",
            volume: "3.20",
          },
        ],
      },
    },
  }),
};
