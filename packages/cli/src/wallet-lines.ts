import type { Answer } from "@coinholder/protocol";
import { age } from "./operator-calls.ts";
import { table } from "./output.ts";
import { bold, clean, dim, red } from "./terminal.ts";

type Wallet = Answer<"operator-wallet">;

/** Coins that people are shown; --json has all that the hub tells. */
const MOST_COINS = 20;

const balanceLines = ({ balance, cold, hot_ceiling, owed }: Wallet): string[] => {
  const rows = [
    ["confirmed", balance.confirmed, "payments can spend it"],
    ["unconfirmed", balance.unconfirmed, "own change that is in no block yet"],
    ["uncredited", balance.uncredited, "deposits that do not count yet"],
    ["locked", balance.locked, "in coins that payouts under way spend"],
    ["total", balance.total, `in a block and counted; owed to accounts: ${owed}`],
    ["cold", cold, "swept to the cold wallet"],
    ...(hot_ceiling === undefined ? [] : [["ceiling", hot_ceiling, "more should not stay here"]]),
  ];
  return table(
    ["", "BTC", ""],
    rows.map((row) => row.map((cell) => clean(cell!))),
  );
};

const coinLines = ({ coins: { count, largest } }: Wallet): string[] => {
  const shown = largest.slice(0, MOST_COINS);
  const rows = shown.map(({ amount, btc_address, confirmations, outpoint }) => [
    clean(amount),
    String(confirmations),
    clean(outpoint),
    clean(btc_address),
  ]);
  return [
    bold(`coins: ${count}`),
    ...(count === 0 ? [] : table(["BTC", "confirmations", "outpoint", "address"], rows)),
    ...(count > shown.length ? [dim(`and ${count - shown.length} smaller ones`)] : []),
  ];
};

const inFlightLines = ({ in_flight }: Wallet): string[] => {
  if (in_flight.length === 0) return [`${bold("in flight:")} none`];
  const rows = in_flight.map((payout) => [
    clean(payout.payout),
    clean(payout.is),
    clean(payout.amount),
    clean(payout.fee),
    String(payout.fee_rate),
    payout.conflict ? "conflict" : payout.broadcast ? String(payout.confirmations) : "not sent",
    age(payout.age_ms),
    String(payout.versions),
    clean(payout.txid),
    payout.withdrawals.length > 4
      ? `${payout.withdrawals.slice(0, 3).map(clean).join(" ")} and ${payout.withdrawals.length - 3} more`
      : payout.withdrawals.map(clean).join(" "),
  ]);
  const columns = ["id", "is", "BTC", "fee", "sat/vB", "confirmations", "age", "versions", "txid", "pays"];
  return [
    bold("in flight"),
    ...table(columns, rows),
    ...in_flight.flatMap(({ conflict, payout }) =>
      conflict
        ? [
            red(
              conflict.txid === undefined
                ? `${clean(payout)} waits for ${clean(conflict.outpoint)}, which a reorganisation undid`
                : `${clean(payout)} can never confirm: ${clean(conflict.txid)} spent ${clean(conflict.outpoint)} in block ${conflict.height}`,
            ),
          ]
        : [],
    ),
  ];
};

const waitingLine = ({ waiting: { amount, count, reason } }: Wallet): string => {
  const why = reason === undefined ? "" : ` (${clean(reason)})`;
  return `${bold("waiting:")} ${count === 0 ? "none" : `${count} withdrawals, ${clean(amount)} BTC${why}`}`;
};

/** `operator-wallet` for people. */
export const walletLines = (wallet: Wallet): string[] => [
  `${bold("wallet")} on ${clean(wallet.network)}, ${wallet.address_type}, next address ${wallet.next_receive} (change ${wallet.next_change})`,
  ...balanceLines(wallet),
  "",
  ...coinLines(wallet),
  "",
  ...inFlightLines(wallet),
  waitingLine(wallet),
  "",
  `${bold("fees:")} ${clean(wallet.fees_under_way)} BTC to miners by what is in flight, ${clean(wallet.fees_paid)} BTC by what is in blocks; ${clean(wallet.fees_taken)} BTC of fees taken are the hub's own`,
  ...(wallet.daily_limit === undefined
    ? []
    : [
        `${bold("daily limit:")} ${clean(wallet.limit_left ?? "0.00")} of ${clean(wallet.daily_limit)} BTC left`,
      ]),
];
