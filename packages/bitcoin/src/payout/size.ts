import type { AddressType } from "../wallet/address-type.ts";

// What a transaction measures: BIP-141 (weight), and the largest signature of each kind.

/** MAX_STANDARD_TX_WEIGHT of Bitcoin Core, in vbytes: nodes relay nothing larger. */
export const LARGEST_VSIZE = 100_000;

/** An ECDSA signature of 72 bytes (low S, and its hash type) with a public key, or a Schnorr signature of 64: each with its lengths. */
const WITNESS_BYTES: Record<AddressType, number> = { p2wpkh: 1 + (1 + 72) + (1 + 33), p2tr: 1 + (1 + 64) };

/** Outpoint, empty scriptSig and its length, sequence. */
const INPUT_BYTES = 36 + 1 + 4;

const compactSizeBytes = (count: number): number => (count < 0xfd ? 1 : count < 0x1_0000 ? 3 : 5);

/** What one more input of this type costs, in whole vbytes. */
export const spendingVsize = (type: AddressType): number => Math.ceil(INPUT_BYTES + WITNESS_BYTES[type] / 4);

/** The most that a transaction with these inputs of ours measures. `scripts`: of its outputs, in hex. */
export const largestVsize = (
  inputs: readonly { type: AddressType }[],
  scripts: readonly string[],
): number => {
  const counts = compactSizeBytes(inputs.length) + compactSizeBytes(scripts.length);
  const outputs = scripts.reduce((sum, script) => {
    const bytes = script.length / 2;
    return sum + 8 + compactSizeBytes(bytes) + bytes;
  }, 0);
  const stripped = 4 + counts + INPUT_BYTES * inputs.length + outputs + 4;
  const witness = inputs.reduce((sum, { type }) => sum + WITNESS_BYTES[type], 2);
  return Math.ceil((4 * stripped + witness) / 4);
};
