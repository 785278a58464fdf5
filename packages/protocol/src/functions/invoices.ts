import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";
import { transferStatus } from "./transfers.ts";

const address = p.text("The invoice's address.", 100, "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk");
const signature = p.text("BIP-322 signature by the invoice's own address.", 4000);
const invoiceJson = p.text("The exact bytes that were signed, at most 4 KiB.", 4096);
const random = p.text("The short code that the cashier reads out.", 32, "417");

const invoiceState = s.oneOf(
  "open: waits; seen: a payment is in sight; paid, underpaid, overpaid: what came; expired; withdrawn.",
  "open",
  "seen",
  "paid",
  "underpaid",
  "overpaid",
  "expired",
  "withdrawn",
);

const invoice = {
  btc_address: s.str(),
  amount: s.dec(),
  currency: s.str(),
  info: s.obj(
    {},
    {
      hub_url: s.str(),
      memo: s.str(),
      t: s.ms(),
      lat: s.str(),
      lng: s.str(),
      random: s.str(),
      expires_t: s.ms("When it stops to be payable."),
    },
  ),
};
const signed = { invoice_json: s.str("The exact bytes that were signed."), signature: s.str("BIP-322.") };

const settled = s.dec("So far, in the invoice's own currency, where that is not BTC.");

const unexchanged = s.dec(
  "BTC that came for one in another currency and that no option exchanged: they are the account's as BTC, and pay nothing of it. Where there are any.",
);

const exampleInvoice = {
  btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
  amount: "0.0021",
  currency: "BTC",
  info: {
    hub_url: "https://hub.example",
    memo: "Two espressos",
    t: 1_795_348_800_000,
    lat: "45.508888",
    lng: "-73.561668",
    random: "417",
    expires_t: 1_795_349_700_000,
  },
};
const exampleSigned = { invoice_json: JSON.stringify(exampleInvoice), signature: "smpAkcwRAIg..." };

