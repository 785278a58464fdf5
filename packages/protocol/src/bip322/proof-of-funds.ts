import { hexToBytes } from "@noble/hashes/utils.js";
import type { RawTransaction, TransactionInput } from "./raw-transaction.ts";
import { toSign } from "./virtual-transactions.ts";

/** Outputs that one proof of funds can be about: their signatures take a tenth of a second. */
export const MAX_FUNDS_INPUTS = 100;
/** A proof of that many outputs has 30,000 characters; what is longer than this is not decoded. */
export const MAX_FUNDS_CHARS = 100_000;

/** Lets others have their turn. */
export const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

const OUTPOINT = /^([0-9a-f]{64}):(0|[1-9][0-9]{0,9})$/;

const inputOf = (outpoint: string): TransactionInput => {
  const [, txid, vout] = OUTPOINT.exec(outpoint) ?? [];
  if (txid === undefined || !(Number(vout) <= 0xffff_ffff)) throw new RangeError(`no outpoint: ${outpoint}`);
  return { txid: hexToBytes(txid), index: Number(vout), finalScriptSig: new Uint8Array(), sequence: 0 };
};

/** BIP-322 `to_sign` of a proof of funds, unsigned: its first input spends `to_spend`, the others the outputs that are proven. */
export const toSignWithFunds = (spent: RawTransaction, outpoints: readonly string[]): RawTransaction => {
  const { version, inputs, outputs, lockTime } = toSign(spent);
  return { version, inputs: [...inputs, ...outpoints.map(inputOf)], outputs, lockTime };
};
