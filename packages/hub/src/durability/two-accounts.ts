import type { Model } from "./linearizable.ts";

/** Two accounts that pay only each other, in satoshi. A payment's `client_id` makes it happen once, however often it is asked for. */
export type PairOp =
  | { readonly kind: "balance"; readonly of: 0 | 1; readonly saw: number }
  /** `came`: its transfer, "refused" for want of funds, undefined where no answer came. */
  | {
      readonly kind: "pay";
      readonly from: 0 | 1;
      readonly amount: number;
      readonly clientId: string;
      readonly came: string | undefined;
    };

interface Pair {
  readonly balances: readonly [number, number];
  /** What was paid: the transfer by client_id, "" where its answer is not known. */
  readonly paid: ReadonlyMap<string, string>;
}

export const twoAccounts = (balances: readonly [number, number]): Model<Pair, PairOp> => ({
  first: { balances, paid: new Map() },
  step: (pair, op) => {
    const { balances, paid } = pair;
    if (op.kind === "balance") return balances[op.of] === op.saw ? pair : undefined;
    const { from, amount, clientId, came } = op;
    const known = paid.get(clientId);
    const isNew = came !== undefined && came !== "refused" && ![...paid.values()].includes(came);
    if (known !== undefined) {
      // Asked for before: nothing moves, and the answer is the same. Unanswered it is as if it had not been asked.
      if (known !== "") return known === came ? pair : undefined;
      return isNew ? { balances, paid: new Map(paid).set(clientId, came) } : undefined;
    }
    const isCovered = balances[from] >= amount;
    if (came === "refused") return isCovered ? undefined : pair;
    if (!isCovered || (came !== undefined && !isNew)) return undefined;
    const left = balances[from] - amount;
    const got = balances[1 - from]! + amount;
    return {
      balances: from === 0 ? [left, got] : [got, left],
      paid: new Map(paid).set(clientId, came ?? ""),
    };
  },
  keyOf: ({ balances, paid }) =>
    `${balances} ${[...paid].map(([id, transfer]) => `${id}=${transfer}`).sort()}`,
});
