import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

export const transferKinds = [
  "internal",
  "deposit",
  "withdrawal",
  "credit",
  "fiat-withdrawal",
  "option-premium",
  "option-exercise",
] as const;

export const transferStatus = s.oneOf(
  "reserved: taken from the account; built: the transaction is signed and journaled; broadcast: given to the Bitcoin network; " +
    "confirmed: in a block; final: deep enough; done: complete (inside the hub); pending: seen, not yet counted; refused: given back; reversed: undone by the chain; " +
    "credited: not confirmed, and the account's all the same, by the word of the hub that sent it; lost: it never confirmed, and the hub bears that.",
  "reserved",
  "built",
  "broadcast",
  "confirmed",
  "final",
  "done",
  "pending",
  "refused",
  "reversed",
  "credited",
  "lost",
);

const sendParams = {
  to_btc_address: p.text(
    "Where to. An address of this hub: an instant transfer without fee.",
    100,
    "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
  ),
  amount: p.amountText("How much BTC arrives.", "0.25"),
  subtract_fee: p.optional(p.flag("Take the fee out of the amount instead of on top of it.")),
};

export const crossing = s.obj(
  {},
  {
    identity: s.str(
      "credited: the other hub counts it before a block has it; noted: once one has; confirmed: one had; else that hub's error code.",
    ),
    option: s.str(
      "exercised: the payee has the invoice's currency; expired: it kept the BTC; else that hub's error code.",
    ),
    given_up: s.bool("That hub could not be told before blocks had settled it."),
  },
  "Of a payment to another hub: what that hub said when it was told whose it is. Empty until then.",
);

const before = p.optional(
  p.integer("Only what is older: `next_before` of the page before.", 1, Number.MAX_SAFE_INTEGER),
);
const limit = p.optional(p.integer("How many at most; 50 unless said.", 1, 500));

