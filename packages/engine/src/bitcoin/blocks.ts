import type { TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import type { Effect } from "../effects.ts";
import { buriedConflicts, loseDeep, undoLineConflicts } from "../lines/conflicts.ts";
import { counts, forgetAttached, isCarried } from "../lines/lines.ts";
import type { State } from "../state.ts";
import { buriedTo, outpointOf, RECENT_BLOCKS, tip } from "./chain.ts";
import { coinUnmined } from "./coins.ts";
import type { ChainBegin, ChainBlock, ChainRescan, ChainUndo } from "./commands.ts";
import { undoConflicts } from "./conflicts.ts";
import { creditDeep, depositUnmined, takeReceipts } from "./deposits.ts";
import { halt } from "./halt.ts";
import { contentsOf } from "./lookup.ts";
import { finalizeDeep, forgetPayout, payoutUnconfirmed } from "./settle.ts";
import { coinSpent, coinUnspent } from "./spends.ts";

export const chainBegin = ({ chain }: State, { height, hash }: ChainBegin): object => {
  assert(chain.recent.length === 0, "the chain begins once");
  chain.recent.push({ height, hash });
  chain.highest = height;
  return {};
};

export const chainBlock = (state: State, command: Stamped<ChainBlock>, effects: Effect[]): object => {
  const { chain } = state;
  const { height, hash, t } = command;
  const before = tip(chain);
  assert(
    before !== undefined && before.hash === command.prev && before.height + 1 === height,
    "a block is on top of the tip",
  );
  chain.recent.push({ height, hash });
  if (chain.recent.length > RECENT_BLOCKS) chain.recent.shift();
  chain.highest = Math.max(chain.highest, height);
  const receipts = command.receipts.map((receipt) => ({ ...receipt, height }));
  takeReceipts(state, receipts, t, effects);
  for (const spend of command.spends) coinSpent(state, spend, height, t, effects);
  settle(state, t, effects);
  forget(state, height - RECENT_BLOCKS, effects);
  return {};
};

/**
 * What blocks at or below the tip had and no command told of. Heights that no reorganisation reaches any more are settled
 * and forgotten at once.
 */
export const chainRescan = (state: State, command: Stamped<ChainRescan>, effects: Effect[]): object => {
  const top = tip(state.chain);
  assert(top !== undefined, "a rescan looks at a chain that was begun");
  const heights = new Set([...command.receipts, ...command.spends].map(({ height }) => height));
  for (const height of heights)
    assert(height > 0 && height <= top.height, "a rescan looks at or below the tip");
  takeReceipts(state, command.receipts, command.t, effects);
  for (const spend of command.spends) coinSpent(state, spend, spend.height, command.t, effects);
  settle(state, command.t, effects);
  for (const height of heights) if (height <= buriedTo(state.chain)) forget(state, height, effects);
  return {};
};

const settle = (state: State, t: TimeMs, effects: Effect[]): void => {
  finalizeDeep(state, effects);
  creditDeep(state, t, effects);
  loseDeep(state, t, effects);
};

/** No reorganisation reaches that block any more. */
const forget = (state: State, height: number, effects: Effect[]): void => {
  const { chain } = state;
  const { confirmed, deposits, spent } = contentsOf(chain, height);
  for (const deposit of deposits) {
    // One that a rescan found late, while the tip is below the highest block, may have to wait all the same.
    if (deposit.transfer === 0) continue;
    chain.deposits.delete(outpointOf(deposit));
    forgetPromise(state, deposit.txid);
  }
  for (const lost of buriedConflicts(state, height)) {
    for (const { outpoint } of lost.coins)
      if (isCarried(state.lines, outpoint)) {
        chain.deposits.delete(outpoint);
        chain.uncredited.delete(outpoint);
      }
    forgetAttached(state.lines, lost);
  }
  for (const coin of spent) chain.coins.delete(coin.outpoint);
  for (const payout of confirmed) forgetPayout(state, payout, effects);
  chain.index.blocks.delete(height);
};

/** A transfer that another hub stood behind has come, for good. */
const forgetPromise = ({ chain, lines }: State, txid: string): void => {
  const transfer = lines.transfers.get(txid);
  if (transfer?.coins.every((coin) => counts(coin) && !chain.deposits.has(coin.outpoint)))
    forgetAttached(lines, transfer);
};

/** Takes back what the newest block brought: credits become pending again, payments by chain are under way again. */
export const chainUndo = (state: State, command: Stamped<ChainUndo>, effects: Effect[]): object => {
  const { chain, config } = state;
  const top = tip(chain);
  const { height, t } = command;
  assert(top !== undefined && top.hash === command.hash && top.height === height, "only the tip is undone");
  assert(chain.recent.length > 1, "a reorganisation deeper than what is kept needs the operator");
  const { coins, confirmed, deposits, spent } = contentsOf(chain, height);
  for (const payout of confirmed.toSorted((a, b) => a.number - b.number))
    payoutUnconfirmed(state, payout, t, effects);
  undoConflicts(chain, height);
  undoLineConflicts(state, height);
  for (const coin of spent) coinUnspent(state, coin);
  // Sorted: the order in which they were seen is not kept, and rows are counted.
  const sorted = deposits.map((deposit) => ({ deposit, outpoint: outpointOf(deposit) }));
  for (const { deposit } of sorted.sort((a, b) => (a.outpoint < b.outpoint ? -1 : 1)))
    depositUnmined(state, deposit, t, effects);
  for (const coin of coins) coinUnmined(chain, coin);
  chain.index.blocks.delete(height);
  chain.recent.pop();

  const depth = chain.highest - tip(chain)!.height;
  if (depth > config.deepReorg)
    halt(state, {
      reason: "deep_reorganisation",
      t,
      detail: `${depth} blocks were undone, down to ${tip(chain)!.height}`,
    });
  return {};
};
