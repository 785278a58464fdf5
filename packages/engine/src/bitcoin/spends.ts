import { CHAIN, HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { pay, takeBack } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import type { Coin } from "./chain.ts";
import type { Spend } from "./commands.ts";
import { noteConflict } from "./conflicts.ts";
import { halt } from "./halt.ts";
import { contentsAt } from "./lookup.ts";
import { payoutConfirmed } from "./settle.ts";

/** A transaction in a block spends a coin of ours: a payout confirms, or somebody else has our keys. */
export const coinSpent = (
  state: State,
  { outpoint, txid }: Spend,
  height: number,
  t: Stamped["t"],
  effects: Effect[],
): void => {
  const { chain } = state;
  const coin = chain.coins.get(outpoint);
  if (!coin) return; // Nothing was counted for it.
  assert(coin.height > 0 && coin.height <= height && coin.spentAt === 0, `${outpoint} is there to be spent`);
  coin.spentAt = height;
  contentsAt(chain, height).spent.push(coin);
  const ref = chain.index.versions.get(txid);
  if (ref) {
    const { payout, version } = ref;
    assert(payout.versions[version]!.inputs.includes(outpoint), `${txid} spends ${outpoint}`);
    if (payout.height === 0) payoutConfirmed(state, payout, version, height, t, effects);
    assert(payout.confirmed === version && payout.height === height, `${txid} is in one block`);
  } else {
    coin.lost = true;
    pay(state.ledger, BTC, HUB, CHAIN, coin.value);
    halt(state, { reason: "coin_spent_elsewhere", t, detail: `${outpoint} was spent by ${txid}` });
  }
  noteConflict(chain, outpoint, { outpoint, txid, height });
};

/** The block that spent it was undone. */
export const coinUnspent = (state: State, coin: Coin): void => {
  coin.spentAt = 0;
  if (!coin.lost) return;
  coin.lost = false;
  takeBack(state.ledger, BTC, CHAIN, HUB, coin.value);
};
