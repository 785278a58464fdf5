const PUSH_1 = 0x4c;
const PUSH_2 = 0x4d;
const PUSH_4 = 0x4e;
const CHECKSIG = 0xac;
const CHECKSIGVERIFY = 0xad;
const CHECKMULTISIG = 0xae;
const CHECKMULTISIGVERIFY = 0xaf;
/** What one of several keys counts as, however many there are (consensus, of scripts that are not P2SH or witness programs). */
const MOST_KEYS = 20;

/** Bytes of the operation at a place, its data included. */
const lengthAt = (script: Uint8Array, at: number): number => {
  const op = script[at]!;
  if (op < PUSH_1) return 1 + op;
  const bytes = op === PUSH_1 ? 1 : op === PUSH_2 ? 2 : op === PUSH_4 ? 4 : 0;
  let length = 0;
  for (let i = 0; i < bytes; i++) length += (script[at + 1 + i] ?? 0) * 256 ** i;
  return 1 + bytes + length;
};

/** Signature operations of a script, as consensus counts those of legacy outputs and inputs (GetSigOpCount, not accurate). */
export const legacySigops = (script: Uint8Array): number => {
  let count = 0;
  for (let at = 0; at < script.length; at += lengthAt(script, at)) {
    const op = script[at]!;
    if (op === CHECKSIG || op === CHECKSIGVERIFY) count++;
    else if (op === CHECKMULTISIG || op === CHECKMULTISIGVERIFY) count += MOST_KEYS;
  }
  return count;
};
