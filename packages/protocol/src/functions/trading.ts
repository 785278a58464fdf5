import * as p from "../param.ts";
import * as s from "../shape.ts";
import { feeTier } from "./market.ts";
import { row } from "./row.ts";
import { pageParams } from "./transfers.ts";

const OWN_ORDERS = ["cancel_oldest", "cancel_newest", "cancel_both"] as const;

const settings = s.obj({
  own_order_prevention: s.oneOf("What happens when an order meets another of the account.", ...OWN_ORDERS),
});

/** How an account trades: what it has chosen, what it pays, and what its choice did. */
export const tradingFunctions = {
  "my-settings": row({
    group: "market",
    summary: "What the account has chosen.",
    about: "`cancel_oldest` unless changed by `change-settings`, which says what each means.",
    access: "account",
    changes: false,
    params: {},
    result: settings,
    errors: [],
    example: { request: {}, answer: { own_order_prevention: "cancel_oldest" } },
  }),
  "change-settings": row({
    group: "market",
    summary: "Chooses for the account what happens when its orders meet.",
    about:
      "An order never trades with its own account. With `cancel_oldest` the resting orders that the new one would trade with are cancelled, and it goes on to the " +
      "next in line. With `cancel_newest` what is left of the new one is cancelled, and the resting one stays. With `cancel_both` the resting one that it meets first is cancelled and what is left " +
      "of the new one too. What traded before they met stays traded. An order that is amended to another price or to more counts as new. A `fok` order counts only " +
      "what it would reach by this rule. The answer of the order tells what was cancelled, and so does `my-cancelled-orders`. " +
      "What is not given stays as it was; the answer tells all settings.",
    access: "account",
    changes: true,
    params: {
      own_order_prevention: p.optional(
        p.choice("What happens when an order meets another of the account.", ...OWN_ORDERS),
      ),
    },
    result: settings,
    errors: [],
    example: {
      request: { own_order_prevention: "cancel_newest" },
      answer: { own_order_prevention: "cancel_newest" },
    },
  }),
  "my-fees": row({
    group: "market",
    summary: "The account's volume and fees, by market.",
    about:
      "`volume` is what the account traded in the market today (UTC) and on the 29 days before, as maker and as taker, in the quote currency before fees. " +
      "It decides the tier of the next trade; an order that trades more than once may reach the next tier on its way. " +
      "`next_tier` is left out where there is none. Fees are in basis points (hundredths of a percent) of what is received, rounded down.",
    access: "account",
    changes: false,
    params: { market: p.optional(p.market("Only this market, base/quote.")) },
    result: s.obj({
      markets: s.list(
        s.obj(
          {
            market: s.str(),
            volume: s.dec("Of 30 days, in quote."),
            maker_fee_bps: s.int("What the next trade of a resting order costs."),
            taker_fee_bps: s.int("What the next trade of an order that comes second costs."),
          },
          { next_tier: feeTier },
        ),
        "By market.",
      ),
    }),
    errors: ["market_unknown"],
    example: {
      request: {},
      answer: {
        markets: [
          {
            market: "BTC/USD",
            volume: "41250.00",
            maker_fee_bps: 10,
            taker_fee_bps: 20,
            next_tier: { volume: "100000.00", maker_fee_bps: 5, taker_fee_bps: 15 },
          },
        ],
      },
    },
  }),
  "my-cancelled-orders": row({
    group: "market",
    summary: "Orders of the account that ended because they would have met another of its own, newest first.",
    about:
      "`met` is that other order. Those that the account cancelled itself do not stand here; `change-settings` chooses which of two is cancelled.",
    access: "account",
    changes: false,
    params: pageParams,
    result: s.obj(
      {
        orders: s.list(
          s.obj({
            oid: s.str(),
            met: s.str("The account's other order."),
            t: s.ms("When it ended."),
            market: s.str(),
            side: s.oneOf("", "buy", "sell"),
            trade_amt: s.dec(),
            trade_cur: s.str(),
            for_amt: s.dec(),
            for_cur: s.str(),
            filled_trade_amt: s.dec("Given before it ended."),
            filled_for_amt: s.dec("Received before it ended, before fees."),
          }),
        ),
        more_exist: s.bool(),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        orders: [
          {
            oid: "o1042",
            met: "o1057",
            t: 1_795_348_800_000,
            market: "BTC/USD",
            side: "buy",
            trade_amt: "650.00",
            trade_cur: "USD",
            for_amt: "0.01",
            for_cur: "BTC",
            filled_trade_amt: "0.00",
            filled_for_amt: "0.00",
          },
        ],
        more_exist: false,
      },
    },
  }),
};
