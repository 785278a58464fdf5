import type { Command, Receipt } from "@coinholder/engine";
import { balanceOf, CHAIN, CHANGE, HUB, type Twin, type TwinDeposit, type TwinPayout } from "./twin.ts";

const COINBASE_MATURITY = 100;

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

export const neededDepth = (twin: Twin, coinbase: boolean): number =>
  Math.max(twin.config.confirmations, coinbase ? COINBASE_MATURITY : 0);

const invoiceAt = (twin: Twin, address: string) => twin.invoices.find((one) => one.address === address);

const inSight = (twin: Twin, deposit: TwinDeposit, sign: 1 | -1): void => {
  balanceOf(twin, deposit.account, "BTC").pending += BigInt(sign * deposit.value);
  const invoice = invoiceAt(twin, deposit.address);
  if (invoice) invoice.seen += sign * deposit.value;
};

const count = (twin: Twin, deposit: TwinDeposit, counted: boolean): void => {
  const change = counted ? deposit.value : -deposit.value;
  deposit.counted = counted;
  balanceOf(twin, deposit.account, "BTC").available += BigInt(change);
  balanceOf(twin, CHAIN, "BTC").available -= BigInt(change);
  const invoice = invoiceAt(twin, deposit.address);
  if (invoice) invoice.received += change;
  inSight(twin, deposit, counted ? -1 : 1);
  if (counted) twin.lastTransfer++;
};

const note = (twin: Twin, receipt: Receipt): TwinDeposit | undefined => {
  const account = twin.addresses.get(receipt.address);
  if (account === undefined || account === CHANGE) return undefined;
  const outpoint = `${receipt.txid}:${receipt.vout}`;
  const known = twin.deposits.find((one) => one.outpoint === outpoint);
  if (known) return known;
  const { address, value } = receipt;
  const coinbase = receipt.coinbase ?? false;
  const deposit = { outpoint, address, account, value, coinbase, height: 0, counted: false };
  twin.deposits.push(deposit);
  inSight(twin, deposit, 1);
  return deposit;
};

export const twinMempool = (twin: Twin, command: Of<"chain-mempool">): void => {
  for (const receipt of command.appeared) note(twin, receipt);
  for (const deposit of twin.deposits.filter(
    (one) => one.height === 0 && command.gone.includes(one.outpoint),
  )) {
    inSight(twin, deposit, -1);
    twin.deposits = twin.deposits.filter((one) => one !== deposit);
  }
};

// Confirmed: what was held for it has left. And back.
const settle = (twin: Twin, payout: TwinPayout, height: number): void => {
  const sign = height > 0 ? 1n : -1n;
  payout.height = height;
  for (const one of twin.withdrawals.filter((withdrawal) =>
    payout.withdrawals.includes(withdrawal.transfer),
  )) {
    balanceOf(twin, one.account, "BTC").held -= sign * BigInt(one.amount + one.fee);
    balanceOf(twin, CHAIN, "BTC").available += sign * BigInt(one.amount);
    balanceOf(twin, HUB, "BTC").available += sign * BigInt(one.fee);
  }
  balanceOf(twin, HUB, "BTC").available -= sign * BigInt(payout.fee);
  balanceOf(twin, CHAIN, "BTC").available += sign * BigInt(payout.fee);
};

export const twinBlock = (twin: Twin, command: Of<"chain-block">): void => {
  const { height } = command;
  twin.height = height;
  for (const receipt of command.receipts) {
    const deposit = note(twin, receipt);
    if (deposit) deposit.height = height;
  }
  for (const payout of twin.payouts) {
    if (payout.height === 0 && command.spends.some((spend) => spend.txid === payout.txid))
      settle(twin, payout, height);
    else if (payout.height > 0 && height - payout.height + 1 >= twin.config.finalAfter) payout.final = true;
  }
  for (const deposit of twin.deposits) {
    const needed = neededDepth(twin, deposit.coinbase);
    if (deposit.height > 0 && !deposit.counted && height - deposit.height + 1 >= needed)
      count(twin, deposit, true);
  }
};

export const twinUndo = (twin: Twin, command: Of<"chain-undo">): void => {
  twin.height = command.height - 1;
  for (const payout of twin.payouts)
    if (payout.height === command.height && !payout.final) settle(twin, payout, 0);
  for (const deposit of twin.deposits) {
    if (deposit.height !== command.height) continue;
    if (deposit.counted) count(twin, deposit, false);
    deposit.height = 0;
  }
};

export const twinBuilt = (twin: Twin, command: Of<"payout-built">): void => {
  const number = ++twin.lastPayout;
  for (const one of twin.withdrawals) if (command.withdrawals.includes(one.transfer)) one.payout = number;
  if (command.change) twin.addresses.set(command.change.address, CHANGE);
  const { txid, inputs, withdrawals, fee, change } = command;
  twin.payouts.push({
    number,
    txid,
    inputs,
    withdrawals,
    fee,
    change: change && `${txid}:${change.vout}`,
    height: 0,
    final: false,
  });
};
