import {
  type Answer,
  type Proof,
  type ProofNode,
  type ProofStep,
  proofAbove,
  proofLeafNode,
  proves,
  type ReservesCheck,
  readProof,
  readProofNode,
} from "@coinholder/protocol";

// Nothing that the hub says is taken for true here: its answers are read anew and computed with.

export type BalanceProblem =
  /** The hub has no leaf for this account: made after the proof, or left out. */
  | "leaf_missing"
  | "malformed"
  | "other_account"
  /** The BTC under the root are not what the reserves were signed for. */
  | "amounts_differ"
  /** Leaf and path are of a root that was published at another time. */
  | "leaf_of_other_root"
  | "leaf_wrong"
  /** Others were shown another root. */
  | "root_differs";

export type Verdict =
  | { readonly holds: true; readonly proof: Proof }
  | { readonly holds: false; readonly problem: BalanceProblem };

const wrong = (problem: BalanceProblem): Verdict => ({ holds: false, problem });

/**
 * Whether an account's balance is counted under the published root.
 * @param mine answer of `my-proof`; undefined where the hub has no leaf
 * @param published answer of `proof-root`
 * @param elsewhere root that others were shown, hex
 */
export const judge = (
  account: string,
  mine: unknown,
  published: Answer<"proof-root">,
  elsewhere?: string,
): Verdict => {
  const root = readProofNode(published.root);
  if (root === undefined) return wrong("malformed");
  if (elsewhere !== undefined && elsewhere !== root.hash) return wrong("root_differs");
  if ((root.sums.BTC ?? 0) !== published.reserves.owed) return wrong("amounts_differ");
  if (mine === undefined) return wrong("leaf_missing");
  const proof = readProof(mine);
  if (proof === undefined) return wrong("malformed");
  if (proof.leaf.account !== account) return wrong("other_account");
  if (proves(proof, root)) return { holds: true, proof };
  const own = readProofNode((mine as { root?: unknown }).root);
  return wrong(own !== undefined && own.hash !== root.hash ? "leaf_of_other_root" : "leaf_wrong");
};

export interface WayStep {
  readonly beside: ProofStep;
  /** What both come to. */
  readonly together: ProofNode;
}

/** Every node on the way from the leaf to the root. */
export const wayOf = ({ leaf, path }: Proof): { readonly leaf: ProofNode; readonly steps: WayStep[] } => {
  const start = proofLeafNode(leaf);
  let node = start;
  const steps = path.map((beside): WayStep => {
    const pair = beside.side === "left" ? [beside, node] : [node, beside];
    node = proofAbove(pair)[0]!;
    return { beside, together: node };
  });
  return { leaf: start, steps };
};

export type ReservesProblem = "signatures_wrong" | "reserves_differ" | "reserves_short";

/** What is wrong with coins whose signatures were checked (without a node: amounts are the hub's word). */
export const reservesProblems = (
  { reserves }: Answer<"proof-root">,
  { amount, coins, wrong: batches }: ReservesCheck,
): ReservesProblem[] => {
  const problems: ReservesProblem[] = [];
  if (batches.length > 0) problems.push("signatures_wrong");
  else if (amount !== reserves.amount || coins !== reserves.coins) problems.push("reserves_differ");
  if (amount + reserves.cold < reserves.owed) problems.push("reserves_short");
  return problems;
};
