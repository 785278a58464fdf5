import type { Command, Receipt, Stamped } from "@coinholder/engine";
import { twinFiatPart } from "./invoices.ts";
import { earlyOf, twinLose, twinMadeGood, twinReview, twinUndoConflicts } from "./lines.ts";
import { twinCredited } from "./options.ts";
import { settle, versionsOf } from "./payouts.ts";
import { balanceOf, CHAIN, CHANGE, HUB, type Twin, type TwinDeposit } from "./twin.ts";

const COINBASE_MATURITY = 100;

export type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** How deep a deposit in a block must be: by what that block paid to its address in all. */
const neededDepth = (twin: Twin, deposit: TwinDeposit): number => {
  const sum = twin.deposits
    .filter((one) => one.height === deposit.height && one.address === deposit.address)
    .reduce((all, one) => all + one.value, 0);
  const tier = twin.config.confirmations.find(({ upTo }) => upTo === null || upTo >= sum)!;
  return Math.max(tier.blocks, deposit.coinbase ? COINBASE_MATURITY : 0);
};

const invoiceAt = (twin: Twin, address: string) => twin.invoices.find((one) => one.address === address);

const inSight = (twin: Twin, deposit: TwinDeposit, sign: 1 | -1): void => {
  if (earlyOf(twin, deposit.outpoint)) return;
  balanceOf(twin, deposit.account, "BTC").pending += BigInt(sign * deposit.value);
  const invoice = invoiceAt(twin, deposit.address);
  if (invoice) invoice.seen += sign * deposit.value;
};

const count = (twin: Twin, deposit: TwinDeposit, counted: boolean, t: number): void => {
  const change = counted ? deposit.value : -deposit.value;
  const txid = deposit.outpoint.slice(0, deposit.outpoint.lastIndexOf(":"));
  deposit.counted = counted;
  const early = earlyOf(twin, deposit.outpoint);
  if (early) {
    twinMadeGood(twin, deposit, early);
    twinReview(twin, deposit.outpoint, t);
    return;
  }
  balanceOf(twin, deposit.account, "BTC").available += BigInt(change);
  balanceOf(twin, CHAIN, "BTC").available -= BigInt(change);
  const invoice = invoiceAt(twin, deposit.address);
  if (invoice) {
    invoice.received += change;
    twinFiatPart(invoice, txid, change);
  }
  inSight(twin, deposit, counted ? -1 : 1);
  if (counted) twin.lastTransfer++;
  twinCredited(twin, deposit.address, change, t, txid);
  twinReview(twin, deposit.outpoint, t);
};

/** Undefined: nothing, or to nobody here, or the hub's own change. */
const note = (twin: Twin, receipt: Receipt): TwinDeposit | undefined => {
  const account = twin.addresses.get(receipt.address);
  const outpoint = `${receipt.txid}:${receipt.vout}`;
  if (account === undefined || receipt.value === 0) return undefined;
  if (account === CHANGE && versionsOf(twin).some(({ version }) => version.change.includes(outpoint)))
    return undefined;
  twin.gone.delete(outpoint);
  const known = twin.deposits.find((one) => one.outpoint === outpoint);
  if (known) return known;
  const { address, value } = receipt;
  const coinbase = receipt.coinbase ?? false;
  const owner = account === CHANGE ? HUB : account;
  const deposit = { outpoint, address, account: owner, value, coinbase, height: 0, counted: false };
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
    twin.gone.set(deposit.outpoint, twin.height);
  }
};

const mined = (twin: Twin, receipt: Receipt, height: number): void => {
  if (!twin.addresses.has(receipt.address) || receipt.value === 0) return;
  const { address, value } = receipt;
  const outpoint = `${receipt.txid}:${receipt.vout}`;
  twin.mined.push({ outpoint, address, value, coinbase: receipt.coinbase ?? false, height });
  const deposit = note(twin, receipt);
  if (!deposit) return;
  deposit.height = height;
  // They count in the order in which blocks told of them.
  twin.deposits = [...twin.deposits.filter((one) => one !== deposit), deposit];
};

const countDeep = (twin: Twin, t: number): void => {
  for (const deposit of twin.deposits)
    if (
      deposit.height > 0 &&
      !deposit.counted &&
      twin.height - deposit.height + 1 >= neededDepth(twin, deposit)
    )
      count(twin, deposit, true, t);
};

export const twinBlock = (twin: Twin, { height, receipts, spends, t }: Stamped<Of<"chain-block">>): void => {
  twin.height = height;
  twin.highest = Math.max(twin.highest, height);
  twin.highestBuried = Math.max(twin.highestBuried, height - 200);
  for (const receipt of receipts) mined(twin, receipt, height);
  settle(
    twin,
    spends.map((spend) => ({ ...spend, height })),
  );
  countDeep(twin, t);
  twinLose(twin);
};

export const twinRescan = (twin: Twin, { receipts, spends, t }: Stamped<Of<"chain-rescan">>): void => {
  for (const receipt of receipts) mined(twin, receipt, receipt.height);
  settle(twin, spends);
  countDeep(twin, t);
  twinLose(twin);
};

export const twinUndo = (twin: Twin, { height, t }: Stamped<Of<"chain-undo">>): void => {
  twin.height = height - 1;
  twin.mined = twin.mined.filter((one) => one.height !== height);
  twin.spends = twin.spends.filter((one) => one.height !== height);
  settle(twin, []);
  twinUndoConflicts(twin, height);
  for (const deposit of twin.deposits) {
    if (deposit.height !== height) continue;
    if (deposit.counted) count(twin, deposit, false, t);
    deposit.height = 0;
  }
  if (twin.highest - twin.height > twin.config.deepReorg && twin.halt !== "coin_spent_elsewhere")
    twin.halt = "deep_reorganisation";
};
