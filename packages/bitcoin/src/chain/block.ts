import { BitcoinError, isBitcoinError } from "../errors.ts";
import {
  asBuffer,
  countAt,
  displayHash,
  isCoinbase,
  rawTransactionId,
  sha256d,
  type TransactionView,
  viewTransaction,
} from "./transaction.ts";

export type BlockHeader = {
  hash: string;
  prevHash: string;
  /** Seconds since 1970, as the miner says. */
  time: number;
};

export type BlockTransaction = { txid: string; view: TransactionView };
export type Block = { header: BlockHeader; transactions: BlockTransaction[] };

const HEADER_BYTES = 80;

/** The header at the start of a block, or alone. Throws BitcoinError `malformed_block`. */
export const readHeader = (raw: Uint8Array): BlockHeader => {
  if (raw.length < HEADER_BYTES) throw new BitcoinError("malformed_block", "A block header has 80 bytes");
  const bytes = asBuffer(raw);
  const hash = displayHash(sha256d(bytes.subarray(0, HEADER_BYTES)), 0);
  return { hash, prevHash: displayHash(bytes, 4), time: bytes.readUInt32LE(68) };
};

const wrongBody = (): BitcoinError =>
  new BitcoinError("wrong_block", "The block's transactions are not those that its header commits to");

/** Refuses lists that a pair of equal neighbours could have been appended to without changing the root (CVE-2012-2459). */
export const merkleRoot = (ids: readonly Buffer[]): Buffer => {
  let level = ids;
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const left = level[i]!;
      const right = level[i + 1] ?? left;
      if (i + 1 < level.length && left.equals(right)) throw wrongBody();
      above.push(sha256d(Buffer.concat([left, right])));
    }
    level = above;
  }
  return level[0]!;
};

const viewTransactions = (bytes: Buffer): TransactionView[] => {
  try {
    const { count, next } = countAt(bytes, HEADER_BYTES);
    const views: TransactionView[] = [];
    let at = next;
    for (let i = 0; i < count; i++) {
      const view = viewTransaction(bytes, at);
      views.push(view);
      at = view.end;
    }
    if (at === bytes.length && count > 0) return views;
  } catch (error) {
    if (!(error instanceof RangeError) && !isBitcoinError(error)) throw error;
  }
  throw new BitcoinError("malformed_block", "The block's transactions cannot be read");
};

/**
 * Reads a whole block and checks that its transactions are those its header commits to. Whether the header is the one
 * wanted is for the caller to see, by its hash. Throws BitcoinError `malformed_block` or `wrong_block`.
 */
export const readBlock = (raw: Uint8Array): Block => {
  const bytes = asBuffer(raw);
  const header = readHeader(bytes);
  const views = viewTransactions(bytes);
  const ids = views.map(rawTransactionId);
  if (!merkleRoot(ids).equals(bytes.subarray(36, 68))) throw wrongBody();
  if (views.findIndex(isCoinbase) !== 0) throw wrongBody();
  return { header, transactions: views.map((view, i) => ({ txid: displayHash(ids[i]!, 0), view })) };
};
