import { type Coin, type PayoutPlan, planPayout } from "@coinholder/bitcoin";
import {
  availableOf,
  BTC,
  HUB,
  openPayouts,
  type Payout,
  type PayoutVersion,
  payableWithdrawals,
  versionToSend,
  type Withdrawal,
} from "@coinholder/engine";
import type { Sats } from "@coinholder/protocol";
import type { Logger } from "pino";
import type { ChainHub } from "./chain-hub.ts";
import { freeCoins } from "./coins.ts";
import { feeCap } from "./fees.ts";
import { signAndJournal } from "./sign.ts";

/** Withdrawals that one transaction pays at most. */
const MOST_PER_PAYOUT = 200;
/** A transaction that the node did not take is offered again after this. */
const TRY_AGAIN_MS = 10_000;
/** A withdrawal that could not be paid (coins, limits) is not planned anew for so long. */
const REFUSED_MS = 2000;
/** So long at most a look plans and signs before calls have their turn; one payout is always tried. */
const TURN_MS = 100;
/** No payout splits its change into more parts. */
const MOST_CHANGE = 3;

export interface Payouts {
  /** Builds, signs and journals payouts for what waits, once that is on the disk. */
  readonly build: () => Promise<void>;
  /** Sends what is built and in no block, where the node's mempool does not have it. */
  readonly send: (missing: ReadonlySet<string>, stopped: () => boolean) => Promise<void>;
}

/** What one more output of ours costs at most, in vbytes: P2TR. */
const CHANGE_VSIZE = 43;

/**
 * Addresses for change: several while the wallet has few coins, so that a payment need not wait for another's change. What
 * that costs must be there: in fees that the hub took and did not pay to miners, never in what it owes to accounts.
 */
export const changeAddresses = (
  hub: Pick<ChainHub, "sequencer" | "config" | "chain" | "wallet">,
  confirmedCoins: number,
): string[] => {
  const { chain, ledger } = hub.sequencer.state;
  const { addressType, readyCoins } = hub.config.wallet;
  const afforded = Math.floor(availableOf(ledger, HUB, BTC) / (CHANGE_VSIZE * hub.chain.feeRate));
  const more = Math.max(0, Math.min(MOST_CHANGE - 1, readyCoins - confirmedCoins, afforded));
  return Array.from(
    { length: 1 + more },
    (_, i) => hub.wallet.address("change", chain.nextChange + i, addressType).address,
  );
};

const sumOf = (of: readonly { readonly amount: number }[]): number =>
  of.reduce((sum, { amount }) => sum + amount, 0);
const worthOf = (coins: readonly Coin[]): number => coins.reduce((sum, { value }) => sum + value, 0);

const plan = (
  hub: ChainHub,
  withdrawals: readonly Withdrawal[],
  free: readonly Coin[],
): PayoutPlan | { refused: string } => {
  // Who is told of a pledged payment counts on it only if nothing that it spends can still go away.
  const coins = withdrawals[0]!.pledged ? free.filter(({ confirmed }) => confirmed) : free;
  const planAt = (feeRate: number) =>
    planPayout({
      network: hub.wallet.network,
      coins,
      outputs: withdrawals.map(({ address, amount }) => ({ address, amount: amount as Sats })),
      changeAddresses: changeAddresses(hub, coins.filter(({ confirmed }) => confirmed).length),
      feeRate,
      maxFee: feeCap(hub.config, sumOf(withdrawals)),
    });
  let rate = hub.chain.feeRate;
  let planned = planAt(rate);
  // Fees rose since the last of the coins were promised: cheap is better than never.
  while (
    planned.refused === "insufficient_coins" &&
    withdrawals.length === 1 &&
    rate > hub.config.fees.floor
  ) {
    if (worthOf(coins) <= sumOf(withdrawals)) break;
    rate = Math.max(hub.config.fees.floor, Math.floor(rate / 2));
    planned = planAt(rate);
  }
  return planned;
};

