import { openByteTable } from "./byte-table.ts";

// Outpoints as they stand in a transaction's input: 32 bytes of txid in the order in which it is hashed, 4 of the index.

const OUTPOINT_BYTES = 36;

/** Outpoints, asked for by the bytes of an input. */
export type OutpointSet = {
  readonly size: number;
  /** Whether the 36 bytes at `at` are one of them. */
  readonly has: (bytes: Uint8Array, at: number) => boolean;
};

/** One that grows while it is asked. */
export type GrowingOutpointSet = OutpointSet & {
  /** Takes a `txid:vout`. Throws TypeError for anything else. */
  readonly add: (outpoint: string) => void;
};

const OUTPOINT = /^[0-9a-f]{64}:(?:0|[1-9][0-9]{0,9})$/;

/** The bytes of one outpoint, good until the next is read: a hundred thousand may be, at every block. */
const scratch = Buffer.alloc(OUTPOINT_BYTES);

const digitAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < 0x3a ? code - 0x30 : code - 0x57;
};

const outpointBytes = (outpoint: string): Buffer => {
  const vout = Number(outpoint.slice(65));
  if (!OUTPOINT.test(outpoint) || vout > 0xffffffff) throw new TypeError(`not an outpoint: ${outpoint}`);
  for (let i = 0; i < 32; i++)
    scratch[31 - i] = (digitAt(outpoint, 2 * i) << 4) | digitAt(outpoint, 2 * i + 1);
  scratch.writeUInt32LE(vout, 32);
  return scratch;
};

export const openOutpointSet = (): GrowingOutpointSet => {
  const table = openByteTable();
  return {
    get size() {
      return table.size;
    },
    has: (bytes, at) => table.size > 0 && table.find(bytes, at, at + OUTPOINT_BYTES) >= 0,
    add: (outpoint) => {
      table.add(outpointBytes(outpoint), 0, OUTPOINT_BYTES);
    },
  };
};

/** The set of these `txid:vout`. Throws TypeError for anything else. */
export const outpointSet = (outpoints: Iterable<string>): OutpointSet => {
  const set = openOutpointSet();
  for (const outpoint of outpoints) set.add(outpoint);
  return set;
};

export const eitherOf = (one: OutpointSet, other: OutpointSet): OutpointSet => ({
  get size() {
    return one.size + other.size;
  },
  has: (bytes, at) => one.has(bytes, at) || other.has(bytes, at),
});
