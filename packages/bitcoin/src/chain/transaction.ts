import { hash } from "node:crypto";
import { BitcoinError } from "../errors.ts";
import { MAX_SATS } from "../sats.ts";

// Reads transactions in place: offsets into the bytes, and objects only for what somebody asks for.
// Serialisation: BIP-144; txid: double SHA-256 of the form without witness.

/** Where the parts of a transaction lie in `bytes`. */
export type TransactionView = {
  bytes: Buffer;
  start: number;
  /** After the last byte. */
  end: number;
  inputsAt: number;
  inputCount: number;
  outputsAt: number;
  outputCount: number;
  /** After the last output. */
  outputsEnd: number;
  hasWitness: boolean;
};

const malformed = (reason: string): BitcoinError =>
  new BitcoinError("malformed_transaction", `Not a transaction: ${reason}`);

/** The same memory, with Buffer's readers. */
export const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const sha256d = (bytes: Uint8Array): Buffer =>
  hash("sha256", hash("sha256", bytes, "buffer"), "buffer");

/** Hex in the order that people write hashes in. */
export const displayHash = (bytes: Buffer, at: number): string =>
  Buffer.from(bytes.subarray(at, at + 32))
    .reverse()
    .toString("hex");

/** Size in bytes of a compact size whose first byte is this. */
const compactSizeLength = (first: number): 1 | 3 | 5 | 9 => {
  if (first < 0xfd) return 1;
  if (first === 0xfd) return 3;
  return first === 0xfe ? 5 : 9;
};

/** A count or length, and where the next field begins. Only the shortest form counts, as for Bitcoin Core. */
const readCount = (bytes: Buffer, at: number): number => {
  const first = bytes.readUInt8(at);
  if (first < 0xfd) return first;
  // No count in a block needs 8 bytes: blocks have at most 4 million.
  if (first === 0xff) throw malformed("a count that no block can hold");
  const count = first === 0xfd ? bytes.readUInt16LE(at + 1) : bytes.readUInt32LE(at + 1);
  if (count < (first === 0xfd ? 0xfd : 0x10000)) throw malformed("a count in a longer form than needed");
  return count;
};

/** The count at `at`; `next` is where it ends. */
export const countAt = (bytes: Buffer, at: number): { count: number; next: number } => ({
  count: readCount(bytes, at),
  next: at + compactSizeLength(bytes.readUInt8(at)),
});

/** After the length-prefixed bytes at `at`. */
const skipBytes = (bytes: Buffer, at: number): number =>
  at + compactSizeLength(bytes.readUInt8(at)) + readCount(bytes, at);

const skipWitness = (bytes: Buffer, at: number): number => {
  const { count, next } = countAt(bytes, at);
  let end = next;
  for (let item = 0; item < count; item++) end = skipBytes(bytes, end);
  return end;
};

/** The transaction that begins at `start`. Throws RangeError where the bytes end too soon: see `readTransaction`. */
export const viewTransaction = (bytes: Buffer, start: number): TransactionView => {
  let at = start + 4;
  const hasWitness = bytes.readUInt8(at) === 0;
  if (hasWitness && bytes.readUInt8(at + 1) !== 1) throw malformed("no inputs, or an unknown flag");
  const inputs = countAt(bytes, hasWitness ? at + 2 : at);
  if (inputs.count === 0) throw malformed("no inputs");
  at = inputs.next;
  for (let input = 0; input < inputs.count; input++) at = skipBytes(bytes, at + 36) + 4;
  const outputs = countAt(bytes, at);
  if (outputs.count === 0) throw malformed("no outputs");
  at = outputs.next;
  for (let output = 0; output < outputs.count; output++) at = skipBytes(bytes, at + 8);
  const outputsEnd = at;
  if (hasWitness) for (let input = 0; input < inputs.count; input++) at = skipWitness(bytes, at);
  const end = at + 4;
  if (end > bytes.length) throw malformed("it is cut off");
  return {
    bytes,
    start,
    end,
    inputsAt: inputs.next,
    inputCount: inputs.count,
    outputsAt: outputs.next,
    outputCount: outputs.count,
    outputsEnd,
    hasWitness,
  };
};

/** Exactly one transaction and nothing after it. Throws BitcoinError `malformed_transaction`. */
export const readTransaction = (raw: Uint8Array): TransactionView => {
  const bytes = asBuffer(raw);
  let view: TransactionView;
  try {
    view = viewTransaction(bytes, 0);
  } catch (error) {
    throw error instanceof RangeError ? malformed("it is cut off") : error;
  }
  if (view.end !== bytes.length) throw malformed("something stands after it");
  return view;
};

/** The id's 32 bytes in the order in which they are hashed. */
export const rawTransactionId = ({ bytes, start, end, outputsEnd, hasWitness }: TransactionView): Buffer => {
  if (!hasWitness) return sha256d(bytes.subarray(start, end));
  const version = bytes.subarray(start, start + 4);
  const body = bytes.subarray(start + 6, outputsEnd); // after marker and flag
  return sha256d(Buffer.concat([version, body, bytes.subarray(end - 4, end)]));
};

/** The id of one serialised transaction, as hex. Throws BitcoinError `malformed_transaction`. */
export const transactionId = (raw: Uint8Array): string =>
  displayHash(rawTransactionId(readTransaction(raw)), 0);

export const outpointKey = (txid: string, vout: number): string => `${txid}:${vout}`;

const NO_OUTPOINT = `${"00".repeat(32)}:${0xffffffff}`;

/** The only input spends nothing: the transaction that makes a block's new coins. */
export const isCoinbase = (view: TransactionView): boolean =>
  view.inputCount === 1 && outpointAt(view.bytes, view.inputsAt) === NO_OUTPOINT;

const outpointAt = (bytes: Buffer, at: number): string =>
  outpointKey(displayHash(bytes, at), bytes.readUInt32LE(at + 32));

/** Visits each input's outpoint (`txid:vout`) in order. */
export const eachInput = (view: TransactionView, visit: (outpoint: string, vin: number) => void): void => {
  let at = view.inputsAt;
  for (let vin = 0; vin < view.inputCount; vin++) {
    visit(outpointAt(view.bytes, at), vin);
    at = skipBytes(view.bytes, at + 36) + 4;
  }
};

/** Visits each output in order: satoshi, and the script as a view into the transaction's own bytes. */
export const eachOutput = (
  view: TransactionView,
  visit: (value: number, script: Buffer, vout: number) => void,
): void => {
  let at = view.outputsAt;
  for (let vout = 0; vout < view.outputCount; vout++) {
    const value = view.bytes.readUInt32LE(at) + view.bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
    if (value > MAX_SATS) throw malformed("an output of more than all bitcoin");
    const { count, next } = countAt(view.bytes, at + 8);
    at = next + count;
    visit(value, view.bytes.subarray(next, at), vout);
  }
};
