import { CHAIN } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import type { Stamped } from "../command.ts";
import { BTC } from "../config.ts";
import type { Effect } from "../effects.ts";
import { receivedByChain, seenByChain } from "../invoices/invoices.ts";
import { changePending, pay, takeBack } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { tellTransfer } from "../transfers/rows.ts";
import { CHANGE, COINBASE_MATURITY, type Deposit, outpointOf, RECENT_BLOCKS, tip } from "./chain.ts";
import type { ChainBegin, ChainBlock, ChainMempool, ChainUndo, Receipt } from "./commands.ts";
import { payoutConfirmed, payoutFinal, payoutUnconfirmed } from "./withdrawals.ts";

export const chainBegin = (state: State, command: ChainBegin): object => {
  assert(state.chain.recent.length === 0, "the chain begins once");
  state.chain.recent.push({ height: command.height, hash: command.hash });
  return {};
};

const setPending = (state: State, deposit: Deposit, sign: 1 | -1, effects: Effect[]): void => {
  if (sign > 0) state.chain.uncredited.add(outpointOf(deposit));
  else state.chain.uncredited.delete(outpointOf(deposit));
  changePending(state.ledger, BTC, deposit.account, sign * deposit.value);
  seenByChain(state, deposit.address, sign * deposit.value, effects);
};

const noteReceipt = (
  state: State,
  receipt: Receipt,
  t: Deposit["seen"],
  effects: Effect[],
): Deposit | undefined => {
  const to = state.chain.addresses.get(receipt.address);
  if (!to || to.account === CHANGE) return undefined;
  const key = outpointOf(receipt);
  const known = state.chain.deposits.get(key);
  if (known) return known;
  const { txid, vout, value, address } = receipt;
  const deposit: Deposit = {
    txid,
    vout,
    value,
    address,
    account: to.account,
    coinbase: receipt.coinbase ?? false,
    seen: t,
    height: 0,
    transfer: 0,
  };
  state.chain.deposits.set(key, deposit);
  setPending(state, deposit, 1, effects);
  return deposit;
};

const credit = (state: State, deposit: Deposit, t: Deposit["seen"], effects: Effect[]): void => {
  setPending(state, deposit, -1, effects);
  pay(state.ledger, BTC, CHAIN, deposit.account, deposit.value);
  deposit.transfer = ++state.last.transfer;
  const invoice = receivedByChain(state, deposit.address, deposit.value, deposit.transfer, effects);
  tellTransfer(state, effects, {
    account: deposit.account,
    transfer: deposit.transfer,
    t,
    kind: "deposit",
    incoming: true,
    currency: BTC,
    amount: deposit.value,
    status: "done",
    address: deposit.address,
    txid: deposit.txid,
    vout: deposit.vout,
    ...(invoice ? { invoice: true as const } : {}),
  });
};

export const chainMempool = (state: State, command: Stamped<ChainMempool>, effects: Effect[]): object => {
  for (const receipt of command.appeared) noteReceipt(state, receipt, command.t, effects);
  for (const outpoint of command.gone) {
    const deposit = state.chain.deposits.get(outpoint);
    if (!deposit || deposit.height > 0) continue;
    setPending(state, deposit, -1, effects);
    state.chain.deposits.delete(outpoint);
  }
  return {};
};

export const chainBlock = (state: State, command: Stamped<ChainBlock>, effects: Effect[]): object => {
  const { chain, config } = state;
  const before = tip(chain);
  const { height } = command;
  assert(
    before !== undefined && before.hash === command.prev && before.height + 1 === height,
    "a block is on top of the tip",
  );

  for (const receipt of command.receipts) {
    const to = chain.addresses.get(receipt.address);
    if (!to) continue;
    const outpoint = outpointOf(receipt);
    const coin = chain.coins.get(outpoint);
    if (coin) coin.height = height;
    else {
      const { value, address } = receipt;
      const coinbase = receipt.coinbase ?? false;
      chain.coins.set(outpoint, { outpoint, value, address, coinbase, height, payout: 0, spentAt: 0 });
    }
    const deposit = noteReceipt(state, receipt, command.t, effects);
    if (!deposit) continue;
    assert(deposit.transfer === 0, `${outpoint} was credited before`);
    deposit.height = height;
    chain.maturing.add(outpoint);
  }
  const spenders = new Set<string>();
  for (const { outpoint, txid } of command.spends) {
    const coin = chain.coins.get(outpoint);
    if (coin) coin.spentAt = height;
    spenders.add(txid);
  }
  chain.recent.push({ height, hash: command.hash });
  if (chain.recent.length > RECENT_BLOCKS) chain.recent.shift();

  for (const payout of [...chain.payouts.values()]) {
    if (payout.height === 0 && spenders.has(payout.txid)) payoutConfirmed(state, payout, height, effects);
    else if (payout.height > 0 && height - payout.height + 1 >= config.finalAfter)
      payoutFinal(state, payout, effects);
  }
  for (const outpoint of [...chain.maturing]) {
    const deposit = chain.deposits.get(outpoint)!;
    const needed = deposit.coinbase
      ? Math.max(COINBASE_MATURITY, config.confirmations)
      : config.confirmations;
    if (height - deposit.height + 1 < needed) continue;
    chain.maturing.delete(outpoint);
    credit(state, deposit, command.t, effects);
  }
  for (const [outpoint, coin] of chain.coins)
    if (coin.spentAt > 0 && height - coin.spentAt >= RECENT_BLOCKS) chain.coins.delete(outpoint);
  for (const [outpoint, deposit] of chain.deposits)
    if (deposit.transfer > 0 && height - deposit.height >= RECENT_BLOCKS) chain.deposits.delete(outpoint);
  return {};
};

/** Takes back what the newest block brought: credits become pending again, payments by chain are under way again. */
export const chainUndo = (state: State, command: Stamped<ChainUndo>, effects: Effect[]): object => {
  const { chain } = state;
  const top = tip(chain);
  assert(
    top !== undefined && top.hash === command.hash && top.height === command.height,
    "only the tip is undone",
  );
  assert(chain.recent.length > 1, "a reorganisation deeper than what is kept needs the operator");
  const { height } = command;
  for (const payout of chain.payouts.values())
    if (payout.height === height) payoutUnconfirmed(state, payout, effects);
  for (const coin of chain.coins.values()) if (coin.spentAt === height) coin.spentAt = 0;
  for (const [outpoint, deposit] of chain.deposits) {
    if (deposit.height !== height) continue;
    deposit.height = 0;
    chain.maturing.delete(outpoint);
    if (deposit.transfer === 0) continue;
    takeBack(state.ledger, BTC, deposit.account, CHAIN, deposit.value);
    const transfer = deposit.transfer;
    deposit.transfer = 0;
    tellTransfer(state, effects, {
      account: deposit.account,
      transfer,
      t: command.t,
      kind: "deposit",
      incoming: false,
      currency: BTC,
      amount: deposit.value,
      status: "reversed",
      address: deposit.address,
      txid: deposit.txid,
      vout: deposit.vout,
    });
    receivedByChain(state, deposit.address, -deposit.value, transfer, effects);
    setPending(state, deposit, 1, effects);
  }
  for (const [outpoint, coin] of chain.coins) {
    if (coin.height !== height) continue;
    // Change of our own payout exists as long as the payout does, and what a payout spends stays bound by it, or a second
    // payout would spend it; anything else comes again with its block.
    if (chain.addresses.get(coin.address)?.account === CHANGE || coin.payout !== 0) coin.height = 0;
    else chain.coins.delete(outpoint);
  }
  chain.recent.pop();
  return {};
};