export const transferFunctions = {
  "new-btc-address": row({
    group: "transfers",
    summary: "A fresh Bitcoin address that pays into the account.",
    about:
      "Each call gives a new address. What arrives shows as `pending` when it is seen and as `available` after the hub's confirmations.",
    access: "account",
    changes: true,
    params: {},
    result: s.obj({ btc_address: s.str() }),
    errors: ["node_unreachable", "rate_limited"],
    example: { request: {}, answer: { btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk" } },
  }),
  "play-money": row({
    group: "transfers",
    summary:
      "Play money on a development chain: a bitcoin that is worth nothing, and the block that confirms it.",
    about:
      "So that whoever has just started a hub can try everything. Only a hub that runs on its own development chain has it; elsewhere it is not among `supported_functions`. " +
      "Three times at once, then every 20 seconds.",
    access: "account",
    changes: true,
    params: {},
    result: s.obj({ btc_address: s.str("A new address of the account."), amount: s.dec(), txid: s.str() }),
    errors: ["function_unknown", "node_unreachable", "rate_limited"],
    example: {
      request: {},
      answer: {
        btc_address: "bcrt1q0xcqpzrky6eff2g52qdye53xkk9jxkvrhyv0w6",
        amount: "1.5",
        txid: "5d1b3a7c0c1f0e4b7e2f7b0a1d9b8f62c4b6b7a2e1d3c5f708192a3b4c5d6e7f",
      },
    },
  }),
  "send-btc": row({
    group: "transfers",
    summary: "Pays BTC to an address: at once inside the hub, by the chain elsewhere.",
    about:
      "The fee comes on top of the amount unless `subtract_fee` is given; with a `quote_id` it is the quoted one. " +
      "Follow a payment by its `transfer_id` in `my-transfers`. If the hub cannot be reached after sending, call again with the same `client_id`.",
    access: "account",
    changes: true,
    params: {
      ...sendParams,
      quote_id: p.optional(
        p.patterned("From `quote-send`.", /^q-[a-z2-7]{16}$/, "a quote's id", 18, "q-4zkq2wq6x4m5b3td"),
      ),
      client_id: p.clientId,
    },
    // The seed answers {}: a hub of its rules alone, or an exchange that looks like one, may tell nothing.
    result: s.obj({}, { transfer_id: s.str(), status: transferStatus, fee: s.dec("In BTC.") }),
    errors: [
      "amount_invalid",
      "address_invalid",
      "fee_exceeds_amount",
      "fee_too_high",
      "client_id_conflict",
      "quote_unknown",
      "own_address",
      "address_not_allowed",
      "account_in_debt",
      "withdrawals_halted",
      "node_unreachable",
      "insufficient_funds",
      "not_withdrawable",
      "limit_exceeded",
    ],
    example: {
      request: {
        to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
        amount: "0.25",
        client_id: "rent-november",
      },
      answer: { transfer_id: "t417", status: "reserved", fee: "0.00000423" },
    },
  }),
  "quote-send": row({
    group: "transfers",
    summary: "The fee that `send-btc` would take, held for 30 seconds.",
    about: "Give the `quote_id` to `send-btc` with the same parameters: the debit then equals the quote.",
    access: "account",
    changes: false,
    params: sendParams,
    result: s.obj({ fee: s.dec("In BTC."), quote_id: s.str(), expires_t: s.ms() }),
    errors: ["amount_invalid", "address_invalid", "fee_exceeds_amount", "fee_too_high", "own_address"],
    example: {
      request: { to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080", amount: "0.25" },
      answer: { fee: "0.00000423", quote_id: "q-4zkq2wq6x4m5b3td", expires_t: 1_795_348_830_000 },
    },
  }),
  "withdraw-fiat": row({
    group: "transfers",
    summary: "Asks the operator to pay out a currency other than BTC.",
    about:
      "The amount is held until the operator has paid it out (`done`) or declined (`refused`, and it comes back).",
    access: "account",
    changes: true,
    params: {
      currency: p.currency("Which currency."),
      amount: p.amountText("How much.", "100.00"),
      destination: p.text(
        "Where to, in words that the operator understands.",
        500,
        "IBAN DE02 1203 0000 0000 2020 51",
      ),
      client_id: p.clientId,
    },
    result: s.obj({ transfer_id: s.str(), status: transferStatus }),
    errors: [
      "currency_unknown",
      "unsupported",
      "amount_invalid",
      "client_id_conflict",
      "account_in_debt",
      "insufficient_funds",
      "limit_exceeded",
    ],
    example: {
      request: { currency: "USD", amount: "100.00", destination: "IBAN DE02 1203 0000 0000 2020 51" },
      answer: { transfer_id: "t418", status: "reserved" },
    },
  }),
  "my-transfers": row({
    group: "transfers",
    summary: "What came into the account and left it, newest first.",
    about:
      "Payments inside the hub, deposits and withdrawals by chain, credits and pay-outs in other currencies, and what options moved. Trades are in `my-trades`.",
    access: "account",
    changes: false,
    params: { before, limit },
    result: s.obj(
      {
        transfers: s.list(
          s.obj(
            {
              transfer_id: s.str(),
              t: s.ms(),
              kind: s.oneOf("", ...transferKinds),
              direction: s.oneOf("", "in", "out"),
              currency: s.str("Upper case."),
              amount: s.dec(),
              status: transferStatus,
            },
            {
              fee: s.dec("On top of the amount."),
              btc_address: s.str(),
              txid: s.str(),
              vout: s.int(),
              confirmations: s.int("Of a deposit that is pending, and of a withdrawal that is `confirmed`."),
              confirmations_needed: s.int(
                "Beside `confirmations`, once it is in a block: with so many a deposit counts, and a withdrawal is `final`.",
              ),
              reference: s.str("The operator's words, where a pay-out goes, or the option."),
              reason: s.str("Why the operator refused a pay-out, in the operator's words."),
              invoice: s.bool("Whether it paid an invoice."),
              crossing,
            },
          ),
        ),
        more_exist: s.bool("Whether there are older ones."),
      },
      { next_before: s.int("Give it as `before` for the next page.") },
    ),
    errors: [],
    example: {
      request: { limit: "1" },
      answer: {
        transfers: [
          {
            transfer_id: "t417",
            t: 1_795_348_800_000,
            kind: "withdrawal",
            direction: "out",
            currency: "BTC",
            amount: "0.25",
            status: "broadcast",
            fee: "0.00000423",
            btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
            txid: "f0c1a1d6a7e53b9fd1a14a3c1a7e0f6c2b4d8e9fa0b1c2d3e4f5061728394a5b",
          },
        ],
        more_exist: true,
        next_before: 417,
      },
    },
  }),
};

export const pageParams = { before, limit };
