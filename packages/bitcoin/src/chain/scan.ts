import type { Sats } from "@coinholder/protocol";
import { sats } from "../sats.ts";
import { type BlockHeader, viewBlock } from "./block.ts";
import { eitherOf, type OutpointSet, openOutpointSet } from "./outpoint-set.ts";
import type { ScriptSet } from "./script-set.ts";
import {
  displayHash,
  eachOutpoint,
  eachScript,
  isCoinbase,
  outpointAt,
  outpointKey,
  rawTransactionId,
  readTransaction,
  type TransactionView,
} from "./transaction.ts";

/** What the hub looks for: outputs to its scripts, and spendings of its coins. */
export type Watch = {
  scripts: Pick<ScriptSet, "addressOf">;
  outpoints: OutpointSet;
};

export type Receipt = { txid: string; vout: number; value: Sats; address: string; coinbase: boolean };
/** `txid` spends the `outpoint` (`txid:vout`). */
export type Spend = { outpoint: string; txid: string };
export type Scan = { receipts: Receipt[]; spends: Spend[] };
export type TransactionScan = Scan & { txid: string };

/** Compares bytes in place; strings are made only for what is ours. */
const scanView = (view: TransactionView, ids: Buffer, idAt: number, watch: Watch, found: Scan): void => {
  const { bytes } = view;
  const { scripts, outpoints } = watch;
  eachOutpoint(view, (at) => {
    if (outpoints.has(bytes, at))
      found.spends.push({ outpoint: outpointAt(bytes, at), txid: displayHash(ids, idAt) });
  });
  eachScript(view, (value, start, end, vout) => {
    const address = scripts.addressOf(bytes, start, end);
    if (address === undefined) return;
    const txid = displayHash(ids, idAt);
    found.receipts.push({ txid, vout, value: sats(value), address, coinbase: isCoinbase(view) });
  });
};

/**
 * What one block brings and takes, in block order. An output to us that is spent in the same block stands in both lists.
 * Throws BitcoinError `malformed_block`, `wrong_block` or `malformed_transaction`.
 */
export const scanBlock = (raw: Uint8Array, watch: Watch): BlockHeader & Scan => {
  const { header, transactions, ids } = viewBlock(raw);
  const found: Scan = { receipts: [], spends: [] };
  const received = openOutpointSet();
  const watchBoth = { ...watch, outpoints: eitherOf(watch.outpoints, received) };
  transactions.forEach((view, i) => {
    scanView(view, ids, 32 * i, watchBoth, found);
    for (let next = received.size; next < found.receipts.length; next++) {
      const { txid, vout } = found.receipts[next]!;
      received.add(outpointKey(txid, vout));
    }
  });
  return { ...header, ...found };
};

/** What one transaction brings and takes. Throws BitcoinError `malformed_transaction`. */
export const scanTransaction = (raw: Uint8Array, watch: Watch): TransactionScan => {
  const view = readTransaction(raw);
  const id = rawTransactionId(view);
  const found: Scan = { receipts: [], spends: [] };
  scanView(view, id, 0, watch, found);
  return { txid: displayHash(id, 0), ...found };
};
