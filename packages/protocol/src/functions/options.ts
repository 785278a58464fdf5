import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const option_id = p.patterned(
  "The option's id.",
  /^op-[a-z2-7]{16}$/,
  "an option's id",
  19,
  "op-4zkq2wq6x4m5b3td",
);

const exampleOption = {
  option_id: "op-4zkq2wq6x4m5b3td",
  issuer_url: "https://hub.example",
  btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
  trade_amt: "0.01",
  trade_cur: "BTC",
  for_amt: "645.00",
  for_cur: "USD",
  premium: "0.00001",
  expires_t: 1_795_348_830_000,
};
const signed = {
  option_json: JSON.stringify(exampleOption),
  signature: "6QgwmZwGO+hy3S+6pNc4v9d4mpbCnyNCEKhCtvAWSH7bXc2FLgL4bYz1MvJYJ2MTDYGxRLJxn3VfB0h8mTz4OQ==",
};
const signature = s.str(
  "BIP-340 signature by the hub's `identity` over `option_json` (tag `coinholder/option`), base64.",
);
const { issuer_url: _, ...listed } = exampleOption;

export const optionFunctions = {
  "buy-option": row({
    group: "options",
    summary: "Buys the right to trade at a rate that the hub's desk quotes now, good for a short while.",
    about:
      "«I may give trade_amt of trade_cur for for_amt of for_cur, once, until expires_t.» Give one of the two amounts: it stands as you " +
      "gave it, the other is what the desk quotes. The premium, in `trade_cur`, is paid now and not given back. The other side is held for you from " +
      "this moment on, so the option can be exercised whatever the price does: by `exercise-option` from the balance, or by BTC that are credited at " +
      "its `btc_address` (an address of yours, for this option alone) before `expires_t` by the hub's clock: payments inside the hub are so at once, by chain " +
      "when they count. What comes later, or is not enough, is yours as BTC. " +
      "The signature is by the key that the overview's `identity` names: `coinholder option verify` checks it. " +
      "Another hub that is to pay an invoice of this one, which asks for `for_amt` of `for_cur`, calls this in its own name: with `btc_address`, the " +
      "invoice's, and signed as [calls by an identity](calls.md#calls-by-an-identity) are. There is no premium then; the option is for the BTC of one transfer, which " +
      "[attach-option-to-transfer](attach-option-to-transfer.md) names.",
    access: "account",
    byIdentity: true,
    changes: true,
    params: {
      trade_cur: p.currency("What you may give.", "BTC"),
      for_cur: p.currency("What you get for it.", "USD"),
      trade_amt: p.optional(p.amountText("How much you may give.", "0.01")),
      for_amt: p.optional(p.amountText("How much you want to get for it.", "645.00")),
      btc_address: p.optional(
        p.text("Of an invoice of this hub: only where another hub calls in its own name.", 100),
      ),
      client_id: p.clientId,
    },
    result: s.obj(
      { option_json: s.str(), signature },
      {
        accepts_unconfirmed: s.bool(
          "Whether BTC sent to its `btc_address` with the sender's identity would exercise it before they are confirmed.",
        ),
      },
    ),
    errors: [
      "currency_unknown",
      "amount_invalid",
      "param_missing",
      "param_invalid",
      "client_id_conflict",
      "identity_url_refused",
      "identity_unreachable",
      "identity_mismatch",
      "invoice_unknown",
      "invoice_withdrawn",
      "invoice_not_open",
      "desk_closed",
      "quoting_stopped",
      "option_size",
      "node_unreachable",
      "rate_limited",
      "option_limit_reached",
      "insufficient_funds",
      "limit_exceeded",
      "desk_short",
    ],
    example: {
      request: { trade_cur: "BTC", for_cur: "USD", trade_amt: "0.01", client_id: "coffee-417" },
      answer: { ...signed, accepts_unconfirmed: false },
    },
  }),
  "exercise-option": row({
    group: "options",
    summary: "Exercises an option: gives what it says and gets what it says, at once.",
    about:
      "From the balance of the account that bought it. Both sides are in `my-transfers`, of the kind `option-exercise`.",
    access: "account",
    changes: true,
    params: { option_id, client_id: p.clientId },
    result: s.obj({}),
    errors: ["client_id_conflict", "option_unknown", "option_not_open", "insufficient_funds"],
    example: { request: { option_id: "op-4zkq2wq6x4m5b3td" }, answer: {} },
  }),
  "my-options": row({
    group: "options",
    summary: "The account's open options and those that ended within the last hour, newest first.",
    about: "",
    access: "account",
    changes: false,
    params: {},
    result: s.obj({
      options: s.list(
        s.obj(
          {
            option_id: s.str(),
            state: s.oneOf("", "open", "exercised", "expired"),
            t: s.ms("When it was sold, ms since 1970."),
            btc_address: s.str(),
            trade_amt: s.dec(),
            trade_cur: s.str(),
            for_amt: s.dec(),
            for_cur: s.str(),
            premium: s.dec("What was paid for it, in `trade_cur`."),
            expires_t: s.ms(),
            option_json: s.str(),
            signature,
          },
          { received: s.dec("BTC that came to its address while it was open.") },
        ),
      ),
    }),
    errors: [],
    example: {
      request: {},
      answer: { options: [{ ...listed, state: "open", t: 1_795_348_800_000, ...signed }] },
    },
  }),
};
