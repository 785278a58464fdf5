import type { Answer } from "@coinholder/protocol";
import type { WrappedCall, WrappedFunctions } from "../wrapped.ts";
import type { Account } from "./account.ts";
import { type CcxtTransaction, can } from "./ccxt-exchange.ts";
import { text } from "./decimal.ts";
import { collectPage, type Listed } from "./pages.ts";
import { takesUntil } from "./quirks.ts";

type Told = Answer<"my-transfers">["transfers"][number];
type Status = Told["status"];
type List = "fetchDepositsWithdrawals" | "fetchDeposits" | "fetchWithdrawals";

export const withdrawalStatus = ({ status, txid }: CcxtTransaction): Status => {
  if (status === "ok") return "done";
  if (status === "failed" || status === "canceled") return "refused";
  return txid === undefined || txid === "" ? "reserved" : "broadcast";
};
const depositStatus = ({ status }: CcxtTransaction): Status => {
  if (status === "ok") return "done";
  return status === "failed" || status === "canceled" ? "refused" : "pending";
};

/** In the protocol's words; undefined for what is neither deposit nor withdrawal. */
const transferOf = (account: Account, of: CcxtTransaction): Told | undefined => {
  const { id, timestamp, currency, type } = of;
  const amount = text(of.amount);
  if (timestamp === undefined || currency === undefined || amount === undefined) return undefined;
  if (type !== "deposit" && type !== "withdrawal") return undefined;
  const isIn = type === "deposit";
  const isFiat = account.exchange.currencies[currency]?.type === "fiat";
  const fee = of.fee?.currency === undefined || of.fee.currency === currency ? text(of.fee?.cost) : undefined;
  const address = of.address ?? of.addressTo;
  return {
    transfer_id: id?.toString() ?? of.txid ?? `${type}-${timestamp}`,
    t: Math.round(timestamp),
    kind: isFiat ? (isIn ? "credit" : "fiat-withdrawal") : isIn ? "deposit" : "withdrawal",
    direction: isIn ? "in" : "out",
    currency,
    amount: amount.replace("-", ""),
    status: isIn ? depositStatus(of) : withdrawalStatus(of),
    ...(fee === undefined ? {} : { fee }),
    ...(currency !== "BTC" || address === undefined ? {} : { btc_address: address }),
    ...(of.txid === undefined || of.txid === "" ? {} : { txid: of.txid }),
  };
};

const listsOf = ({ exchange }: Account): List[] => {
  if (exchange.has.fetchDepositsWithdrawals === true) return ["fetchDepositsWithdrawals"];
  return (["fetchDeposits", "fetchWithdrawals"] as const).filter((name) => can(exchange, name));
};

export const myTransfers = (account: Account): WrappedFunctions["my-transfers"] => {
  const lists = listsOf(account);
  if (lists.length === 0) return undefined;
  const { exchange } = account;
  const turning = lists.every((name) => takesUntil(exchange, name)) ? "until" : "none";
  const read = async (about: WrappedCall, untilMs: number | undefined): Promise<Listed<Told>> => {
    const found: Told[] = [];
    for (const name of lists) {
      const params = untilMs === undefined ? {} : { until: untilMs };
      const rows = await account.ask(about, () => exchange[name](undefined, undefined, undefined, params));
      found.push(...rows.flatMap((row) => transferOf(account, row) ?? []));
    }
    return { rows: found, listed: found.length };
  };
  return async (page, about) => {
    const { rows, ...more } = await collectPage(({ untilMs }) => read(about, untilMs), page, {
      turning,
      idOf: ({ direction, transfer_id }) => `${direction} ${transfer_id}`,
    });
    return { transfers: rows, ...more };
  };
};
