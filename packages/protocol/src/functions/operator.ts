import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const account = p.patterned(
  "The account's identifier, or its name.",
  /^(?:ac-[a-z2-7]{16}|[a-z][a-z0-9._-]{2,31})$/,
  "an account identifier or name",
  32,
  "alice",
);

const journal = s.obj(
  {
    seq: s.int("Position of the last command that was carried out."),
    durable_seq: s.int("Position up to which everything is on disk."),
    history_seq: s.int("Position up to which history is stored: transfers, trades, candles, the audit."),
  },
  {
    snapshot: s.obj(
      { seq: s.int("Its position."), t: s.ms("The time of the command there, ms since 1970.") },
      {},
      "The newest snapshot that the hub has loaded or written: a start replays what came after it.",
    ),
    free_bytes: s.int("Room on the data folder's disk, where the system tells."),
  },
  "How the journal stands.",
);

const priceSources = s.list(
  s.obj(
    {
      market: s.str("base/quote"),
      source: s.str("As it stands in the configuration."),
      standing: s.oneOf(
        "`used`: it counts; `missing`: it gave no price yet; `stale`: none for too long; `crossed`: its bid is not below its ask; `outlier`: too far from the others.",
        "used",
        "missing",
        "stale",
        "crossed",
        "outlier",
      ),
    },
    {
      bid: s.dec("The newest that is known of it."),
      ask: s.dec(),
      t: s.ms("When it was so."),
      out_since_t: s.ms("Since when it does not count."),
      trouble: s.str("Why the last try brought no price."),
    },
  ),
  "Of the desk's markets whose price is made of several; there where there are such.",
);

export const operatorFunctions = {
  "operator-credit": row({
    group: "operator",
    summary: "Credits an account with what came by bank, or with BTC of the hub's own.",
    about:
      "The `reference` names the bank's record of it. With the same `client_id` a retry credits once. " +
      "BTC comes into the hub by the chain alone: credited here, it leaves what the hub itself has (fees, and what was paid to addresses that nobody was given), and no more than that.",
    access: "operator",
    changes: true,
    params: {
      to_account: account,
      currency: p.currency("Which currency."),
      amount: p.amountText("How much.", "100.00"),
      reference: p.text("The bank's record of it.", 200, "wire 2026-11-22/7"),
      client_id: p.clientId,
    },
    result: s.obj({ transfer_id: s.str() }),
    errors: [
      "currency_unknown",
      "amount_invalid",
      "client_id_conflict",
      "account_unknown",
      "insufficient_funds",
    ],
    example: {
      request: { to_account: "alice", currency: "USD", amount: "100.00", reference: "wire 2026-11-22/7" },
      answer: { transfer_id: "t12" },
    },
  }),
  "operator-fiat-withdrawals": row({
    group: "operator",
    summary: "Pay-outs that wait for the operator, oldest first.",
    about: "",
    access: "operator",
    changes: false,
    params: {},
    result: s.obj({
      withdrawals: s.list(
        s.obj({
          transfer_id: s.str(),
          account: s.str(),
          currency: s.str(),
          amount: s.dec(),
          destination: s.str(),
          t: s.ms(),
        }),
      ),
    }),
    errors: [],
    example: {
      request: {},
      answer: {
        withdrawals: [
          {
            transfer_id: "t418",
            account: "ac-7h2k5mq4x2v6b3tz",
            currency: "USD",
            amount: "100.00",
            destination: "IBAN DE02 1203 0000 0000 2020 51",
            t: 1_795_348_800_000,
          },
        ],
      },
    },
  }),
  "operator-settle-fiat-withdrawal": row({
    group: "operator",
    summary: "Says that a pay-out was made, or declines it and gives the amount back.",
    about: "",
    access: "operator",
    changes: true,
    params: {
      transfer_id: p.patterned("Which.", /^t[1-9][0-9]{0,15}$/, "a transfer's id", 17, "t418"),
      outcome: p.choice("What became of it.", "done", "refused"),
      reference: p.text(
        "The bank's record. Of a refusal, why: the account's owner is told (`reason` in `my-transfers`).",
        200,
        "wire 2026-11-22/9",
      ),
    },
    result: s.obj({}),
    errors: ["transfer_unknown"],
    example: {
      request: { transfer_id: "t418", outcome: "done", reference: "wire 2026-11-22/9" },
      answer: {},
    },
  }),
  "operator-registration": row({
    group: "operator",
    summary: "Opens or closes `create-account` to the public.",
    about: "While it is closed, a key with this permission may still call `create-account`.",
    access: "operator",
    changes: true,
    params: { open: p.flag("Whether anyone may make an account.") },
    result: s.obj({}),
    errors: [],
    example: { request: { open: "false" }, answer: {} },
  }),
  "operator-status": row({
    group: "operator",
    summary: "How the hub stands: journal, chain, wallet, totals.",
    about:
      "`totals` is what the hub owes its accounts per currency; `wallet` is what its own coins are worth.",
    access: "operator",
    changes: false,
    params: {},
    result: s.obj(
      {
        journal_seq: s.int(),
        journal,
        accounts: s.int(),
        registration_open: s.bool(),
        chain: s.obj({ height: s.int(), hash: s.str(), node_reachable: s.bool() }),
        wallet: s.obj({
          confirmed: s.dec("BTC"),
          unconfirmed: s.dec("BTC"),
          coins: s.int(),
          withdrawals_under_way: s.int(),
        }),
        totals: s.mapOf(s.dec(), "Per currency in lower case."),
        fees: s.mapOf(s.dec(), "The hub's own: fees taken, less those paid to miners."),
        in_debt: s.int("Accounts below zero after a reorganisation."),
      },
      { price_sources: priceSources },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        journal_seq: 4711,
        journal: {
          seq: 4711,
          durable_seq: 4711,
          history_seq: 4711,
          snapshot: { seq: 4000, t: 1_795_348_800_000 },
          free_bytes: 41_231_564_800,
        },
        accounts: 12,
        registration_open: true,
        chain: {
          height: 153,
          hash: "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
          node_reachable: true,
        },
        wallet: { confirmed: "3.20", unconfirmed: "0.00", coins: 4, withdrawals_under_way: 0 },
        totals: { btc: "3.19", usd: "5200.00" },
        fees: { btc: "0.00001" },
        in_debt: 0,
      },
    },
  }),
};
