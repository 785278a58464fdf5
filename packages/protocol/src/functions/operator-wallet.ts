import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const EXAMPLE_TXID = "f0c1a1d6a7e53b9fd1a14a3c1a7e0f6c2b4d8e9fa0b1c2d3e4f5061728394a5b";
const EXAMPLE_PSBT = "cHNidP8BAFICAAAAAVtKOSgXBvXk0sOyoZ8=";

const payoutId = (about: string) =>
  p.patterned(about, /^p[1-9][0-9]{0,15}$/, "a payout's id, such as p12", 17, "p12");

const balance = s.obj(
  {
    confirmed: s.dec("In a block, counted, and not bound: what payments can spend."),
    unconfirmed: s.dec("Change of the hub's own payments that is in no block yet."),
    uncredited: s.dec("Deposits in sight that have not the confirmations (or, coinbases, the age) to count."),
    locked: s.dec(
      "In coins of a block that payouts under way spend; what is more than they pay comes back as change.",
    ),
    total: s.dec("Confirmed and locked: what the hub holds against what it owes."),
  },
  {},
  "The wallet's coins, in BTC.",
);

const coins = s.obj(
  {
    count: s.int("How many unspent outputs that no payout spends."),
    largest: s.list(
      s.obj({
        outpoint: s.str("The output, txid:vout."),
        btc_address: s.str("The address that it is at."),
        amount: s.dec("In BTC."),
        confirmations: s.int("Blocks from its own to the highest; 0 while it is in none."),
      }),
      "The 100 largest of them.",
    ),
  },
  {},
  "Unspent outputs that no payout spends.",
);

const inFlight = s.list(
  s.obj(
    {
      payout: s.str("Its id."),
      is: s.oneOf(
        "A payment of withdrawals; a child that raises the fee of another payout by spending its change; or a sweep to the cold wallet.",
        "payment",
        "child",
        "sweep",
      ),
      txid: s.str("Of the one in a block, else of the newest version."),
      versions: s.int("How many transactions were signed for it; one of them confirms."),
      withdrawals: s.list(s.str(), "The `transfer_id` of each withdrawal that it pays."),
      amount: s.dec("What arrives outside, in BTC."),
      fee: s.dec("To the miner, in BTC."),
      fee_rate: s.int("Satoshi per vbyte, rounded up."),
      confirmations: s.int("0 while it is in no block."),
      age_ms: s.int("Since its first version was signed."),
      broadcast: s.bool("Whether the node took it."),
    },
    {
      height: s.int("Of the block that it is in."),
      conflict: s.obj(
        {
          outpoint: s.str("A coin that all its versions spend, and that is gone."),
          height: s.int("Height of the block that took it, else of the highest when it went."),
        },
        {
          txid: s.str(
            "What took it. Not there: a deposit that a reorganisation undid, and that has not come again.",
          ),
        },
        "Why it cannot confirm: see `operator-abandon-payout`.",
      ),
    },
  ),
  "Payouts that are not final, oldest first.",
);

