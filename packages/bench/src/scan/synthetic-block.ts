import { randomBytes } from "node:crypto";
import { hashedPlainly } from "./yardstick.ts";

// Blocks that nobody mined, with the sizes and the mixture of kinds that mainnet's have had in the last years: about 2,500
// transactions and 1.6 MB, nine inputs of ten with a witness. Signatures are random bytes: a scanner does not look at them.

export interface SyntheticBlock {
  readonly raw: Buffer;
  /** Each transaction without its witness: what its id is the hash of. */
  readonly stripped: readonly Buffer[];
}

/** What some inputs and outputs of a block shall be. */
export interface Ours {
  readonly scripts: readonly Uint8Array[];
  /** 36 bytes each. */
  readonly outpoints: readonly Uint8Array[];
}

const below = (limit: number): number => Math.floor(Math.random() * limit);
const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
};
const count = (value: number): Buffer =>
  value < 0xfd ? Buffer.of(value) : Buffer.of(0xfd, value & 0xff, value >> 8);
const prefixed = (bytes: Uint8Array): Buffer => Buffer.concat([count(bytes.length), bytes]);
const some = <T>(choices: readonly (readonly [percent: number, make: () => T])[]): T => {
  let left = Math.random() * 100;
  for (const [percent, make] of choices) {
    left -= percent;
    if (left < 0) return make();
  }
  return choices[0]![1]();
};

const NO_BYTES = Buffer.alloc(0);
const signature = (): Buffer => randomBytes(71 + below(2));
const nested = (): Buffer => Buffer.from([0x16, 0x00, 0x14, ...randomBytes(20)]);

interface Unlocking {
  readonly scriptSig: Buffer;
  readonly witness: readonly Buffer[];
}
const bySegwit = (...witness: readonly Buffer[]): Unlocking => ({ scriptSig: NO_BYTES, witness });

const unlocking = (): Unlocking =>
  some<Unlocking>([
    [58, () => bySegwit(signature(), randomBytes(33))], // P2WPKH
    [20, () => bySegwit(randomBytes(64))], // P2TR by its key
    [10, () => ({ scriptSig: randomBytes(107), witness: [] })], // P2PKH
    [6, () => ({ scriptSig: nested(), witness: [signature(), randomBytes(33)] })], // P2SH-P2WPKH
    [5, () => bySegwit(NO_BYTES, signature(), signature(), randomBytes(105))], // P2WSH, 2 of 3
    [1, () => bySegwit(randomBytes(64), randomBytes(200 + below(4000)), randomBytes(33))], // P2TR by a script
  ]);

const script = (): Uint8Array =>
  some<Uint8Array>([
    [42, () => Buffer.from([0x00, 0x14, ...randomBytes(20)])],
    [28, () => Buffer.from([0x51, 0x20, ...randomBytes(32)])],
    [10, () => Buffer.from([0x76, 0xa9, 0x14, ...randomBytes(20), 0x88, 0xac])],
    [10, () => Buffer.from([0xa9, 0x14, ...randomBytes(20), 0x87])],
    [5, () => Buffer.from([0x00, 0x20, ...randomBytes(32)])],
    [5, () => Buffer.from([0x6a, 0x14, ...randomBytes(20)])],
  ]);

const output = (lock: Uint8Array): Buffer =>
  Buffer.concat([uint32(below(2 ** 32)), uint32(below(20)), prefixed(lock)]);
const inputsOfOne = (): number =>
  some([
    [65, () => 1],
    [18, () => 2],
    [13, () => 3 + below(5)],
    [4, () => 10 + below(40)],
  ]);
const outputsOfOne = (): number =>
  some([
    [16, () => 1],
    [66, () => 2],
    [15, () => 3 + below(7)],
    [3, () => 10 + below(60)],
  ]);

interface Made {
  readonly full: Buffer;
  readonly stripped: Buffer;
}

const serialised = (
  inputs: readonly (Unlocking & { outpoint: Uint8Array })[],
  outputs: readonly Uint8Array[],
): Made => {
  const version = uint32(2);
  const body = Buffer.concat([
    count(inputs.length),
    ...inputs.flatMap(({ outpoint, scriptSig }) => [outpoint, prefixed(scriptSig), uint32(0xfffffffd)]),
    count(outputs.length),
    ...outputs.map(output),
  ]);
  const lockTime = uint32(0);
  const stripped = Buffer.concat([version, body, lockTime]);
  if (inputs.every(({ witness }) => witness.length === 0)) return { full: stripped, stripped };
  const witnesses = inputs.flatMap(({ witness }) => [count(witness.length), ...witness.map(prefixed)]);
  return { full: Buffer.concat([version, Buffer.of(0, 1), body, ...witnesses, lockTime]), stripped };
};

const coinbase = (): Made => {
  const outpoint = Buffer.concat([Buffer.alloc(32), uint32(0xffffffff)]);
  const commitment = Buffer.from([0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed, ...randomBytes(32)]);
  const input = { outpoint, scriptSig: randomBytes(50), witness: [Buffer.alloc(32)] };
  return serialised([input], [script(), commitment]);
};

const anyTransaction = (): Made =>
  serialised(
    Array.from({ length: inputsOfOne() }, () => ({ outpoint: randomBytes(36), ...unlocking() })),
    Array.from({ length: outputsOfOne() }, script),
  );

/** A transaction for each of ours, among those of strangers. */
const oursIn = ({ scripts, outpoints }: Ours): Made[] => [
  ...scripts.map((lock) => serialised([{ outpoint: randomBytes(36), ...unlocking() }], [script(), lock])),
  ...outpoints.map((outpoint) => serialised([{ outpoint, ...unlocking() }], [script(), script()])),
];

export const syntheticBlock = (transactions: number, ours: Ours): SyntheticBlock => {
  const made = [coinbase(), ...oursIn(ours)];
  while (made.length < transactions) made.push(anyTransaction());
  const stripped = made.map((one) => one.stripped);
  const header = Buffer.concat([
    uint32(0x20000000),
    randomBytes(32),
    hashedPlainly(stripped),
    uint32(1_795_348_800),
    uint32(0x17030000),
    randomBytes(4),
  ]);
  return { raw: Buffer.concat([header, count(made.length), ...made.map((one) => one.full)]), stripped };
};
