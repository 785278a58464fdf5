import type { Sats } from "@coinholder/protocol";
import { sats } from "../sats.ts";
import { type BlockHeader, readBlock } from "./block.ts";
import {
  displayHash,
  eachInput,
  eachOutput,
  isCoinbase,
  outpointKey,
  rawTransactionId,
  readTransaction,
  type TransactionView,
} from "./transaction.ts";

/** What the hub looks for. */
export type Watch = {
  /** Our address that this output script (lower-case hex) pays, if it is one of ours. */
  addressOf: (scriptHex: string) => string | undefined;
  /** Whether this `txid:vout` is an output of ours. */
  isOurOutpoint: (outpoint: string) => boolean;
};

export type Receipt = { txid: string; vout: number; value: Sats; address: string; coinbase: boolean };
/** `txid` spends the `outpoint` (`txid:vout`). */
export type Spend = { outpoint: string; txid: string };
export type Scan = { receipts: Receipt[]; spends: Spend[] };
export type TransactionScan = Scan & { txid: string };

const scanView = (
  view: TransactionView,
  txid: string,
  watch: Watch,
  found: Scan,
  isNew: Set<string>,
): void => {
  eachInput(view, (outpoint) => {
    if (isNew.has(outpoint) || watch.isOurOutpoint(outpoint)) found.spends.push({ outpoint, txid });
  });
  eachOutput(view, (value, script, vout) => {
    const address = watch.addressOf(script.toString("hex"));
    if (address === undefined) return;
    found.receipts.push({ txid, vout, value: sats(value), address, coinbase: isCoinbase(view) });
    isNew.add(outpointKey(txid, vout));
  });
};

/**
 * What one block brings and takes, in block order. An output to us that is spent in the same block stands in both lists.
 * Throws BitcoinError `malformed_block`, `wrong_block` or `malformed_transaction`.
 */
export const scanBlock = (raw: Uint8Array, watch: Watch): BlockHeader & Scan => {
  const { header, transactions } = readBlock(raw);
  const found: Scan = { receipts: [], spends: [] };
  const isNew = new Set<string>();
  for (const { txid, view } of transactions) scanView(view, txid, watch, found, isNew);
  return { ...header, ...found };
};

/** What one transaction brings and takes. Throws BitcoinError `malformed_transaction`. */
export const scanTransaction = (raw: Uint8Array, watch: Watch): TransactionScan => {
  const view = readTransaction(raw);
  const txid = displayHash(rawTransactionId(view), 0);
  const found: Scan = { receipts: [], spends: [] };
  scanView(view, txid, watch, found, new Set());
  return { txid, ...found };
};
