import type { TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import { tipHeight } from "../bitcoin/chain.ts";
import { confirmationsFor } from "../bitcoin/tiers.ts";
import type { Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import type { State } from "../state.ts";
import type { TransferConflicted } from "./commands.ts";
import { tellLine } from "./credit.ts";
import { type Attached, counts, identityOfAttached } from "./lines.ts";
import { loseCoins } from "./loss.ts";
import { add } from "./record.ts";

/** Another transaction spends the same: the identity's line is nothing until one of the two has won. */
export const transferConflicted = (
  state: State,
  command: Stamped<TransferConflicted>,
  effects: Effect[],
): object => {
  const { chain, lines } = state;
  const { height, rival, t, txid } = command;
  assert(height >= 0 && height <= tipHeight(chain), "a block is told before what it has in conflict");
  assert(rival !== txid, "a transfer is not in conflict with itself");
  const transfer = lines.transfers.get(txid);
  if (!transfer) return {};
  // What is in a block has won so far, whatever somebody says of a mempool.
  if (height === 0 && transfer.coins.some(({ outpoint }) => (chain.deposits.get(outpoint)?.height ?? 0) > 0))
    return {};
  if (transfer.coins.every(counts)) return {};
  const before = transfer.conflict;
  if (before && before.height > 0 && height === 0) return {};
  transfer.conflict = { rival, height };
  if (!before) {
    lines.conflicted.add(txid);
    const identity = identityOfAttached(lines, transfer);
    identity.doubted++;
    identity.earned = [];
    identity.era++;
    if (!transfer.replaced) add(identity.replaced, transfer.amount);
    transfer.replaced = true;
    tellLine("conflict", transfer, t, effects);
  }
  loseDeepOne(state, transfer, t, effects);
  return {};
};

/** The block that had the other transaction was undone: it is in none now. */
export const undoLineConflicts = ({ lines }: State, height: number): void => {
  for (const txid of lines.conflicted) {
    const transfer = lines.transfers.get(txid)!;
    if (transfer.conflict?.height === height) transfer.conflict = { ...transfer.conflict, height: 0 };
  }
};

/** Books the loss of what was taken by a transaction that is as deep as the transfer would have had to be. */
export const loseDeep = (state: State, t: TimeMs, effects: Effect[]): void => {
  const { conflicted, transfers } = state.lines;
  if (conflicted.size === 0) return;
  for (const txid of [...conflicted].sort()) loseDeepOne(state, transfers.get(txid)!, t, effects);
};

const loseDeepOne = (state: State, transfer: Attached, t: TimeMs, effects: Effect[]): void => {
  const { chain } = state;
  const { conflict, lost } = transfer;
  if (lost || !conflict || conflict.height === 0) return;
  if (tipHeight(chain) - conflict.height + 1 >= depthOf(state, transfer))
    loseCoins(state, transfer, t, effects);
};

/** How deep the transfer would have had to be for all of it to count, had a block brought it alone. */
const depthOf = ({ config }: State, { coins }: Attached): number => {
  const sums = new Map<string, number>();
  for (const { address, value } of coins) sums.set(address, (sums.get(address) ?? 0) + value);
  return Math.max(...[...sums.values()].map((sum) => confirmationsFor(config, sum as Attached["amount"])));
};

/** No reorganisation reaches the block of the other transaction any more: what it took does not come. */
export const buriedConflicts = ({ lines }: State, height: number): Attached[] =>
  [...lines.conflicted]
    .map((txid) => lines.transfers.get(txid)!)
    .filter(
      ({ conflict, lost }) =>
        lost && conflict !== undefined && conflict.height > 0 && conflict.height <= height,
    );
