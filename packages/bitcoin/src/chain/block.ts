import { BitcoinError, isBitcoinError } from "../errors.ts";
import { sha256d, sha256dInto } from "./sha256d.ts";
import {
  asBuffer,
  countAt,
  displayHash,
  isCoinbase,
  type TransactionView,
  viewTransaction,
  writeTransactionId,
} from "./transaction.ts";

export type BlockHeader = {
  hash: string;
  prevHash: string;
  /** Seconds since 1970, as the miner says. */
  time: number;
};

/** The ids of all transactions, 32 bytes each in the order in which they are hashed, in one piece. */
export type BlockView = { header: BlockHeader; transactions: TransactionView[]; ids: Buffer };

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

const ID_BYTES = 32;

/** Whether the id at `at` is the next one too. */
const isTwice = (ids: Buffer, at: number): boolean => {
  for (let i = at; i < at + ID_BYTES; i++) if (ids[i] !== ids[i + ID_BYTES]) return false;
  return true;
};

/**
 * The root of transaction ids that stand one after the other. Refuses lists that a pair of equal neighbours could have been
 * appended to without changing the root (CVE-2012-2459).
 */
export const merkleRoot = (ids: Uint8Array): Buffer => {
  // One id more than there are, to repeat the last one. Each level is written over the one below it.
  const level = Buffer.alloc(ids.length + ID_BYTES);
  level.set(ids);
  for (let end = ids.length; end > ID_BYTES; ) {
    const isOdd = end % (2 * ID_BYTES) !== 0;
    if (isOdd) level.copyWithin(end, end - ID_BYTES, end);
    let above = 0;
    for (let at = 0; at < end; at += 2 * ID_BYTES) {
      if (at + ID_BYTES < end && isTwice(level, at)) throw wrongBody();
      sha256dInto(level.subarray(at, at + 2 * ID_BYTES), level, above);
      above += ID_BYTES;
    }
    end = above;
  }
  return level.subarray(0, ID_BYTES);
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
export const viewBlock = (raw: Uint8Array): BlockView => {
  const bytes = asBuffer(raw);
  const header = readHeader(bytes);
  const transactions = viewTransactions(bytes);
  const ids = Buffer.alloc(ID_BYTES * transactions.length);
  transactions.forEach((view, i) => {
    writeTransactionId(view, ids, ID_BYTES * i);
  });
  if (!merkleRoot(ids).equals(bytes.subarray(36, 68))) throw wrongBody();
  if (transactions.findIndex(isCoinbase) !== 0) throw wrongBody();
  return { header, transactions, ids };
};

/** `viewBlock` with the transactions' ids as hex. */
export const readBlock = (raw: Uint8Array): Block => {
  const { header, transactions, ids } = viewBlock(raw);
  return {
    header,
    transactions: transactions.map((view, i) => ({ txid: displayHash(ids, ID_BYTES * i), view })),
  };
};
