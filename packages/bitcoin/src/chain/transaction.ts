import { BitcoinError } from "../errors.ts";
import { MAX_SATS } from "../sats.ts";
import { sha256dInto } from "./sha256d.ts";

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
const skipBytes = (bytes: Buffer, at: number): number => {
  const first = bytes[at]!;
  if (first < 0xfd) return at + 1 + first; // nearly always; not where the bytes have ended
  return at + compactSizeLength(first) + readCount(bytes, at);
};

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

/** What a txid is made of is put together here, if it does not stand in one piece; grown to the largest that was met. */
let scratch = Buffer.alloc(100_000);

/** What is hashed for the txid: good until the next call. */
const withoutWitness = ({ bytes, start, end, outputsEnd, hasWitness }: TransactionView): Buffer => {
  if (!hasWitness) return bytes.subarray(start, end);
  const length = outputsEnd - start - 2 + 4; // no marker and flag, but the lock time
  if (length > scratch.length) scratch = Buffer.alloc(2 * length);
  bytes.copy(scratch, 4, start + 6, outputsEnd);
  for (let i = 0; i < 4; i++) {
    scratch[i] = bytes[start + i]!;
    scratch[length - 4 + i] = bytes[end - 4 + i]!;
  }
  return scratch.subarray(0, length);
};

/** Writes the id's 32 bytes, in the order in which they are hashed, to `target` at `at`. */
export const writeTransactionId = (view: TransactionView, target: Buffer, at: number): void =>
  sha256dInto(withoutWitness(view), target, at);

/** The id's 32 bytes in the order in which they are hashed. */
export const rawTransactionId = (view: TransactionView): Buffer => {
  const id = Buffer.alloc(32);
  writeTransactionId(view, id, 0);
  return id;
};

/** The id of one serialised transaction, as hex. Throws BitcoinError `malformed_transaction`. */
export const transactionId = (raw: Uint8Array): string =>
  displayHash(rawTransactionId(readTransaction(raw)), 0);

export const outpointKey = (txid: string, vout: number): string => `${txid}:${vout}`;

/** The only input spends nothing: the transaction that makes a block's new coins. */
export const isCoinbase = (view: TransactionView): boolean => {
  const { bytes, inputsAt, inputCount } = view;
  if (inputCount !== 1 || bytes.readUInt32LE(inputsAt + 32) !== 0xffffffff) return false;
  for (let at = inputsAt; at < inputsAt + 32; at++) if (bytes[at] !== 0) return false;
  return true;
};

/** The `txid:vout` that the 36 bytes at `at` stand for. */
export const outpointAt = (bytes: Buffer, at: number): string =>
  outpointKey(displayHash(bytes, at), bytes.readUInt32LE(at + 32));

/** Visits in order where each input's outpoint stands in the bytes. */
export const eachOutpoint = (view: TransactionView, visit: (at: number) => void): void => {
  const { bytes, inputCount } = view;
  let at = view.inputsAt;
  for (let vin = 0; vin < inputCount; vin++) {
    visit(at);
    at = skipBytes(bytes, at + 36) + 4;
  }
};

/** Visits each output in order: satoshi, and where its script begins and ends in the bytes. */
export const eachScript = (
  view: TransactionView,
  visit: (value: number, start: number, end: number, vout: number) => void,
): void => {
  const { bytes, outputCount } = view;
  let at = view.outputsAt;
  for (let vout = 0; vout < outputCount; vout++) {
    const value = bytes.readUInt32LE(at) + bytes.readUInt32LE(at + 4) * 0x1_0000_0000;
    if (value > MAX_SATS) throw malformed("an output of more than all bitcoin");
    const start = at + 8 + compactSizeLength(bytes.readUInt8(at + 8));
    at = skipBytes(bytes, at + 8);
    visit(value, start, at, vout);
  }
};

/** Visits each input's outpoint (`txid:vout`) in order. */
export const eachInput = (view: TransactionView, visit: (outpoint: string) => void): void =>
  eachOutpoint(view, (at) => visit(outpointAt(view.bytes, at)));

/** Visits each output in order: satoshi, and the script as a view into the transaction's own bytes. */
export const eachOutput = (view: TransactionView, visit: (value: number, script: Buffer) => void): void =>
  eachScript(view, (value, start, end) => visit(value, view.bytes.subarray(start, end)));
