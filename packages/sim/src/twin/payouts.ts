import type { Stamped } from "@coinholder/engine";
import type { Of } from "./chain.ts";
import {
  balanceOf,
  CHAIN,
  CHANGE,
  COLD,
  HUB,
  type Twin,
  type TwinPayout,
  type TwinSpend,
  type TwinVersion,
  type Verdict,
} from "./twin.ts";

const living = (twin: Twin): TwinPayout[] => twin.payouts.filter((payout) => !payout.abandoned);

export const versionsOf = (twin: Twin): { payout: TwinPayout; version: TwinVersion }[] =>
  living(twin).flatMap((payout) => payout.versions.map((version) => ({ payout, version })));

const changeOf = (command: Of<"payout-built"> | Of<"payout-replaced">): string[] =>
  command.change.map(({ vout }) => `${command.txid}:${vout}`);

const addVersion = (
  twin: Twin,
  payout: TwinPayout,
  command: Of<"payout-built"> | Of<"payout-replaced">,
): void => {
  const { txid, inputs, fee } = command;
  payout.versions.push({ txid, inputs, fee, change: changeOf(command) });
  for (const { address } of command.change) twin.addresses.set(address, CHANGE);
  for (const outpoint of inputs) twin.binder.set(outpoint, payout);
};

export const twinBuilt = (twin: Twin, command: Of<"payout-built">): void => {
  const number = ++twin.lastPayout;
  const { is, withdrawals, cold } = command;
  const paid = twin.withdrawals.filter((one) => withdrawals.includes(one.transfer));
  for (const one of paid) one.payout = number;
  const pledged = paid.some((one) => one.pledged);
  const payout = {
    number,
    is,
    withdrawals,
    pledged,
    cold,
    versions: [],
    booked: undefined,
    abandoned: false,
  };
  twin.payouts.push(payout);
  addVersion(twin, payout, command);
};

export const twinReplaced = (twin: Twin, command: Of<"payout-replaced">): void =>
  addVersion(twin, twin.payouts.find((one) => one.number === command.payout)!, command);

const book = (twin: Twin, payout: TwinPayout, version: TwinVersion, sign: 1n | -1n): void => {
  for (const one of twin.withdrawals.filter(({ transfer }) => payout.withdrawals.includes(transfer))) {
    balanceOf(twin, one.account, "BTC").held -= sign * BigInt(one.amount + one.fee);
    balanceOf(twin, CHAIN, "BTC").available += sign * BigInt(one.amount);
    balanceOf(twin, HUB, "BTC").available += sign * BigInt(one.fee);
  }
  balanceOf(twin, COLD, "BTC").available -= sign * BigInt(payout.cold);
  balanceOf(twin, HUB, "BTC").available -= sign * BigInt(version.fee);
  balanceOf(twin, CHAIN, "BTC").available += sign * BigInt(payout.cold + version.fee);
};

/** Brings the books to what the blocks now say: which version of which payout is in one, and what others took. */
export const settle = (twin: Twin, spends: readonly TwinSpend[]): void => {
  const values = new Map(twin.mined.map((one) => [one.outpoint, one.value]));
  const ours = new Set(versionsOf(twin).map(({ version }) => version.txid));
  for (const spend of spends) {
    if (!values.has(spend.outpoint)) continue;
    twin.spends.push(spend);
    if (!ours.has(spend.txid)) twin.halt = "coin_spent_elsewhere";
  }
  const inBlock = new Set(twin.spends.map(({ txid }) => txid));
  for (const payout of living(twin)) {
    const now = payout.versions.find(({ txid }) => inBlock.has(txid));
    if (now === payout.booked) continue;
    if (payout.booked) book(twin, payout, payout.booked, -1n);
    if (now) book(twin, payout, now, 1n);
    payout.booked = now;
  }
  const lost = twin.spends
    .filter(({ txid }) => !ours.has(txid))
    .reduce((sum, { outpoint }) => sum + values.get(outpoint)!, 0);
  balanceOf(twin, HUB, "BTC").available -= BigInt(lost - twin.lost);
  balanceOf(twin, CHAIN, "BTC").available += BigInt(lost - twin.lost);
  twin.lost = lost;
};