export const operatorWalletFunctions = {
  "operator-wallet": row({
    group: "operator",
    summary: "The hub's wallet: coins, payments under way, what miners got, limits.",
    about:
      "`balance.total` and what the cold wallet holds stand against what is owed: the difference is the hub's own. " +
      "Amounts are in BTC. `hot_ceiling` is there where the configuration has one, `daily_limit` and `limit_left` where it limits what is signed in a day (sweeps do not count).",
    access: "operator",
    changes: false,
    params: {},
    result: s.obj(
      {
        network: s.str("The Bitcoin network."),
        address_type: s.oneOf("The kind of address that the hub gives out.", "p2wpkh", "p2tr"),
        balance,
        coins,
        in_flight: inFlight,
        waiting: s.obj(
          {
            count: s.int("How many."),
            amount: s.dec("What is to arrive, in BTC."),
          },
          { reason: s.str("Why the last attempt to pay them was put off.") },
          "Withdrawals that are reserved and in no payout yet.",
        ),
        fees_under_way: s.dec("Paid to miners by the payouts under way, in BTC."),
        fees_paid: s.dec("Paid to miners by all payouts that are in blocks, in BTC."),
        fees_taken: s.dec("The hub's own BTC: fees taken, less those that miners got."),
        owed: s.dec("What accounts have, in BTC: available and held."),
        cold: s.dec("Swept to the cold wallet and not brought back, in BTC."),
        next_receive: s.int("Position in the wallet's receive branch of the next address given out."),
        next_change: s.int("The same of the change branch."),
      },
      {
        hot_ceiling: s.dec("In BTC: more than this should not stay in the wallet."),
        daily_limit: s.dec("In BTC: the most that the wallet signs away within 24 hours."),
        limit_left: s.dec("In BTC: what of that is left now."),
      },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        network: "regtest",
        address_type: "p2wpkh",
        balance: {
          confirmed: "3.20",
          unconfirmed: "0.00",
          uncredited: "0.10",
          locked: "0.60",
          total: "3.80",
        },
        coins: {
          count: 4,
          largest: [
            {
              outpoint: `${EXAMPLE_TXID}:0`,
              btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk",
              amount: "1.50",
              confirmations: 12,
            },
          ],
        },
        in_flight: [
          {
            payout: "p12",
            is: "payment",
            txid: EXAMPLE_TXID,
            versions: 1,
            withdrawals: ["t417"],
            amount: "0.25",
            fee: "0.00000282",
            fee_rate: 2,
            confirmations: 0,
            age_ms: 61_000,
            broadcast: true,
          },
        ],
        waiting: { count: 0, amount: "0.00" },
        fees_under_way: "0.00000282",
        fees_paid: "0.00041250",
        fees_taken: "0.00001",
        owed: "3.79",
        cold: "0.00",
        next_receive: 14,
        next_change: 6,
        hot_ceiling: "5.00",
      },
    },
  }),
  "operator-abandon-payout": row({
    group: "operator",
    summary: "Gives up a payout that can never confirm, so that its withdrawals are paid anew.",
    about:
      "Only when a coin that every version of it spends was spent by somebody else, and that is as deep as a withdrawal must be to be `final`: else giving it up could pay twice. " +
      "Look first how it could come to that: nobody but the hub should have the wallet's keys.",
    access: "operator",
    changes: true,
    params: { payout: payoutId("Which.") },
    result: s.obj({
      payout: s.str("The one that was given up."),
      withdrawals: s.list(s.str(), "The `transfer_id` of each withdrawal that is reserved anew."),
    }),
    errors: ["payout_unknown", "payout_alive"],
    example: { request: { payout: "p12" }, answer: { payout: "p12", withdrawals: ["t417"] } },
  }),
  "operator-cold-address": row({
    group: "operator",
    summary: "A fresh address of the hub's for coins that come back from the cold wallet.",
    about:
      "What is paid there lowers what the cold wallet holds in the books, and belongs to no account. Nothing else should be paid to it.",
    access: "operator",
    changes: true,
    params: {},
    result: s.obj({ btc_address: s.str("Pay it from the cold wallet.") }),
    errors: ["node_unreachable"],
    example: { request: {}, answer: { btc_address: "bcrt1q6rz28mcfaxtmd6v789l9rrlrusdprr9pz3cppk" } },
  }),
  "operator-sweep": row({
    group: "operator",
    summary: "Prepares a payment to the cold wallet, to be signed outside.",
    about:
      "Answers a PSBT (BIP-174): sign it with a wallet that has the hub's phrase, and give it to `operator-finish-sweep`. Its coins stay free until then: where others are paid all the time, halt payments first. " +
      "The fee is taken out of the amount; the rest of the coins comes back as change.",
    access: "operator",
    changes: true,
    params: {
      amount: p.optional(
        p.amountText("How much BTC leaves the wallet; what is above the ceiling unless said.", "2.50"),
      ),
    },
    result: s.obj({
      psbt: s.str("Base64."),
      amount: s.dec("What arrives in the cold wallet, in BTC."),
      fee: s.dec("To the miner, in BTC."),
      to: s.str("The cold wallet's address."),
    }),
    errors: [
      "amount_invalid",
      "cold_descriptor_missing",
      "nothing_to_sweep",
      "insufficient_funds",
      "fee_exceeds_amount",
      "fee_too_high",
    ],
    example: {
      request: { amount: "2.50" },
      answer: {
        psbt: EXAMPLE_PSBT,
        amount: "2.49999718",
        fee: "0.00000282",
        to: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
      },
    },
  }),
  "operator-finish-sweep": row({
    group: "operator",
    summary: "Takes the signed sweep back and sends it.",
    about:
      "It must be a transaction that `operator-sweep` made since the hub was started, with a valid signature for every input. From then on it is a payout like others. " +
      "Do not send it yourself: the hub would take it for a theft and stop. One whose coins or change address were used meanwhile is `sweep_outdated`.",
    access: "operator",
    changes: true,
    params: {
      psbt: p.patterned("The signed PSBT, base64.", /^[A-Za-z0-9+/]+={0,2}$/, "base64", 60_000, EXAMPLE_PSBT),
    },
    result: s.obj({ txid: s.str("The Bitcoin transaction."), payout: s.str("The payout's id.") }),
    errors: ["psbt_invalid", "sweep_outdated"],
    example: { request: { psbt: EXAMPLE_PSBT }, answer: { txid: EXAMPLE_TXID, payout: "p13" } },
  }),
};
