import { hash } from "node:crypto";

// What no reader of a block that checks its transactions can leave out: their ids, and the tree of hashes above them.

type Twice = (bytes: Uint8Array) => Buffer;

const plainly: Twice = (bytes) => hash("sha256", hash("sha256", bytes, "buffer"), "buffer");

/** Node makes a string much quicker than it makes a Buffer. */
const quickly: Twice = (bytes) =>
  Buffer.from(hash("sha256", Buffer.from(hash("sha256", bytes, "binary"), "latin1"), "binary"), "latin1");

const merkleRoot = (transactions: readonly Uint8Array[], twice: Twice): Buffer => {
  let level = transactions.map(twice);
  while (level.length > 1) {
    const above: Buffer[] = [];
    for (let i = 0; i < level.length; i += 2)
      above.push(twice(Buffer.concat([level[i]!, level[i + 1] ?? level[i]!])));
    level = above;
  }
  return level[0]!;
};

/** The merkle root of the transactions, by hashing as one writes it down first. */
export const hashedPlainly = (stripped: readonly Uint8Array[]): Buffer => merkleRoot(stripped, plainly);

/** The same by the quickest way that we know of in Node. */
export const hashedQuickly = (stripped: readonly Uint8Array[]): Buffer => merkleRoot(stripped, quickly);

/** All bytes in one go: what is left when nothing is said about single transactions. */
export const hashedAtOnce = (block: Uint8Array): Buffer => plainly(block);
