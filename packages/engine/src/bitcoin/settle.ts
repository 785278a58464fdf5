import type { TimeMs } from "@coinholder/protocol";
import { CHAIN, COLD, HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { BTC } from "../config.ts";
import type { Effect, TransferStatus } from "../effects.ts";
import { pay, payHeld, takeBack, unpayHeld } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellSettled } from "../transfers/rows.ts";
import { outpointOf, type Payout, type PayoutVersion, tipHeight } from "./chain.ts";
import { dropIfGone } from "./coins.ts";
import { changeIsGone } from "./conflicts.ts";
import { contentsAt } from "./lookup.ts";

const confirmedVersion = ({ versions, confirmed }: Payout): PayoutVersion => versions[confirmed]!;

const tell = (
  { withdrawals }: State,
  payout: Payout,
  status: TransferStatus,
  txid: string,
  effects: Effect[],
): void => {
  for (const transfer of payout.withdrawals) {
    const { account } = withdrawals.get(transfer)!;
    effects.push({ is: "status", transfer, account, status, txid });
  }
};

/** Tells its accounts that what was held left, or (incoming) is held again. */
const tellMoved = (
  state: State,
  payout: Payout,
  incoming: boolean,
  txid: string,
  t: TimeMs,
  effects: Effect[],
): void => {
  for (const transfer of payout.withdrawals) {
    const { account, amount, fee, address } = state.withdrawals.get(transfer)!;
    const kind = "withdrawal";
    tellSettled(state, effects, {
      account,
      transfer,
      t,
      kind,
      incoming,
      currency: BTC,
      amount,
      fee,
      address,
      txid,
    });
  }
};

/** A version is in a block: what was held leaves the hub. */
export const payoutConfirmed = (
  state: State,
  payout: Payout,
  version: number,
  height: number,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { chain, ledger } = state;
  const { txid, fee, change } = payout.versions[version]!;
  assert(
    payout.conflict === undefined,
    `payout ${payout.number}: a coin of it was spent elsewhere, and ${txid} confirms`,
  );
  for (const { vout } of change)
    assert(
      chain.coins.get(outpointOf({ txid, vout }))?.height === height,
      `the block that has ${txid} has its change`,
    );
  payout.height = height;
  payout.confirmed = version;
  for (const transfer of payout.withdrawals) {
    const withdrawal = state.withdrawals.get(transfer)!;
    payHeld(ledger, BTC, withdrawal.account, CHAIN, withdrawal.amount);
    if (withdrawal.fee > 0) payHeld(ledger, BTC, withdrawal.account, HUB, withdrawal.fee);
  }
  if (payout.cold > 0) pay(ledger, BTC, COLD, CHAIN, payout.cold);
  if (fee > 0) pay(ledger, BTC, HUB, CHAIN, fee);
  chain.feesPaid += fee;
  tell(state, payout, "confirmed", txid, effects);
  tellMoved(state, payout, false, txid, t, effects);
  chain.index.open.delete(payout.number);
  chain.index.settling.add(payout.number);
  contentsAt(chain, height).confirmed.push(payout);
  const [outpoint] = payout.versions[0]!.inputs;
  for (const other of payout.versions)
    if (other.txid !== txid) changeIsGone(chain, other, { outpoint: outpoint!, txid, height });
};

/** Its block was undone: bound again until a version is mined again. */
export const payoutUnconfirmed = (state: State, payout: Payout, t: TimeMs, effects: Effect[]): void => {
  const { chain, ledger } = state;
  const { txid, fee } = confirmedVersion(payout);
  if (fee > 0) takeBack(ledger, BTC, CHAIN, HUB, fee);
  chain.feesPaid -= fee;
  if (payout.cold > 0) takeBack(ledger, BTC, CHAIN, COLD, payout.cold);
  for (const transfer of payout.withdrawals) {
    const withdrawal = state.withdrawals.get(transfer)!;
    unpayHeld(ledger, BTC, withdrawal.account, CHAIN, withdrawal.amount);
    if (withdrawal.fee > 0) unpayHeld(ledger, BTC, withdrawal.account, HUB, withdrawal.fee);
  }
  payout.height = 0;
  payout.confirmed = -1;
  payout.final = false;
  tell(state, payout, "broadcast", txid, effects);
  tellMoved(state, payout, true, txid, t, effects);
  chain.index.settling.delete(payout.number);
  chain.index.open.add(payout.number);
};

/** Tells what is deep enough; kept all the same, because a still deeper reorganisation must undo it rightly. */
export const finalizeDeep = (state: State, effects: Effect[]): void => {
  const { chain, config } = state;
  for (const number of [...chain.index.settling].sort((a, b) => a - b)) {
    const payout = chain.payouts.get(number)!;
    if (tipHeight(chain) - payout.height + 1 >= config.finalAfter) finalize(state, payout, effects);
  }
};

const finalize = (state: State, payout: Payout, effects: Effect[]): void => {
  payout.final = true;
  state.chain.index.settling.delete(payout.number);
  tell(state, payout, "final", confirmedVersion(payout).txid, effects);
};

/** No reorganisation can undo it: history keeps it from here on. */
export const forgetPayout = (state: State, payout: Payout, effects: Effect[]): void => {
  if (!payout.final) finalize(state, payout, effects);
  for (const transfer of payout.withdrawals) {
    state.withdrawals.delete(transfer);
    state.crossings.delete(transfer);
  }
  removePayout(state, payout);
};

/** Takes it out of the books of payouts; its coins are bound by it no more. */
export const removePayout = ({ chain }: State, payout: Payout): void => {
  chain.payouts.delete(payout.number);
  chain.index.open.delete(payout.number);
  for (const { txid } of payout.versions) chain.index.versions.delete(txid);
  const conflicts = payout.conflict && chain.index.blocks.get(payout.conflict.height)?.conflicts;
  if (conflicts?.includes(payout)) conflicts.splice(conflicts.indexOf(payout), 1);
  for (const { txid, inputs, change } of payout.versions) {
    for (const outpoint of inputs) {
      const coin = chain.coins.get(outpoint);
      if (coin?.payout !== payout.number) continue;
      coin.payout = 0;
      dropIfGone(chain, coin);
    }
    for (const { vout } of change) {
      const coin = chain.coins.get(outpointOf({ txid, vout }));
      if (!coin || coin.height > 0) continue;
      // What was built upon it keeps it, and cannot confirm.
      coin.goneAt = payout.conflict?.height ?? -1;
      dropIfGone(chain, coin);
    }
  }
};