export const invoiceFunctions = {
  "new-invoice": row({
    group: "invoices",
    summary: "Makes an invoice on a fresh address of the account, signs it and posts it.",
    about:
      "With `lat` and `lng` a wallet nearby finds it; `random` is a short code that tells it from others at the same place. " +
      "In another currency than BTC it is paid in that currency: from a balance of this hub, or in BTC with an option of its desk, which [pay-invoice](pay-invoice.md) sees to. " +
      "It expires after 15 minutes unless `expires_t` says otherwise (24 hours at most).",
    access: "account",
    changes: true,
    params: {
      amount: p.amountText("How much is asked.", "0.0021"),
      currency: p.optional(p.currency("Of the amount; BTC unless said.", "BTC")),
      memo: p.optional(p.text("What it is for.", 500, "Two espressos")),
      lat: p.optional(p.latitude("Where, degrees north.")),
      lng: p.optional(p.longitude("Where, degrees east.")),
      random: p.optional(random),
      expires_t: p.optional(
        p.integer("When it stops to be payable, ms since 1970.", 0, 8_640_000_000_000_000),
      ),
    },
    result: s.obj({ invoice: s.obj(invoice), ...signed }),
    errors: [
      "currency_unknown",
      "amount_invalid",
      "param_missing",
      "invoice_time",
      "node_unreachable",
      "rate_limited",
      "invoice_limit_reached",
    ],
    example: {
      request: {
        amount: "0.0021",
        memo: "Two espressos",
        lat: "45.508888",
        lng: "-73.561668",
        random: "417",
      },
      answer: { invoice: exampleInvoice, ...exampleSigned },
    },
  }),
  "my-invoices": row({
    group: "invoices",
    summary: "The account's invoices, newest first.",
    about: "Live ones, and those that ended within the last 30 days.",
    access: "account",
    changes: false,
    params: {
      before: p.optional(
        p.integer("Only what is older: `next_before` of the page before.", 1, Number.MAX_SAFE_INTEGER),
      ),
      limit: p.optional(p.integer("How many at most; 50 unless said.", 1, 500)),
    },
    result: s.obj(
      {
        invoices: s.list(
          s.obj(
            { invoice: s.obj(invoice), ...signed, state: invoiceState, received: s.dec("BTC so far.") },
            {
              settled,
              unexchanged,
              paid_t: s.ms("When it was paid in full first, where it is."),
              transfers: s.list(s.str("transfer_id"), "What paid it."),
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
        invoices: [
          {
            invoice: exampleInvoice,
            ...exampleSigned,
            state: "paid",
            received: "0.0021",
            paid_t: 1_795_348_860_000,
            transfers: ["t420"],
          },
        ],
        more_exist: false,
      },
    },
  }),
  "invoice-status": row({
    group: "invoices",
    summary: "How an invoice stands; waits for a change if asked to.",
    about:
      "With `wait_ms` the answer comes when the state is no longer `than`, or after that time (a long poll). " +
      "Without `than` it waits for the next change. Called with the owner's authkey it also tells what came in.",
    access: "public",
    changes: false,
    params: {
      btc_address: address,
      wait_ms: p.optional(p.integer("How long to wait for a change.", 0, 30_000)),
      than: p.optional(
        p.choice(
          "The state that you know.",
          "open",
          "seen",
          "paid",
          "underpaid",
          "overpaid",
          "expired",
          "withdrawn",
        ),
      ),
    },
    result: s.obj(
      {
        btc_address: s.str(),
        state: invoiceState,
        amount: s.dec(),
        currency: s.str(),
        confirmed: s.bool("Whether this hub made it."),
      },
      {
        expires_t: s.ms(),
        due: s.dec("What is still to be paid, in its currency; where this hub made it and it can be paid."),
        received: s.dec("BTC; only to its owner."),
        settled,
        unexchanged,
        transfers: s.list(s.str("transfer_id")),
      },
    ),
    errors: ["invoice_unknown", "overloaded"],
    example: {
      request: {
        btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
        wait_ms: "20000",
        than: "open",
      },
      answer: {
        btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
        state: "paid",
        amount: "0.0021",
        currency: "BTC",
        confirmed: true,
      },
    },
  }),
  "broadcast-invoice": row({
    group: "invoices",
    summary: "Posts a signed invoice, so that wallets find it.",
    about:
      "No account is needed: the signature by the invoice's own address is what counts. Posting the same bytes again does nothing. " +
      "One with a `t` is told to the hub's peers at once; one without is kept but not found by search. " +
      "Who calls with a key that the operator gave to a peer has a budget of its own; all others share a small one.",
    access: "self-signed",
    changes: true,
    params: { invoice_json: invoiceJson, signature },
    result: s.obj({}),
    errors: [
      "rate_limited",
      "invoice_malformed",
      "invoice_time",
      "invoice_withdrawn",
      "invoice_conflict",
      "invoice_not_open",
      "invoice_signature_invalid",
      "invoices_full",
    ],
    example: { request: exampleSigned, answer: {} },
  }),
  "withdraw-invoice": row({
    group: "invoices",
    summary: "Takes an invoice back: it is no longer found or payable by `pay-invoice`.",
    about:
      "`signature` is the BIP-322 signature by the invoice's address over `withdraw-invoice:` followed by the address. " +
      "The owner of an invoice that this hub made may leave it out and sign the call instead. A withdrawal that comes before its invoice is remembered; one with the signature again does nothing. Peers are told at once.",
    access: "self-signed",
    changes: true,
    params: { invoice_bitcoin_address: address, signature: p.optional(signature) },
    result: s.obj({}),
    errors: [
      "rate_limited",
      "address_invalid",
      "authentication_missing",
      "invoice_signature_invalid",
      "invoice_unknown",
      "invoice_not_open",
    ],
    example: {
      request: {
        invoice_bitcoin_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
        signature: "smpAkcwRAIg...",
      },
      answer: {},
    },
  }),
  "search-invoices": row({
    group: "invoices",
    summary: "Finds live invoices by place, time and code.",
    about:
      "Nearest first when a place is given, else newest first. Two live invoices nearby with one code are both marked `ambiguous`. " +
      "`confirmed` says that this hub itself made the invoice; for others ask the hub that `hub_url` names, or have this one ask it: [confirm-invoice](confirm-invoice.md).",
    access: "public",
    changes: false,
    params: {
      t: p.optional(p.integer("Posted at or after, ms since 1970.", 0, 8_640_000_000_000_000)),
      lat: p.optional(p.latitude("Where you are.")),
      lng: p.optional(p.longitude("Where you are.")),
      random: p.optional(random),
      radius_m: p.optional(p.integer("How far, in metres; 400 unless said.", 1, 100_000)),
      limit: p.optional(p.integer("How many at most; 20 unless said.", 1, 100)),
      after: p.optional(p.text("`next_after` of the page before.", 200)),
    },
    result: s.obj(
      {
        invoices: s.list(
          s.obj(
            { ...invoice, ...signed, confirmed: s.bool(), ambiguous: s.bool() },
            { distance_m: s.int("From where you are, rounded to a metre.") },
          ),
        ),
        more_exist: s.bool(),
      },
      { next_after: s.str("Give it as `after` for the next page.") },
    ),
    errors: ["param_missing", "param_invalid"],
    example: {
      request: { lat: "45.5089", lng: "-73.5617", random: "417" },
      answer: {
        invoices: [{ ...exampleInvoice, ...exampleSigned, confirmed: true, ambiguous: false, distance_m: 3 }],
        more_exist: false,
      },
    },
  }),
  "confirm-invoice": row({
    group: "invoices",
    summary: "Asks the hub that an invoice names whether it made it.",
    about:
      "For those that `search-invoices` finds: `hub_url` is a claim, and anybody can copy a till's. This hub asks there for the caller, who might not be able to (a page in a browser may call its own hub only), " +
      "and keeps what it heard for ten seconds. Only invoices that this hub knows are asked for. Not confirmed is not proven false: `reason` says why. [pay-invoice](pay-invoice.md) asks again itself.",
    access: "account",
    changes: false,
    params: { btc_address: address },
    result: s.obj(
      {
        btc_address: s.str(),
        confirmed: s.bool("Whether this hub, or the one that it names, says that it made it."),
      },
      {
        hub_url: s.str(),
        state: s.oneOf(
          "Where it is confirmed: how it stands there; `payable`: open, or paid in part.",
          "payable",
          "paid",
          "overpaid",
          "expired",
          "withdrawn",
        ),
        due: s.dec("What is still to be paid, in its currency, where it is payable."),
        reason: s.str(
          "Where it is not confirmed. `no_hub`: it names none; `invoice_not_confirmed`: that hub says that it is not its own, or another; else why it cannot be asked, such as `unreachable` or `timeout`.",
        ),
      },
    ),
    errors: ["invoice_unknown", "rate_limited"],
    example: {
      request: { btc_address: exampleInvoice.btc_address },
      answer: {
        btc_address: exampleInvoice.btc_address,
        hub_url: "https://hub.example",
        confirmed: true,
        state: "payable",
        due: "0.0021",
      },
    },
  }),
  "pay-invoice": row({
    group: "invoices",
    summary: "Pays an invoice from the account.",
    about:
      "An invoice of this hub is paid at once; another by the chain, and the hub that it names is told whose payment it is, so that it may count before a block " +
      "has it. Checks the invoice's signature first, and asks the hub that it names whether the invoice is its own. Of one that was paid in part it pays the rest; none is paid twice. " +
      "One in another currency than BTC is paid from the balance of that currency if that is enough and the invoice is of this hub; else in BTC, at the price of the desk of the " +
      "invoice's hub. `max_amount` bounds what that may be; without it, it is at most 5 % above what this hub's own desk would ask, and where that has no price `max_amount` must be given. " +
      "What became of the payment at the other hub stands in `my-transfers`. After `peer_unreachable`, `option_refused` and the like nothing was paid.",
    access: "account",
    changes: true,
    params: {
      invoice_json: invoiceJson,
      signature,
      max_amount: p.optional(p.amountText("The most BTC that it may cost, fees included.", "0.0001")),
      client_id: p.clientId,
    },
    result: s.obj({ transfer_id: s.str(), status: transferStatus, fee: s.dec("In BTC.") }),
    errors: [
      "amount_invalid",
      "invoice_malformed",
      "invoice_signature_invalid",
      "invoice_conflict",
      "invoice_unknown",
      "invoice_time",
      "rate_limited",
      "peer_unreachable",
      "invoice_not_confirmed",
      "currency_unknown",
      "param_missing",
      "option_refused",
      "not_accepted_unconfirmed",
      "desk_closed",
      "quoting_stopped",
      "option_size",
      "address_invalid",
      "fee_too_high",
      "price_above_limit",
      "coins_not_ready",
      "client_id_conflict",
      "own_address",
      "address_not_allowed",
      "invoice_withdrawn",
      "invoice_not_open",
      "account_in_debt",
      "withdrawals_halted",
      "node_unreachable",
      "overloaded",
      "insufficient_funds",
      "not_withdrawable",
      "limit_exceeded",
      "desk_short",
    ],
    example: {
      request: { ...exampleSigned, client_id: "coffee-1" },
      answer: { transfer_id: "t420", status: "done", fee: "0.00" },
    },
  }),
};
