import { isUnspendable, scriptType, witnessProgram } from "./script.ts";
import type { Tx, TxOutput } from "./tx.ts";

/** Why a transaction is not taken: Core's reject reason and, for people, the particulars. */
export type Refusal = { readonly reason: string; readonly detail?: string };

/** In satoshi per 1000 vbytes: what Bitcoin Core 25 to 29 relay and ask for on top when replacing. */
export const MIN_RELAY_FEERATE = 1000n;
export const INCREMENTAL_FEERATE = 1000n;
const DUST_FEERATE = 3000n;
const MAX_STANDARD_WEIGHT = 400_000;
const MAX_SCRIPT_SIG = 1650;
const MAX_NULLDATA_SCRIPT = 83;
const MIN_STRIPPED_SIZE = 65;

/** Satoshi for this many vbytes at a feerate per 1000 vbytes, rounded up. */
export const feeFor = (vsize: number, feerate: bigint): bigint => (BigInt(vsize) * feerate + 999n) / 1000n;

/** The smallest amount of an output that is worth its own spending at Core's dust feerate. */
export function dustLimit(output: TxOutput): bigint {
  if (isUnspendable(output.script)) return 0n;
  const length = output.script.length;
  const size = 8 + (length < 0xfd ? 1 : 3) + length;
  // The size of an input that spends it, as Core reckons: with a witness, a quarter of the 107 bytes.
  const spending = witnessProgram(output.script) === undefined ? 148 : 32 + 4 + 1 + 26 + 4;
  return feeFor(size + spending, DUST_FEERATE);
}

/** The rules that a transaction must keep to be relayed, whatever it spends. */
export function standardnessFault(tx: Tx): Refusal | undefined {
  if (tx.version < 1 || tx.version > 2) return { reason: "version" };
  if (tx.weight > MAX_STANDARD_WEIGHT) return { reason: "tx-size" };
  if (tx.inputs.some((input) => input.scriptSig.length > MAX_SCRIPT_SIG)) return { reason: "scriptsig-size" };
  const types = tx.outputs.map((output) => scriptType(output.script));
  const bulkyData = tx.outputs.some(
    (output, i) => types[i] === "nulldata" && output.script.length > MAX_NULLDATA_SCRIPT,
  );
  if (bulkyData || types.includes("nonstandard")) return { reason: "scriptpubkey" };
  if (types.filter((type) => type === "nulldata").length > 1) return { reason: "multi-op-return" };
  if (tx.outputs.some((output) => output.amount < dustLimit(output))) return { reason: "dust" };
  if (tx.strippedSize < MIN_STRIPPED_SIZE) return { reason: "tx-size-small" };
  return undefined;
}