/** The block in which a version is. */
export const heightOf = (twin: Twin, { booked }: TwinPayout): number =>
  (booked && twin.spends.find(({ txid }) => txid === booked.txid)?.height) ?? 0;

interface Reason {
  /** A block says it, not only the mempool. */
  readonly firm: boolean;
  readonly height: number;
}

/** Why no version of a payout can confirm, from all that its first one spends. */
export const conflictOf = (twin: Twin, payout: TwinPayout): Reason | undefined => {
  if (payout.booked) return undefined;
  const reasons: Reason[] = [];
  for (const outpoint of payout.versions[0]!.inputs) {
    const spend = twin.spends.find((one) => one.outpoint === outpoint);
    if (spend) reasons.push({ firm: true, height: spend.height });
    const gone = twin.gone.get(outpoint);
    if (gone !== undefined) reasons.push({ firm: false, height: gone });
    const parent = versionsOf(twin).find(({ version }) => version.change.includes(outpoint));
    if (!parent) continue;
    if (parent.payout.booked && parent.payout.booked !== parent.version)
      reasons.push({ firm: true, height: heightOf(twin, parent.payout) });
    const inherited = conflictOf(twin, parent.payout);
    if (inherited) reasons.push(inherited);
  }
  return reasons.sort((a, b) => Number(b.firm) - Number(a.firm) || a.height - b.height)[0];
};

export const twinAbandoned = (twin: Twin, command: Stamped<Of<"payout-abandoned">>): Verdict => {
  const payout = living(twin).find((one) => one.number === command.payout);
  if (!payout || isForgotten(twin, payout)) return "payout_unknown";
  const reason = conflictOf(twin, payout);
  if (!reason || twin.height - reason.height + 1 < twin.config.finalAfter) return "payout_alive";
  payout.abandoned = true;
  for (const { change } of payout.versions)
    for (const outpoint of change) twin.gone.set(outpoint, reason.height);
  for (const one of twin.withdrawals) {
    if (one.payout !== payout.number) continue;
    one.payout = 0;
    if (twin.crossings.has(one.transfer)) twin.crossings.set(one.transfer, false);
  }
  return "done";
};

export const twinCrossingTold = (twin: Twin, { transfer }: Of<"crossing-told">): Verdict => {
  const payout = twin.withdrawals.find((one) => one.transfer === transfer)?.payout;
  const carrier = twin.payouts.find((one) => one.number === payout);
  if (twin.crossings.get(transfer) !== false || (carrier && isForgotten(twin, carrier)))
    return "transfer_unknown";
  twin.crossings.set(transfer, true);
  return "done";
};

const isForgotten = (twin: Twin, payout: TwinPayout): boolean =>
  payout.booked !== undefined && twin.highestBuried >= heightOf(twin, payout);

/** What could be paid now. */
export const twinPayable = (twin: Twin): number[] =>
  twin.halt
    ? []
    : twin.withdrawals
        .filter((one) => one.payout === 0 && balanceOf(twin, one.account, "BTC").available >= 0n)
        .map((one) => one.transfer);

const isBound = (twin: Twin, outpoint: string): boolean => {
  const by = twin.binder.get(outpoint);
  return by !== undefined && !by.abandoned && (!by.booked || by.booked.inputs.includes(outpoint));
};

/** What a payout may spend: what counts and is deep enough, and change of payouts that will come as they are. */
export const twinCoins = (twin: Twin): string[] => {
  const spent = new Set(twin.spends.map(({ outpoint }) => outpoint));
  const waiting = new Set(twin.deposits.filter((one) => !one.counted).map(({ outpoint }) => outpoint));
  const deep = twin.mined
    .filter((one) => !waiting.has(one.outpoint))
    .filter((one) => !one.coinbase || twin.height - one.height + 1 >= 100)
    .map(({ outpoint }) => outpoint);
  const expected = living(twin)
    .filter((one) => !one.booked && one.versions.length === 1 && !conflictOf(twin, one))
    .flatMap((one) => one.versions[0]!.change);
  return [...deep, ...expected].filter((outpoint) => !spent.has(outpoint) && !isBound(twin, outpoint));
};
