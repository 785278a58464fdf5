import { HUB } from "../accounts/accounts.ts";
import { outpointOf } from "../bitcoin/chain.ts";
import type { Receipt } from "../bitcoin/commands.ts";
import type { EngineConfig } from "../config.ts";
import type { Effect } from "../effects.ts";
import { availableOf } from "../ledger/ledger.ts";
import { CONFIG, confirmations, has, type Owner, sat, type TestHub, testHub } from "../testing.ts";
import type { AttachIdentity, SetLine } from "./commands.ts";
import { withdrawable } from "./marks.ts";
import type { Identity } from "./record.ts";

export const IDENTITY = "aa".repeat(32);
export const OTHER = "bb".repeat(32);

/** A hub where deposits count after two blocks, with an identity that has a ceiling of 10 000, so a line of 1000. */
export const scene = (config: Partial<EngineConfig> = {}) => {
  const hub = testHub({ ...CONFIG, confirmations: confirmations(2), ...config });
  const [anna, bert] = [hub.account("anna"), hub.account("bert")];
  const address = hub.address(anna);
  hub.done(ceiling(hub, 10_000, IDENTITY));
  return { hub, anna, bert, address };
};

export const ceiling = (hub: TestHub, most: number, identity?: string): SetLine => ({
  kind: "set-line",
  by: hub.operator.calls("operator-set-line"),
  ...(identity === undefined ? {} : { identity }),
  ceiling: sat(most),
});

export const output = (txid: string, value: number, address: string, vout = 0): Receipt => ({
  txid,
  vout,
  value: sat(value),
  address,
});

/** It spends the outpoint "<txid> in:0" unless said otherwise. */
export const attach = (receipts: readonly Receipt[], more: Partial<AttachIdentity> = {}): AttachIdentity => {
  const { txid } = receipts[0]!;
  return {
    kind: "attach-identity",
    identity: IDENTITY,
    url: "https://x.example/identity.js",
    txid,
    inputs: [`${txid} in:0`],
    receipts,
    credit: true,
    ...more,
  };
};

export const attached = (
  hub: TestHub,
  receipts: readonly Receipt[],
  more: Partial<AttachIdentity> = {},
): string => hub.done(attach(receipts, more)).answer.status;

/** `height`: blocks below and with the tip; 0: in the mempool. */
export const conflicted = (hub: TestHub, txid: string, deep = 0, rival = `rival of ${txid}`) =>
  hub.done({
    kind: "transfer-conflicted",
    txid,
    rival,
    height: deep === 0 ? 0 : hub.state.chain.recent.at(-1)!.height - deep + 1,
  });

export const left = (hub: TestHub, receipts: readonly Receipt[]) =>
  hub.done({ kind: "chain-mempool", appeared: [], gone: receipts.map(outpointOf) });

export const recordOf = (hub: TestHub, key = IDENTITY): Identity => hub.state.lines.identities.get(key)!;

/** [number, satoshi] of seen, confirmed, replaced and double-spent. */
export const tallies = (hub: TestHub, key = IDENTITY): Record<string, readonly [number, number]> => {
  const { seen, confirmed, replaced, doubleSpent } = recordOf(hub, key);
  const all = { seen, confirmed, replaced, doubleSpent };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, { number, amount }]) =>
      number === 0 ? [] : [[name, [number, amount] as const]],
    ),
  );
};

/** [available, pending, withdrawable] of BTC. */
export const btc = (hub: TestHub, owner: Owner): [number, number, number] => {
  const [available, , pending] = has(hub, owner, "BTC");
  return [available, pending, withdrawable(hub.state, owner.index)];
};

export const hubs = (hub: TestHub): number => availableOf(hub.state.ledger, HUB, 0);

/** What effects tell of transfers: "kind status amount" of rows and "status" of what was told before. */
export const told = (effects: readonly Effect[]): string[] =>
  effects.flatMap((effect) =>
    effect.is === "transfer"
      ? [`${effect.kind} ${effect.status} ${effect.incoming ? "" : "-"}${effect.amount}`]
      : effect.is === "status"
        ? [effect.status]
        : effect.is === "line"
          ? [`line: ${effect.event}`]
          : [],
  );
