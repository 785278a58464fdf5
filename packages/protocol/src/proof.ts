import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";
import { taggedHash } from "./tagged-hash.ts";

/**
 * Proof of liabilities: a Merkle sum tree over what a hub owes its accounts (Maxwell's scheme). Each node carries the sums of
 * what is below it, so that an account that finds its own leaf under a published root knows that it was counted, and that
 * the total is at least what the leaves beside its path say. Nobody's name is in another's path.
 */
export type Sums = Readonly<Record<string, number>>;

/** What one account is owed, in smallest units by currency code; nothing is left out as long as it is above zero. */
export interface ProofLeaf {
  readonly account: string;
  /** Hex of 32 bytes that only the account is told: without it a leaf's hash tells nothing. */
  readonly salt: string;
  readonly sums: Sums;
}

export interface ProofNode {
  /** Hex. */
  readonly hash: string;
  readonly sums: Sums;
}

/** A node beside the path from leaf to root, and on which side it stands. */
export interface ProofStep extends ProofNode {
  readonly side: "left" | "right";
}

export interface Proof {
  readonly leaf: ProofLeaf;
  /** From the leaf's neighbour up. */
  readonly path: readonly ProofStep[];
}

const LEAF = "coinholder/proof-leaf";
const NODE = "coinholder/proof-node";

/** The bytes that are hashed: JSON with currencies in alphabetical order, without those of which there is nothing. */
const sumsText = (sums: Sums): string =>
  JSON.stringify(
    Object.keys(sums)
      .filter((code) => sums[code] !== 0)
      .sort()
      .map((code) => [code, sums[code]]),
  );

const isSums = (sums: Sums): boolean =>
  Object.values(sums).every((amount) => Number.isSafeInteger(amount) && amount >= 0);

const added = (a: Sums, b: Sums): Sums => {
  const sum: Record<string, number> = { ...a };
  for (const [code, amount] of Object.entries(b)) sum[code] = (sum[code] ?? 0) + amount;
  return sum;
};

const text = (...parts: readonly string[]): Uint8Array => utf8ToBytes(JSON.stringify(parts));

export const proofLeafNode = ({ account, salt, sums }: ProofLeaf): ProofNode => ({
  hash: bytesToHex(taggedHash(LEAF, text(salt, account, sumsText(sums)))),
  sums,
});

const parent = (left: ProofNode, right: ProofNode): ProofNode => ({
  hash: bytesToHex(taggedHash(NODE, text(left.hash, sumsText(left.sums), right.hash, sumsText(right.sums)))),
  sums: added(left.sums, right.sums),
});

/** The level above; an odd node at the end goes up as it is. */
export const proofAbove = (level: readonly ProofNode[]): ProofNode[] => {
  const above: ProofNode[] = [];
  for (let i = 0; i < level.length; i += 2)
    above.push(i + 1 < level.length ? parent(level[i]!, level[i + 1]!) : level[i]!);
  return above;
};

/** The tree's levels, leaves first, root last. */
export const proofLevels = (leaves: readonly ProofNode[]): ProofNode[][] => {
  const levels: ProofNode[][] = [[...leaves]];
  while (levels.at(-1)!.length > 1) levels.push(proofAbove(levels.at(-1)!));
  return levels;
};

/** What stands beside the way from a leaf to the root. */
export const proofPath = (levels: readonly (readonly ProofNode[])[], leaf: number): ProofStep[] => {
  const path: ProofStep[] = [];
  let at = leaf;
  for (const level of levels.slice(0, -1)) {
    const beside = level[at ^ 1];
    if (beside) path.push({ ...beside, side: at % 2 === 0 ? "right" : "left" });
    at >>= 1;
  }
  return path;
};

/**
 * The root that a proof leads to, or undefined where a sum in it is no amount: negative ones would hide what is owed. The proof
 * holds when this is the published root, sums included.
 */
export const proofRoot = ({ leaf, path }: Proof): ProofNode | undefined => {
  if (![leaf, ...path].every(({ sums }) => isSums(sums))) return undefined;
  let node = proofLeafNode(leaf);
  for (const step of path) node = step.side === "left" ? parent(step, node) : parent(node, step);
  return isSums(node.sums) ? node : undefined;
};

/** Whether a proof leads to exactly this root. */
export const proves = (proof: Proof, root: ProofNode): boolean => {
  const reached = proofRoot(proof);
  return (
    reached !== undefined && reached.hash === root.hash && sumsText(reached.sums) === sumsText(root.sums)
  );
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const readSums = (value: unknown): Sums | undefined =>
  isObject(value) && isSums(value as Sums) ? (value as Sums) : undefined;

/** A node as it came from outside; undefined where it is none. Further members are left out. */
export const readProofNode = (value: unknown): ProofNode | undefined => {
  if (!isObject(value)) return undefined;
  const sums = readSums(value.sums);
  const isHash = typeof value.hash === "string" && /^[0-9a-f]{64}$/.test(value.hash);
  return isHash && sums ? { hash: value.hash as string, sums } : undefined;
};

/** Leaf and path as they came from outside (an answer of `my-proof`); undefined where they are none. */
export const readProof = (value: unknown): Proof | undefined => {
  if (!isObject(value) || !isObject(value.leaf) || !Array.isArray(value.path)) return undefined;
  const { account, salt } = value.leaf;
  const sums = readSums(value.leaf.sums);
  if (typeof account !== "string" || typeof salt !== "string" || !sums) return undefined;
  const path: ProofStep[] = [];
  for (const given of value.path as unknown[]) {
    const node = readProofNode(given);
    if (!node) return undefined;
    const { side } = given as { side?: unknown };
    if (side !== "left" && side !== "right") return undefined;
    path.push({ ...node, side });
  }
  return { leaf: { account, salt, sums }, path };
};
