import { createHmac, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { balancesOf, type State, SYSTEM_IDS } from "@coinholder/engine";
import {
  type Proof,
  type ProofLeaf,
  type ProofNode,
  proofAbove,
  proofLeafNode,
  proofPath,
  type Sums,
  type TimeMs,
} from "@coinholder/protocol";
import { writePrivateFile } from "./data-folder.ts";
import type { Sequencer } from "./sequencer.ts";

/** What is kept of a published tree; everything else follows from it. */
interface Published {
  /** Hex; the accounts' salts come from it. */
  readonly secret: string;
  readonly t: TimeMs;
  readonly seq: number;
  readonly owed: readonly (readonly [account: string, sums: Sums])[];
}

export interface PublishedTree {
  readonly root: ProofNode;
  readonly t: TimeMs;
  readonly journal_seq: number;
  readonly accounts: number;
}

/** The tree of balances that the hub published last. */
export interface Proofs {
  readonly last: () => PublishedTree | undefined;
  /** Undefined for an account that came later. */
  readonly of: (account: string) => Proof | undefined;
  readonly publish: (sequencer: Sequencer, seq: number, t: TimeMs) => Promise<PublishedTree>;
}

interface Tree extends PublishedTree {
  readonly levels: readonly (readonly ProofNode[])[];
  readonly leaves: readonly ProofLeaf[];
  readonly places: ReadonlyMap<string, number>;
}

/** Hashes made before others have their turn: about 20 ms. */
const A_TURN = 1000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const owedBy = (state: State): Published["owed"] =>
  state.accounts.list.slice(SYSTEM_IDS.length).map(({ id, index }) => {
    const sums: Record<string, number> = {};
    for (const { currency, available, held } of balancesOf(state.ledger, index)) {
      const owed = Math.max(0, available) + held;
      if (owed > 0) sums[state.config.currencies[currency]!.code] = owed;
    }
    return [id, sums];
  });

const grow = async ({ secret, t, seq, owed }: Published): Promise<Tree> => {
  const salt = (account: string): string =>
    createHmac("sha256", Buffer.from(secret, "hex")).update(account).digest("hex");
  const leaves = owed.map(([account, sums]): ProofLeaf => ({ account, salt: salt(account), sums }));
  // In the order of the salts, so that a place in the tree tells nothing about who came when.
  leaves.sort((a, b) => (a.salt < b.salt ? -1 : 1));
  const first: ProofNode[] = [];
  for (const leaf of leaves) {
    if (first.length % A_TURN === A_TURN - 1) await turn();
    first.push(proofLeafNode(leaf));
  }
  const levels = [first];
  for (let level = first; level.length > 1; level = levels.at(-1)!) {
    const above: ProofNode[] = [];
    for (let at = 0; at < level.length; at += A_TURN) {
      above.push(...proofAbove(level.slice(at, at + A_TURN)));
      await turn();
    }
    levels.push(above);
  }
  const places = new Map(leaves.map(({ account }, i) => [account, i]));
  return { root: levels.at(-1)![0]!, t, journal_seq: seq, accounts: leaves.length, levels, leaves, places };
};

/** @param path where the last published tree is kept */
export const openProofs = async (path: string): Promise<Proofs> => {
  let tree = existsSync(path) ? await grow(JSON.parse(readFileSync(path, "utf8")) as Published) : undefined;
  const told = ({ root, t, journal_seq, accounts }: Tree): PublishedTree => ({
    root,
    t,
    journal_seq,
    accounts,
  });
  return {
    last: () => tree && told(tree),
    of: (account) => {
      const place = tree?.places.get(account);
      return place === undefined
        ? undefined
        : { leaf: tree!.leaves[place]!, path: proofPath(tree!.levels, place) };
    },
    publish: async ({ state, durable }, seq, t) => {
      const published: Published = { secret: randomBytes(32).toString("hex"), t, seq, owed: owedBy(state) };
      await durable();
      const grown = await grow(published);
      writePrivateFile(path, JSON.stringify(published));
      tree = grown;
      return told(grown);
    },
  };
};
