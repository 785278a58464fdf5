import type { Stamped } from "@coinholder/engine";
import type { Of } from "./chain.ts";
import { twinFiatPart } from "./invoices.ts";
import { twinCredited } from "./options.ts";
import {
  balanceOf,
  CHAIN,
  CHANGE,
  HUB,
  OPERATOR,
  type Twin,
  type TwinAttached,
  type TwinDeposit,
  type TwinIdentity,
  type TwinLineCoin,
  type Verdict,
} from "./twin.ts";

const DAY_MS = 86_400_000;

/** Whether a deposit was credited before it counted, and by which transfer. */
export const earlyOf = (
  twin: Twin,
  outpoint: string,
): { attached: TwinAttached; coin: TwinLineCoin } | undefined => {
  for (const attached of twin.attached) {
    const coin = attached.early ? attached.coins.find((one) => one.outpoint === outpoint) : undefined;
    if (coin) return { attached, coin };
  }
  return undefined;
};

const hasCounted = (twin: Twin, { outpoint }: TwinLineCoin): boolean =>
  twin.deposits.some((one) => one.outpoint === outpoint && one.counted);

const isOpen = (twin: Twin, attached: TwinAttached, coin: TwinLineCoin): boolean =>
  attached.early && !attached.lost && !hasCounted(twin, coin);

const sumOf = (coins: readonly { readonly value: number }[]): number =>
  coins.reduce((sum, { value }) => sum + value, 0);

/** What is open of an identity, or of all. */
export const twinOpen = (twin: Twin, identity?: string): number =>
  twin.attached
    .filter((one) => identity === undefined || one.identity === identity)
    .reduce((sum, one) => sum + sumOf(one.coins.filter((coin) => isOpen(twin, one, coin))), 0);

export const twinLine = (twin: Twin, key: string, t: number): number => {
  const own = twin.attached.filter((one) => one.identity === key);
  const identity = twin.identities.get(key);
  if (!identity || own.some((one) => one.ends || (one.conflict && !one.lost && !allCount(twin, one))))
    return 0;
  const earned = own
    .filter((one) => one.earned !== undefined && one.earned > Math.floor(t / DAY_MS) - 180)
    .reduce((sum, one) => sum + sumOf(one.coins), 0);
  const line = Math.floor(identity.ceiling / 10) + Math.floor(earned / 2);
  return Math.min(identity.ceiling, line);
};

const roomFor = (twin: Twin, key: string, amount: number, t: number): boolean => {
  if (twin.halt || twin.linesAccount < 0) return false;
  if (twin.linesCeiling !== undefined && twinOpen(twin) + amount > twin.linesCeiling) return false;
  return twinOpen(twin, key) + amount <= twinLine(twin, key, t);
};

const identityOf = (twin: Twin, key: string): TwinIdentity => {
  const known = twin.identities.get(key);
  if (known) return known;
  const fresh = { ceiling: 0, seen: 0, confirmed: 0, replaced: 0, doubleSpent: 0 };
  twin.identities.set(key, fresh);
  return fresh;
};

export const twinSetLine = (twin: Twin, { ceiling, identity }: Of<"set-line">): void => {
  if (twin.linesAccount < 0) twin.linesAccount = twin.accounts.push({ id: "sys:lines", name: undefined }) - 1;
  if (identity === undefined) twin.linesCeiling = ceiling;
  else identityOf(twin, identity).ceiling = ceiling;
};

/** What may leave by chain. */
export const twinWithdrawable = (twin: Twin, account: number): bigint => {
  let marked = 0;
  for (const attached of twin.attached)
    for (const coin of attached.coins)
      if (isOpen(twin, attached, coin)) marked += coin.marks.get(account) ?? 0;
  const left = balanceOf(twin, account, "BTC").available - BigInt(marked);
  return left > 0n ? left : 0n;
};

