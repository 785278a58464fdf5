import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const EXAMPLE_KEY = "Gx3kTl0Sx8yIhQ9z4ZJbYw3m3wq0m3Kq0a2Yf8m0s9M=";

const peer = s.obj(
  {
    url: s.str("As the operator named it."),
    up: s.bool("Whether it answered last."),
    since_t: s.ms("Since when it is up, or not; ms since 1970."),
    signed: s.bool("Whether calls are signed with a key that its operator gave."),
    queue: s.int("Invoices and withdrawals that it is still to be told."),
    sent: s.int("What it took since this hub was started."),
    refused: s.int("What it refused since then."),
  },
  {
    identity: s.str("Its key, 32 bytes in base64, as it told last."),
    trouble: s.str(
      "While it is not up, why: `connecting`, `unreachable`, `timeout`, `status_502`, `other_network`, `own_url`, `authentication_failed` and the like.",
    ),
    last_refusal: s.str("The code of what it refused last."),
  },
);

const tally = (about: string) => s.obj({ number: s.int("How many."), amount: s.dec("In BTC.") }, {}, about);

const identity = s.obj(
  {
    identity: s.str("Its key, 32 bytes in base64."),
    url: s.str("Where it was published last; empty while only its ceiling is known."),
    ceiling: s.dec("The operator's, in BTC."),
    line: s.dec("How much of its transfers may be credited at a time before they confirm, by its record."),
    open: s.dec("What of it is credited now."),
    room: s.dec("What more would be now."),
    first_seen_t: s.ms("ms since 1970."),
    last_seen_t: s.ms("ms since 1970."),
    seen: tally("Transfers that it stood behind before they counted."),
    confirmed: tally("Of those: all of it counts."),
    replaced: tally("Of those: another transaction that spends the same was seen, and has not won."),
    double_spent: tally("Of those: the other one won."),
  },
  {
    ended: s.obj(
      { txid: s.str(), rival: s.str("The transaction that won."), t: s.ms() },
      {},
      "Its first double spend: it has no line any more.",
    ),
  },
);

export const operatorLineFunctions = {
  "operator-peers": row({
    group: "operator",
    summary: "The hubs that are told of invoices, and the identities that stand behind transfers.",
    about:
      "`peers` are those of the configuration file and of `--peer`. `identities` are those with a ceiling, then those seen last, 500 at most; `more_exist` says that there are others. " +
      "`ceiling` is there where one is set for all together.",
    access: "operator",
    changes: false,
    params: {},
    result: s.obj(
      {
        peers: s.list(peer, "In the order of the configuration."),
        identities: s.list(identity, "Those with a ceiling first; else the one seen last."),
        more_exist: s.bool(),
        open: s.dec("Credited now of all identities together before it confirms, in BTC."),
      },
      { ceiling: s.dec("The most that may be.") },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        peers: [
          {
            url: "https://x.example",
            up: true,
            since_t: 1_795_348_800_000,
            signed: true,
            identity: EXAMPLE_KEY,
            queue: 0,
            sent: 412,
            refused: 1,
            last_refusal: "invoice_withdrawn",
          },
        ],
        identities: [
          {
            identity: EXAMPLE_KEY,
            url: "https://x.example/identity.js",
            ceiling: "0.50",
            line: "0.12",
            open: "0.01",
            room: "0.11",
            first_seen_t: 1_795_348_800_000,
            last_seen_t: 1_795_349_800_000,
            seen: { number: 31, amount: "0.15" },
            confirmed: { number: 30, amount: "0.14" },
            replaced: { number: 0, amount: "0.00" },
            double_spent: { number: 0, amount: "0.00" },
          },
        ],
        more_exist: false,
        open: "0.01",
        ceiling: "2.00",
      },
    },
  }),
  "operator-set-line": row({
    group: "operator",
    summary: "Sets how much of another hub's payments counts before it confirms, at most.",
    about:
      "A ceiling in BTC for one identity, or for all together where none is named. Below it the line follows from the record of that identity: it begins with a tenth of the ceiling " +
      "and grows with what confirms. What is credited so is at this hub's own risk. `0` ends it; an identity without a ceiling is credited nothing before it confirms.",
    access: "operator",
    changes: true,
    params: {
      identity: p.optional(
        p.patterned(
          "The identity's key, as its hub's overview has it; all together where it is left out.",
          /^[A-Za-z0-9+/]{43}=$/,
          "32 bytes in base64",
          44,
          EXAMPLE_KEY,
        ),
      ),
      ceiling: p.patterned(
        "BTC; 0 for none.",
        /^[0-9]{1,8}(?:\.[0-9]{1,8})?$/,
        "an amount of BTC, or 0",
        17,
        "0.5",
      ),
    },
    result: s.obj({}),
    errors: ["param_invalid", "amount_invalid"],
    example: { request: { identity: EXAMPLE_KEY, ceiling: "0.5" }, answer: {} },
  }),
};
