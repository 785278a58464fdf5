import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";
import { pageParams, transferKinds } from "./transfers.ts";

const LAST_T = 8_640_000_000_000_000;

/** What an account had, what changed that, and what it has: by currency and period. */
export const statementFunctions = {
  "my-statement": row({
    group: "transfers",
    summary:
      "What changed the account's balance in one currency during a time, newest first: opening + entries = closing.",
    about:
      "A balance is what the account owns: `available` and `held` together, as in `my-balance`. `opening` is the balance at `from_t`, `closing` the one at `to_t`, and the " +
      "amounts of the entries are the whole difference, to the smallest unit. So statements of times that follow one another join, and one over all time begins at nothing.\n\n" +
      "A trade is an entry in both of its currencies, after fees. A withdrawal that is under way is still the account's (held): it is an entry when its money " +
      "has left, which is when a block has it, or when the operator paid it out. One that was refused is none. If a reorganisation undoes the block of a deposit or a withdrawal, that is an entry " +
      "of its own, with `reversal`. A deposit that does not count yet is none.\n\n" +
      "A time that is over does not change any more: a statement of it is always the same. With many entries the answer is a page of them, whose `opening` and `closing` are those of the page: " +
      "pages join as statements do.",
    access: "account",
    changes: false,
    params: {
      currency: p.currency("Of which currency.", "BTC"),
      from_t: p.optional(
        p.integer("From when on, ms since 1970; from the beginning unless said.", 0, LAST_T),
      ),
      to_t: p.optional(
        p.integer(
          "Until when, ms since 1970: that moment is not in it. Until now unless said, or if it is later.",
          0,
          LAST_T,
        ),
      ),
      after: p.optional(
        p.text("`next_after` of the page before, with the same `currency` and `from_t`.", 200),
      ),
      limit: pageParams.limit,
    },
    result: s.obj(
      {
        currency: s.str("Upper case."),
        from_t: s.ms("Included."),
        to_t: s.ms("Not included."),
        opening: s.dec("The balance before the entries."),
        closing: s.dec("The balance after the entries."),
        entries: s.list(
          s.obj(
            {
              t: s.ms(),
              kind: s.oneOf("", ...transferKinds, "trade"),
              amount: s.dec(
                "What it changed the balance by, fees included: below zero where it took something away.",
              ),
              balance: s.dec("After it."),
            },
            {
              fee: s.dec("The part of `amount` that was a fee."),
              reversal: s.bool("It takes back an earlier entry of the same transfer."),
              transfer_id: s.str("Of all but trades."),
              trade_id: s.str(),
              oid: s.str("The account's order that traded."),
              market: s.str("Where it traded."),
              price: s.dec("Of a trade, in quote."),
              btc_address: s.str(),
              txid: s.str(),
              vout: s.int(),
              reference: s.str("The operator's words, where a pay-out went, or the option."),
              invoice: s.bool("Whether it paid an invoice."),
            },
          ),
          "Newest first.",
        ),
        more_exist: s.bool("Whether there are older ones in the period."),
      },
      { next_after: s.str("Give it as `after` for the next page.") },
    ),
    errors: ["currency_unknown", "param_invalid"],
    example: {
      request: { currency: "BTC", from_t: "1795305600000", to_t: "1795392000000" },
      answer: {
        currency: "BTC",
        from_t: 1_795_305_600_000,
        to_t: 1_795_392_000_000,
        opening: "1.50",
        closing: "1.54899577",
        entries: [
          {
            t: 1_795_348_900_000,
            kind: "withdrawal",
            amount: "-0.25000423",
            balance: "1.54899577",
            fee: "0.00000423",
            transfer_id: "t417",
            btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
            txid: "f0c1a1d6a7e53b9fd1a14a3c1a7e0f6c2b4d8e9fa0b1c2d3e4f5061728394a5b",
          },
          {
            t: 1_795_348_800_000,
            kind: "trade",
            amount: "0.299",
            balance: "1.799",
            fee: "0.001",
            trade_id: "x93",
            oid: "o1042",
            market: "BTC/USD",
            price: "65000.00",
          },
        ],
        more_exist: false,
      },
    },
  }),
};