/** Marks follow what is given, the oldest coin's first. */
export const twinGiveMarks = (
  twin: Twin,
  [from, to]: readonly [number, number],
  give: number,
  which?: (coin: TwinLineCoin) => boolean,
): void => {
  const unmarked = twinWithdrawable(twin, from);
  let left = which ? BigInt(give) : BigInt(give) - unmarked;
  const open = twin.attached
    .flatMap((attached) => attached.coins.filter((coin) => isOpen(twin, attached, coin)))
    .filter((coin) => which === undefined || which(coin))
    .sort((a, b) => a.transfer - b.transfer);
  for (const coin of open) {
    const had = coin.marks.get(from) ?? 0;
    const moved = left < BigInt(had) ? Number(left) : had;
    if (moved <= 0) continue;
    left -= BigInt(moved);
    coin.marks.set(from, had - moved);
    coin.marks.set(to, (coin.marks.get(to) ?? 0) + moved);
  }
};

const allCount = (twin: Twin, { coins }: TwinAttached): boolean =>
  coins.every((coin) => hasCounted(twin, coin));

export const twinAttach = (twin: Twin, command: Stamped<Of<"attach-identity">>): Verdict => {
  const { identity: key, inputs, succeeds = [], t, txid } = command;
  const known = twin.attached.find((one) => one.txid === txid);
  if (known) return known.identity === key || succeeds.includes(known.identity) ? "done" : "transfer_claimed";
  const coins = command.receipts
    .filter(({ address, value }) => value > 0 && (twin.addresses.get(address) ?? CHANGE) !== CHANGE)
    .map(
      ({ address, value, vout }): TwinLineCoin => ({
        outpoint: `${txid}:${vout}`,
        address,
        value,
        account: twin.addresses.get(address)!,
        transfer: 0,
        marks: new Map(),
      }),
    );
  if (coins.length === 0) return "transfer_not_ours";
  if (coins.some((coin) => hasCounted(twin, coin))) return "done";
  const identity = identityOf(twin, key);
  for (const old of succeeds) takeOver(twin, old, key);
  identity.seen++;
  const rivals = twin.attached.filter((one) => one.inputs.some((outpoint) => inputs.includes(outpoint)));
  const early =
    command.credit &&
    rivals.length === 0 &&
    coins.every(({ account }) => account >= OPERATOR) &&
    roomFor(twin, key, sumOf(coins), t);
  const attached: TwinAttached = {
    txid,
    identity: key,
    inputs,
    coins,
    early,
    earned: undefined,
    confirmed: false,
    conflict: undefined,
    lost: false,
    ends: false,
    replaced: false,
  };
  twin.attached.push(attached);
  if (command.credit)
    for (const rival of rivals) {
      twinConflict(twin, rival, { rival: txid, height: 0 });
      twinConflict(twin, attached, { rival: rival.txid, height: 0 });
    }
  if (early) for (const coin of coins) creditEarly(twin, attached, coin, t);
  return "done";
};

/** What is known of a key is known of the one after it. */
const takeOver = (twin: Twin, old: string, key: string): void => {
  const [from, to] = [twin.identities.get(old), identityOf(twin, key)];
  if (!from || from === to) return;
  for (const one of ["seen", "confirmed", "replaced", "doubleSpent"] as const) to[one] += from[one];
  to.ceiling = Math.max(to.ceiling, from.ceiling);
  for (const one of twin.attached) if (one.identity === old) one.identity = key;
  twin.identities.delete(old);
};

const creditEarly = (twin: Twin, { txid }: TwinAttached, coin: TwinLineCoin, t: number): void => {
  const { account, address, outpoint, value } = coin;
  const invoice = twin.invoices.find((one) => one.address === address);
  const deposit = twin.deposits.find((one) => one.outpoint === outpoint);
  if (deposit) {
    balanceOf(twin, account, "BTC").pending -= BigInt(value);
    if (invoice) invoice.seen -= value;
  } else {
    twin.gone.delete(outpoint);
    const seen = { outpoint, address, account, value, coinbase: false, height: 0, counted: false };
    twin.deposits.push(seen);
  }
  balanceOf(twin, twin.linesAccount, "BTC").available -= BigInt(value);
  balanceOf(twin, account, "BTC").available += BigInt(value);
  coin.transfer = ++twin.lastTransfer;
  coin.marks.set(account, value);
  if (invoice) {
    invoice.received += value;
    twinFiatPart(invoice, txid, value);
  }
  twinCredited(twin, address, value, t, txid);
};