/** What leaves in one payout at most now, and what an amount above it is refused for. */
const roomOf = (hub: ChainHub, coins: number): { left: number; why: string }[] => {
  const { dailyLimit, payoutLimit } = hub.config.wallet;
  return [
    { left: payoutLimit ?? Infinity, why: "over_payout_limit" },
    {
      left: dailyLimit === undefined ? Infinity : dailyLimit - hub.signer.signedToday(),
      why: "over_daily_limit",
    },
    { left: coins, why: "insufficient_coins" },
  ];
};

/** Those that fit together, oldest first. One that would not fit alone lets those behind it pass. */
const pick = (
  waiting: readonly Withdrawal[],
  rooms: readonly { left: number; why: string }[],
): { picked: Withdrawal[]; tooLarge: { transfer: number; why: string }[] } => {
  const picked: Withdrawal[] = [];
  const tooLarge: { transfer: number; why: string }[] = [];
  let sum = 0;
  for (const one of waiting) {
    if (picked.length === MOST_PER_PAYOUT) break;
    const { amount, transfer } = one;
    const narrow = rooms.find(({ left }) => amount > left);
    if (narrow !== undefined) tooLarge.push({ transfer, why: narrow.why });
    if (rooms.some(({ left }) => sum + amount > left)) continue;
    picked.push(one);
    sum += amount;
  }
  return { picked, tooLarge };
};

/**
 * Builds payouts for withdrawals up to this number: what carries the hub's identity alone and at once, the others together, as
 * many as coins and limits let.
 */
const makeBuilder = (hub: ChainHub, log: Logger): ((upTo: number) => void) => {
  /** Withdrawals that could not be paid alone, by number: why, and when it is tried again (by a clock that nobody sets). */
  const putOff = new Map<number, { refused: string; until: number }>();
  /** Numbers of those that are to be paid together, the next group first: halves of what was refused. */
  let groups: number[][] = [];
  let windowOpened: number | undefined;

  const refuse = (transfer: number, refused: string): void => {
    putOff.set(transfer, { refused, until: performance.now() + REFUSED_MS });
    log.debug({ transfer, refused }, "a withdrawal waits");
  };

  /** The next ones to pay together. Answers why others are not among them. */
  const group = (waiting: readonly Withdrawal[], coins: readonly Coin[]): string | undefined => {
    const { picked, tooLarge } = pick(waiting, roomOf(hub, worthOf(coins)));
    if (picked.length > 0) groups.push(picked.map(({ transfer }) => transfer));
    for (const { transfer, why } of tooLarge) refuse(transfer, why);
    return tooLarge[0]?.why;
  };

  /** Whether those that came first waited long enough for others. */
  const isDue = (waiting: readonly Withdrawal[]): boolean => {
    if (waiting.length === 0) {
      windowOpened = undefined;
      return false;
    }
    windowOpened ??= performance.now();
    if (waiting.length < MOST_PER_PAYOUT && performance.now() - windowOpened < hub.config.batchWindowMs)
      return false;
    windowOpened = undefined;
    return true;
  };

  return (upTo) => {
    const started = performance.now();
    const payable = payableWithdrawals(hub.sequencer.state);
    const byNumber = new Map(payable.map((one) => [one.transfer, one]));
    for (const [transfer, { until }] of putOff)
      if (!byNumber.has(transfer) || until <= started) putOff.delete(transfer);
    if (payable.length === 0) hub.chain.waiting = undefined;
    const ready = payable.filter(({ transfer }) => transfer <= upTo && !putOff.has(transfer));
    if (ready.length === 0) return;

    let coins = freeCoins(hub);
    const pledged = ready.filter((one) => one.pledged).map(({ transfer }) => [transfer]);
    if (groups.length === 0) {
      const others = ready.filter((one) => !one.pledged);
      if (isDue(others)) hub.chain.waiting = group(others, coins) ?? putOff.values().next().value?.refused;
    }
    groups.unshift(...pledged);
    for (let first = true; groups.length > 0; first = false) {
      if (!first && performance.now() - started > TURN_MS) break;
      // Some may be paid, or be of an account that came into debt, since they were put together.
      const withdrawals = groups.shift()!.flatMap((transfer) => byNumber.get(transfer) ?? []);
      if (withdrawals.length === 0) continue;
      const planned = plan(hub, withdrawals, coins);
      const refused =
        planned.refused ?? signAndJournal(hub, { is: "payment", plan: planned as PayoutPlan, withdrawals });
      if (refused === undefined) {
        if (groups.length > 0) coins = freeCoins(hub);
        continue;
      }
      const numbers = withdrawals.map(({ transfer }) => transfer);
      if (numbers.length === 1) {
        refuse(numbers[0]!, refused);
        hub.chain.waiting = refused;
        continue;
      }
      const half = Math.ceil(numbers.length / 2);
      groups.unshift(numbers.slice(0, half), numbers.slice(half));
    }
    // Asked anew at each look.
    groups = groups.filter(([transfer]) => !byNumber.get(transfer!)?.pledged);
  };
};

