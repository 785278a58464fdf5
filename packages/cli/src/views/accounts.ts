import type { Answer } from "@coinholder/protocol";
import { table } from "../output.ts";
import { clean } from "../terminal.ts";
import { localTime } from "../times.ts";
import { shortId } from "./short-id.ts";

type Balance = Answer<"my-balance">;
type Transfer = Answer<"my-transfers">["transfers"][number];

/** A line for each currency, a column for each kind of balance that the hub tells. */
export const balanceLines = (balance: Balance): string[] => {
  const kinds = Object.entries(balance).filter(([, of]) => typeof of === "object");
  const currencies = [...new Set(kinds.flatMap(([, of]) => Object.keys(of)))];
  if (currencies.length === 0) return ["nothing yet"];
  return table(
    ["", ...kinds.map(([kind]) => clean(kind))],
    currencies.map((currency) => [
      clean(currency.toUpperCase()),
      ...kinds.map(([, of]) => clean(of[currency] ?? "")),
    ]),
  );
};

const aboutTransfer = ({ btc_address, confirmations, reason, reference, txid }: Transfer): string =>
  [
    btc_address,
    txid && `tx ${shortId(txid)}`,
    reference,
    reason && `refused: ${reason}`,
    confirmations !== undefined && `${confirmations} confirmations`,
  ]
    .filter((part) => typeof part === "string" && part !== "")
    .map((part) => clean(part as string))
    .join(", ");

export const transferLines = (transfers: readonly Transfer[]): string[] => {
  if (transfers.length === 0) return ["no transfers"];
  return table(
    ["id", "time", "what", "amount", "", "fee", "status", "about"],
    transfers.map((transfer) => [
      clean(transfer.transfer_id),
      localTime(transfer.t) ?? "",
      clean(transfer.kind.replaceAll("_", " ")),
      clean(`${transfer.direction === "out" ? "-" : ""}${transfer.amount}`),
      clean(transfer.currency),
      clean(transfer.fee ?? ""),
      clean(transfer.status),
      aboutTransfer(transfer),
    ]),
  );
};
