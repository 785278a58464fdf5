import { hex } from "@scure/base";
import { scriptToAddress, scriptType } from "../script.ts";
import { isCoinbase, type Tx } from "../tx.ts";

/** A script as Core shows it, without its disassembly and descriptor. */
export const scriptJson = (script: Uint8Array): object => ({
  hex: hex.encode(script),
  address: scriptToAddress(script),
  type: scriptType(script),
});

/** A transaction as Core shows it. */
export function txJson(tx: Tx): object {
  return {
    txid: tx.txid,
    hash: tx.wtxid,
    version: tx.version,
    size: tx.raw.length,
    vsize: tx.vsize,
    weight: tx.weight,
    locktime: tx.lockTime,
    vin: tx.inputs.map(({ txid, index, scriptSig, sequence, witness }) => ({
      ...(isCoinbase(tx)
        ? { coinbase: hex.encode(scriptSig) }
        : { txid, vout: index, scriptSig: { hex: hex.encode(scriptSig) } }),
      txinwitness: witness.length > 0 ? witness.map((item) => hex.encode(item)) : undefined,
      sequence,
    })),
    vout: tx.outputs.map(({ amount, script }, n) => ({ value: amount, n, scriptPubKey: scriptJson(script) })),
    hex: hex.encode(tx.raw),
  };
}