/** It began to count (or does so no more): what was credited early is made good by it. */
export const twinMadeGood = (
  twin: Twin,
  deposit: TwinDeposit,
  { attached }: { readonly attached: TwinAttached },
): void => {
  const change = BigInt(deposit.counted ? deposit.value : -deposit.value);
  balanceOf(twin, CHAIN, "BTC").available -= change;
  balanceOf(twin, attached.lost ? HUB : twin.linesAccount, "BTC").available += change;
};

/** After anything began to count or ceased to. */
export const twinReview = (twin: Twin, outpoint: string, t: number): void => {
  for (const attached of twin.attached) {
    if (!attached.coins.some((coin) => coin.outpoint === outpoint)) continue;
    const all = allCount(twin, attached);
    if (all === attached.confirmed) continue;
    attached.confirmed = all;
    attached.earned = all ? Math.floor(t / DAY_MS) : undefined;
    identityOf(twin, attached.identity).confirmed += all ? 1 : -1;
    if (all && !attached.lost) attached.conflict = undefined;
  }
};

const twinConflict = (
  twin: Twin,
  attached: TwinAttached,
  conflict: { readonly rival: string; readonly height: number },
): void => {
  const mined = attached.coins.some((coin) =>
    twin.deposits.some((one) => one.outpoint === coin.outpoint && one.height > 0),
  );
  if (conflict.height === 0 && (mined || attached.conflict)) {
    if (!mined && attached.conflict?.height === 0) attached.conflict = conflict;
    return;
  }
  if (allCount(twin, attached)) return;
  if (!attached.conflict) {
    for (const one of twin.attached) if (one.identity === attached.identity) one.earned = undefined;
    if (!attached.replaced) identityOf(twin, attached.identity).replaced++;
    attached.replaced = true;
  }
  attached.conflict = conflict;
};

export const twinConflicted = (twin: Twin, { height, rival, txid }: Of<"transfer-conflicted">): void => {
  const attached = twin.attached.find((one) => one.txid === txid);
  if (!attached) return;
  twinConflict(twin, attached, { rival, height });
  // The others wait for the next block, though a configuration asked for fewer since the last.
  twinLose(twin, attached);
};

export const twinUndoConflicts = (twin: Twin, height: number): void => {
  for (const { conflict, ...one } of twin.attached)
    if (conflict?.height === height)
      twin.attached.find(({ txid }) => txid === one.txid)!.conflict = { ...conflict, height: 0 };
};

/** Books what was taken by a transaction that is deep enough, of all or one. */
export const twinLose = (twin: Twin, only?: TwinAttached): void => {
  for (const attached of only ? [only] : twin.attached) {
    const { coins, conflict, lost } = attached;
    if (lost || !conflict || conflict.height === 0) continue;
    const depths = coins.map(({ address }) => {
      const sum = sumOf(coins.filter((one) => one.address === address));
      return twin.config.confirmations.find(({ upTo }) => upTo === null || upTo >= sum)!.blocks;
    });
    if (twin.height - conflict.height + 1 < Math.max(...depths)) continue;
    const open = sumOf(coins.filter((coin) => isOpen(twin, attached, coin)));
    if (open > 0) {
      balanceOf(twin, HUB, "BTC").available -= BigInt(open);
      balanceOf(twin, twin.linesAccount, "BTC").available += BigInt(open);
    }
    attached.lost = true;
    attached.ends = true;
    const identity = identityOf(twin, attached.identity);
    identity.replaced--;
    identity.doubleSpent++;
  }
};
