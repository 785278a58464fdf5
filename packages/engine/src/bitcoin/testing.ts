import type { EngineConfig } from "../config.ts";
import type { Effect } from "../effects.ts";
import { CONFIG, confirmations, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import { spendableCoins } from "./coins.ts";
import type { Change, PayoutBuilt, PayoutReplaced, Receipt } from "./commands.ts";

/** A hub with one account that has an address. */
export const scene = (blocks = 1, config: Partial<EngineConfig> = {}) => {
  const hub = testHub({ ...CONFIG, confirmations: confirmations(blocks), ...config });
  const anna = hub.account();
  const address = hub.address(anna);
  const receipt = (txid: string, value: number, vout = 0): Receipt => ({
    txid,
    vout,
    value: sat(value),
    address,
  });
  return { hub, anna, address, receipt };
};

/** Outpoints that a payout may spend. */
export const free = (hub: TestHub): string[] => spendableCoins(hub.state.chain).map((coin) => coin.outpoint);

export const mempool = (appeared: readonly Receipt[], gone: readonly string[] = []) =>
  ({ kind: "chain-mempool", appeared, gone }) as const;

export const withdraw = (by: Owner, amount: number, fee: number, more = {}) =>
  ({
    kind: "send",
    by: by.calls("send-btc"),
    address: "outside",
    amount: sat(amount),
    fee: sat(fee),
    ...more,
  }) as const;

/** One output of change, at vout 1, to a fresh change address or to the one given. */
const changeOf = (hub: TestHub, value: number, again?: Change): Change[] => {
  const index = hub.state.chain.nextChange;
  return value === 0 ? [] : [{ vout: 1, address: `change-${index}`, index, ...again, value: sat(value) }];
};

export const built = (
  hub: TestHub,
  txid: string,
  withdrawals: readonly number[],
  inputs: readonly string[],
  fee: number,
  change: number,
  more: Partial<PayoutBuilt> = {},
): PayoutBuilt => ({
  kind: "payout-built",
  is: "payment",
  withdrawals,
  txid,
  raw: "00",
  inputs,
  fee: sat(fee),
  change: changeOf(hub, change),
  vsize: 100,
  cold: sat(0),
  ...more,
});

/** Reuses the change address of the version before. */
export const replaced = (
  hub: TestHub,
  payout: number,
  txid: string,
  inputs: readonly string[],
  fee: number,
  change: number,
): PayoutReplaced => ({
  kind: "payout-replaced",
  payout,
  txid,
  raw: "01",
  inputs,
  fee: sat(fee),
  change: changeOf(hub, change, hub.state.chain.payouts.get(payout)!.versions.at(-1)!.change[0]),
  vsize: 100,
});

/** The change that a version of a payout pays, as the block that has it tells. */
export const changeReceipts = (hub: TestHub, payout: number, version = 0): Receipt[] => {
  const { change, txid } = hub.state.chain.payouts.get(payout)!.versions[version]!;
  return change.map(({ vout, value, address }) => ({ txid, vout, value, address }));
};

/** A block that has a version of a payout. */
export const mine = (hub: TestHub, payout: number, version = 0, more: readonly Receipt[] = []): void => {
  const { txid, inputs } = hub.state.chain.payouts.get(payout)!.versions[version]!;
  hub.block(
    [...more, ...changeReceipts(hub, payout, version)],
    inputs.map((outpoint) => [outpoint, txid]),
  );
};

/** A deposit of 1000, of which 600 and a fee of 20 are paid by the transaction "payout", with change of 385. */
export const paid = () => {
  const all = scene();
  const { hub, anna, receipt } = all;
  hub.block([receipt("tx", 1000)]);
  const { transfer } = hub.done(withdraw(anna, 600, 20)).answer;
  hub.done(built(hub, "payout", [transfer], ["tx:0"], 15, 385));
  return { ...all, transfer };
};

export const statuses = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) =>
    effect.is === "status" ? [`${effect.status}${effect.txid === undefined ? "" : ` ${effect.txid}`}`] : [],
  );