/** Buried so deep that no reorganisation brings it back: the signer need not remember it. (Abandoned ones it forgot at once.) */
const forgetFinished = (hub: ChainHub, known: Map<number, readonly string[]>): void => {
  const { payouts } = hub.sequencer.state.chain;
  const finished = [...known.keys()].filter((number) => !payouts.has(number));
  // In one go: each is written to the disk and waited for.
  hub.signer.forget(
    finished.flatMap((number) => known.get(number)!),
    "final",
  );
  for (const number of finished) known.delete(number);
  for (const payout of payouts.values())
    known.set(
      payout.number,
      payout.versions.map(({ txid }) => txid),
    );
};

/**
 * Pays what is reserved. A transaction is journaled before it is sent, and what was built is sent until it is in a block:
 * always the same bytes, whatever the node answered before. Only looking at the mempool and at blocks decides anything.
 */
export const makePayouts = (hub: ChainHub, log: Logger): Payouts => {
  /** When a transaction was offered last, by its txid and by a clock that nobody sets. */
  const lastTry = new Map<string, number>();
  const told = new Set<string>();
  const known = new Map<number, readonly string[]>();
  // Before any block is looked at: what the first look buries must be forgotten, too.
  forgetFinished(hub, known);
  const buildUpTo = makeBuilder(hub, log);
  /** The highest number of a withdrawal that is on the disk. */
  let onDisk = 0;

  /** Whether the node answered. */
  const send = async (payout: Payout, { txid, raw }: PayoutVersion): Promise<boolean> => {
    const outcome = await hub.node.sendRawTransaction(Buffer.from(raw, "hex"));
    if ("accepted" in outcome && outcome.accepted) {
      told.delete(txid);
      if (!payout.broadcast) hub.sequencer.run({ kind: "payout-broadcast", payout: payout.number });
      return true;
    }
    if (!told.has(txid))
      log.warn({ txid, outcome }, "a payout was not taken by the node; the same bytes are sent again");
    told.add(txid);
    return !("unknown" in outcome);
  };

  return {
    build: async () => {
      // The signer's memory outlives a crash. Signed for a withdrawal that was lost, a transaction could be no other one's, and
      // the same withdrawal, asked for again, would come to the very same transaction.
      const { transfer } = hub.sequencer.state.last;
      await hub.sequencer.durable();
      onDisk = Math.max(onDisk, transfer);
      buildUpTo(onDisk);
    },
    send: async (missing, stopped) => {
      await hub.sequencer.durable();
      forgetFinished(hub, known);
      const { chain } = hub.sequencer.state;
      const waiting = openPayouts(chain).flatMap((payout) => {
        const version = payout.conflict ? undefined : versionToSend(chain, payout);
        return version ? [{ payout, version }] : [];
      });
      const current = new Set(waiting.map(({ version }) => version.txid));
      for (const txid of lastTry.keys()) if (!current.has(txid)) lastTry.delete(txid);
      for (const txid of told) if (!current.has(txid)) told.delete(txid);
      // Parents first: a payout may spend another's change.
      for (const { payout, version } of waiting) {
        const { txid } = version;
        const wanted = !payout.broadcast || missing.has(txid);
        const now = performance.now();
        if (!wanted || now - (lastTry.get(txid) ?? Number.NEGATIVE_INFINITY) < TRY_AGAIN_MS) continue;
        if (stopped()) return;
        lastTry.set(txid, now);
        // A node that does not answer would be waited for each time.
        if (!(await send(payout, version))) return;
      }
    },
  };
};
