import * as p from "../param.ts";
import * as s from "../shape.ts";
import { row } from "./row.ts";

const reason = (what: string) =>
  p.optional(
    p.patterned(
      `${what}, in a line of up to 200 characters: it stands in the audit (\`operator-audit\`), and of a halt with \`halt\` and the alarms.`,
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what may not be in it
      /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ud800-\udfff]{1,200}$/u,
      "a line of text without control characters",
      200,
      "p12 looks strange",
    ),
  );

const halt = s.obj(
  {
    reason: s.oneOf(
      "`deep_reorganisation`: more blocks were undone than the configuration takes for usual; `coin_spent_elsewhere`: a coin of the hub's was spent by a transaction that it did not make; `operator`: it was asked for.",
      "deep_reorganisation",
      "coin_spent_elsewhere",
      "operator",
    ),
    t: s.ms("Since when, ms since 1970."),
    detail: s.str(
      "Which blocks, which coin; of `operator`, the reason that was given, empty where none was.",
    ),
  },
  {},
  "There while payments by chain stand still.",
);

const alarms = s.list(
  s.obj({
    name: s.oneOf(
      "`node_unreachable`: the Bitcoin node does not answer, or not as it should; `node_behind`: it has not checked all blocks that it knows of; " +
        "`chain_stalled`: no block has come for two hours; `deep_reorganisation`, `withdrawals_halted`: see `halt`; " +
        "`withdrawal_stuck`: not built for ten minutes, in no block for 36, or its coins were spent elsewhere; " +
        "`fees_capped`, `daily_limit`, `payout_limit`: withdrawals wait because of a setting; `signer_refuses`: the signer takes a payment for one that must not be; " +
        "`hot_ceiling`: the wallet holds more than it should; `debt`: accounts are below zero after a reorganisation; " +
        "`double_spend`: what another hub promised is being taken by another transaction, or was: the hub bears what it had credited of it; " +
        "`peer_down`: a hub that is to be told of invoices cannot be for ten minutes; " +
        "`line_nearly_used`: nearly all that may be credited before it confirms, of an identity or of all together, is; " +
        "`price_source_out`: one of the desk's price sources has not counted for a minute; " +
        "`disk_low`: the data folder's disk fills up; `disk_full`: calls that change something are refused until there is room; " +
        "`clock_ahead`: the machine's clock was ahead and is set back, and the hub's time stands still until it has caught up.",
      "node_unreachable",
      "node_behind",
      "chain_stalled",
      "deep_reorganisation",
      "withdrawals_halted",
      "withdrawal_stuck",
      "fees_capped",
      "daily_limit",
      "payout_limit",
      "signer_refuses",
      "hot_ceiling",
      "debt",
      "double_spend",
      "peer_down",
      "line_nearly_used",
      "price_source_out",
      "disk_low",
      "disk_full",
      "clock_ahead",
    ),
    level: s.oneOf("`error`: look now. `warn`: look soon.", "error", "warn"),
    message: s.str("For people."),
    since_t: s.ms("Since when, ms since 1970."),
    particulars: s.mapOf(s.anything(), "What it is about, such as `transfer_id` or `btc`."),
  }),
  "What the operator should look at, in the order in which it came.",
);

export const operatorChainFunctions = {
  "operator-chain": row({
    group: "operator",
    summary: "The Bitcoin network as the hub sees it, and what is wrong with it.",
    about:
      "`tip` is the highest block that the hub has carried out, `node` what its Bitcoin node says of itself. " +
      "The alarms are the same as in the hub's log and metrics.",
    access: "operator",
    changes: false,
    params: {},
    result: s.obj(
      {
        network: s.str("The Bitcoin network."),
        node_reachable: s.bool(),
        tip: s.obj(
          {
            height: s.int("Height of the highest block that was carried out."),
            hash: s.str("Its hash."),
            since_t: s.ms("When it came, by the hub's clock."),
          },
          {},
          "Where the hub is.",
        ),
        node: s.obj(
          {
            height: s.int("Height of the highest block that the node has checked."),
            headers: s.int("Height of the highest header that it knows of."),
            peers: s.int("How many other nodes it is connected to."),
          },
          {},
          "Where the node is.",
        ),
        lag: s.int("Blocks that the hub is behind the highest header."),
        mempool_watched: s.int("Unconfirmed transactions of the node that were looked through."),
        fee_rate: s.int("Satoshi per vbyte that payments are made with at the moment."),
        last_reorg: s.int("How many blocks the last reorganisation undid; 0 when there was none."),
        watched_addresses: s.int("Addresses given out, and change of the hub's own."),
        alarms,
      },
      { trouble: s.str("The code of what is wrong with the node."), halt },
    ),
    errors: [],
    example: {
      request: {},
      answer: {
        network: "testnet4",
        node_reachable: true,
        tip: {
          height: 104_211,
          hash: "00000000000000024a1e6c0ea7c7cf1fd0d7bcf0a6a0c1e1b2d3f4a5b6c7d8e9",
          since_t: 1_795_348_800_000,
        },
        node: { height: 104_211, headers: 104_211, peers: 10 },
        lag: 0,
        mempool_watched: 3120,
        fee_rate: 2,
        last_reorg: 1,
        watched_addresses: 1412,
        alarms: [
          {
            name: "hot_ceiling",
            level: "warn",
            message: "The wallet holds 5.20 BTC, 0.20 above its ceiling: sweep.",
            since_t: 1_795_348_800_000,
            particulars: { btc: "5.20", hot_ceiling: "5.00" },
          },
        ],
      },
    },
  }),
  "operator-halt-withdrawals": row({
    group: "operator",
    summary: "Stops all payments by chain.",
    about:
      "None is accepted (`withdrawals_halted`) and none is built until `operator-resume-withdrawals`. What was sent before goes on. " +
      "Deposits, payments inside the hub and the market go on, too. While it stands still already nothing changes.",
    access: "operator",
    changes: true,
    params: { reason: reason("Why") },
    result: s.obj({ halt }),
    errors: [],
    example: {
      request: { reason: "p12 looks strange" },
      answer: { halt: { reason: "operator", t: 1_795_348_800_000, detail: "p12 looks strange" } },
    },
  }),
  "operator-resume-withdrawals": row({
    group: "operator",
    summary: "Lets payments by chain go on.",
    about: "After whatever stopped them. What was reserved before is paid now.",
    access: "operator",
    changes: true,
    params: { reason: reason("Why they may") },
    result: s.obj({}),
    errors: ["not_halted"],
    example: { request: {}, answer: {} },
  }),
};
