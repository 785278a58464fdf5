import type { Amount, TimeMs } from "@coinholder/protocol";
import { CHAIN, HUB } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { receivedByChain, seenByChain } from "../invoices/payments.ts";
import { changePending, pay, takeBack } from "../ledger/ledger.ts";
import { coinCounts, coinUncounts } from "../lines/credit.ts";
import { isCarried } from "../lines/lines.ts";
import { creditedAt } from "../options/exercise.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import { CHANGE, type Deposit, outpointOf, tipHeight } from "./chain.ts";
import { coinMined, ownChange } from "./coins.ts";
import type { ChainMempool, Receipt } from "./commands.ts";
import { coinIsBack, coinIsGone } from "./conflicts.ts";
import { contentsAt, contentsOf } from "./lookup.ts";
import { depthNeeded } from "./tiers.ts";

const setPending = (state: State, deposit: Deposit, sign: 1 | -1, effects: Effect[]): void => {
  if (sign > 0) state.chain.uncredited.add(outpointOf(deposit));
  else state.chain.uncredited.delete(outpointOf(deposit));
  // Its payee has it already, or the hub bears that it never came.
  if (isCarried(state.lines, outpointOf(deposit))) return;
  changePending(state.ledger, BTC, deposit.account, sign * deposit.value);
  seenByChain(state, deposit.address, sign * deposit.value, effects);
};

/** Undefined: it is the hub's own change, or nobody's. Other money at a change address is the hub's. */
export const noteReceipt = (
  state: State,
  receipt: Receipt,
  t: TimeMs,
  effects: Effect[],
): Deposit | undefined => {
  const { chain } = state;
  const to = chain.addresses.get(receipt.address);
  if (!to || ownChange(chain, receipt)) return undefined;
  const key = outpointOf(receipt);
  const known = chain.deposits.get(key);
  if (known) return known;
  const { txid, vout, value, address } = receipt;
  const deposit: Deposit = {
    txid,
    vout,
    value,
    address,
    account: to.account === CHANGE ? HUB : to.account,
    coinbase: receipt.coinbase ?? false,
    seen: t,
    height: 0,
    sum: 0 as Amount,
    transfer: 0,
  };
  chain.deposits.set(key, deposit);
  setPending(state, deposit, 1, effects);
  return deposit;
};

export const chainMempool = (state: State, command: Stamped<ChainMempool>, effects: Effect[]): object => {
  const { chain } = state;
  for (const receipt of command.appeared) {
    if (receipt.value === 0) continue;
    noteReceipt(state, receipt, command.t, effects);
    coinIsBack(chain, outpointOf(receipt));
  }
  for (const outpoint of command.gone) {
    const deposit = chain.deposits.get(outpoint);
    if (!deposit || deposit.height > 0) continue;
    setPending(state, deposit, -1, effects);
    chain.deposits.delete(outpoint);
    coinIsGone(chain, outpoint);
  }
  return {};
};

/** What a block (or, found later, several) paid to addresses of ours. */
export const takeReceipts = (
  state: State,
  receipts: readonly (Receipt & { readonly height: number })[],
  t: TimeMs,
  effects: Effect[],
): void => {
  const { chain } = state;
  const heights = new Set<number>();
  for (const receipt of receipts) {
    const { address, value, height } = receipt;
    // Outputs of nothing can be mined, and are nothing to us.
    if (value === 0 || !chain.addresses.has(address)) continue;
    coinMined(chain, receipt, height);
    coinIsBack(chain, outpointOf(receipt));
    const deposit = noteReceipt(state, receipt, t, effects);
    if (!deposit) continue;
    assert(deposit.height === 0 && deposit.transfer === 0, `${outpointOf(receipt)} is credited once`);
    deposit.height = height;
    contentsAt(chain, height).deposits.push(deposit);
    chain.maturing.add(outpointOf(receipt));
    heights.add(height);
  }
  for (const height of heights) sumUp(contentsOf(chain, height).deposits);
};

/** Many small payments to one address in one block are as much worth undoing as a large one. */
const sumUp = (deposits: readonly Deposit[]): void => {
  const sums = new Map<string, number>();
  for (const { address, value } of deposits) sums.set(address, (sums.get(address) ?? 0) + value);
  for (const deposit of deposits) deposit.sum = sums.get(deposit.address)! as Amount;
};

/** Credits what is deep enough. */
export const creditDeep = (state: State, t: TimeMs, effects: Effect[]): void => {
  const { chain, config } = state;
  const top = tipHeight(chain);
  for (const outpoint of [...chain.maturing]) {
    const deposit = chain.deposits.get(outpoint)!;
    if (top - deposit.height + 1 < depthNeeded(config, deposit)) continue;
    chain.maturing.delete(outpoint);
    credit(state, deposit, t, effects);
  }
};

const credit = (state: State, deposit: Deposit, t: TimeMs, effects: Effect[]): void => {
  setPending(state, deposit, -1, effects);
  const coin = state.lines.coins.get(outpointOf(deposit));
  if (coin && coin.transfer > 0) {
    coinCounts(state, deposit, coin, t, effects);
    return;
  }
  pay(state.ledger, BTC, CHAIN, deposit.account, deposit.value);
  deposit.transfer = ++state.last.transfer;
  const { address, transfer, txid, value } = deposit;
  const invoice = receivedByChain(state, { address, txid, change: value, transfer }, effects);
  tell(state, deposit, transfer, "done", t, effects, invoice ? true : undefined);
  creditedAt(state, { address, txid, change: value }, t, effects);
  if (coin) coinCounts(state, deposit, coin, t, effects);
};

/** Its block was undone: it is in sight again, and what was credited is taken back. */
export const depositUnmined = (state: State, deposit: Deposit, t: TimeMs, effects: Effect[]): void => {
  deposit.height = 0;
  deposit.sum = 0 as Amount;
  state.chain.maturing.delete(outpointOf(deposit));
  const { transfer } = deposit;
  if (transfer === 0) return;
  const coin = state.lines.coins.get(outpointOf(deposit));
  if (coin && coin.transfer > 0) {
    coinUncounts(state, deposit, coin, t, effects);
    return;
  }
  takeBack(state.ledger, BTC, deposit.account, CHAIN, deposit.value);
  deposit.transfer = 0;
  tell(state, deposit, transfer, "reversed", t, effects, undefined);
  const { address, txid, value } = deposit;
  receivedByChain(state, { address, txid, change: -value, transfer }, effects);
  creditedAt(state, { address, txid, change: -value }, t, effects);
  setPending(state, deposit, 1, effects);
  if (coin) coinUncounts(state, deposit, coin, t, effects);
};

const tell = (
  state: State,
  { account, value, address, txid, vout }: Deposit,
  transfer: number,
  status: "done" | "reversed",
  t: TimeMs,
  effects: Effect[],
  invoice: true | undefined,
): void =>
  tellTransfer(state, effects, {
    account,
    transfer,
    t,
    kind: "deposit",
    incoming: status === "done",
    currency: BTC,
    amount: value,
    status,
    address,
    txid,
    vout,
    invoice,
  });
