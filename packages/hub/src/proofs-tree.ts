import { createHmac } from "node:crypto";
import { accountsOfOthers, balancesOf, type State } from "@coinholder/engine";
import { type ProofLeaf, type ProofNode, proofAbove, proofLeafNode, type Sums } from "@coinholder/protocol";

/** What each account is owed. */
export type Owed = readonly (readonly [account: string, sums: Sums])[];

export interface Tree {
  readonly levels: readonly (readonly ProofNode[])[];
  readonly leaves: readonly ProofLeaf[];
  readonly places: ReadonlyMap<string, number>;
}

export const rootOf = ({ levels }: Tree): ProofNode => levels.at(-1)![0]!;

/** Hashes made before others have their turn: about 20 ms. */
const A_TURN = 1000;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export const owedBy = (state: State): Owed =>
  accountsOfOthers(state).map(({ id, index }) => {
    const sums: Record<string, number> = {};
    for (const { currency, available, held } of balancesOf(state.ledger, index)) {
      const owed = Math.max(0, available) + held;
      if (owed > 0) sums[state.config.currencies[currency]!.code] = owed;
    }
    return [id, sums];
  });

/**
 * @param secret hex; the accounts' salts come from it
 * @param goOn called between turns; what it throws ends it
 */
export const growTree = async (owed: Owed, secret: string, goOn = (): void => {}): Promise<Tree> => {
  const salt = (account: string): string =>
    createHmac("sha256", Buffer.from(secret, "hex")).update(account).digest("hex");
  const leaves = owed.map(([account, sums]): ProofLeaf => ({ account, salt: salt(account), sums }));
  // In the order of the salts, so that a place in the tree tells nothing about who came when.
  leaves.sort((a, b) => (a.salt < b.salt ? -1 : 1));
  const first: ProofNode[] = [];
  for (const leaf of leaves) {
    if (first.length % A_TURN === A_TURN - 1) {
      await turn();
      goOn();
    }
    first.push(proofLeafNode(leaf));
  }
  const levels = [first];
  for (let level = first; level.length > 1; level = levels.at(-1)!) {
    const above: ProofNode[] = [];
    for (let at = 0; at < level.length; at += A_TURN) {
      above.push(...proofAbove(level.slice(at, at + A_TURN)));
      await turn();
      goOn();
    }
    levels.push(above);
  }
  return { levels, leaves, places: new Map(leaves.map(({ account }, i) => [account, i])) };
};
