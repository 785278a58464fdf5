import type { Sats, TimeMs } from "@coinholder/protocol";
import type { PaidWithdrawal, SignedRecord, SignerEntry } from "./record.ts";

/** What was signed, as it follows from the entries of the log. */
export type Memory = {
  /** Neither final nor abandoned, oldest first, by txid. */
  live: Map<string, SignedRecord>;
  /** By number of transfer: what it was signed for, and the live transactions that pay it. */
  paid: Map<number, { address: string; amount: Sats; txids: Set<string> }>;
  /** Transfers that were paid for good. */
  settled: Set<number>;
  /** What left by withdrawals, each counted when it was first signed; entries of the last day, oldest first. */
  spent: { t: TimeMs; amount: number }[];
  /** The highest number of a transfer that anything was signed for. */
  highest: number;
  /** The latest time there was: a clock that is set back sets nothing free. */
  latest: TimeMs;
};

export const DAY_MS = 24 * 60 * 60 * 1000;

export const emptyMemory = (): Memory => ({
  live: new Map(),
  paid: new Map(),
  settled: new Set(),
  spent: [],
  highest: 0,
  latest: 0 as TimeMs,
});

/** Those that no live transaction pays yet: the others replace what was counted. */
export const freshOnes = (
  { paid }: Memory,
  withdrawals: readonly PaidWithdrawal[],
): readonly PaidWithdrawal[] => withdrawals.filter(({ transfer }) => !paid.get(transfer)?.txids.size);

const totalOf = (withdrawals: readonly PaidWithdrawal[]): number =>
  withdrawals.reduce((sum, { amount }) => sum + amount, 0);

const remember = (memory: Memory, record: SignedRecord): void => {
  const { txid, t, withdrawals } = record;
  memory.latest = t;
  while (memory.spent[0] !== undefined && memory.spent[0].t <= t - DAY_MS) memory.spent.shift();
  const amount = totalOf(freshOnes(memory, withdrawals));
  if (amount > 0) memory.spent.push({ t, amount });
  for (const { transfer, address, amount } of withdrawals) {
    memory.highest = Math.max(memory.highest, transfer);
    const before = memory.paid.get(transfer);
    if (before) before.txids.add(txid);
    else memory.paid.set(transfer, { address, amount, txids: new Set([txid]) });
  }
  memory.live.set(txid, record);
};

const forget = (memory: Memory, { txids, why }: SignerEntry & { is: "forgotten" }): void => {
  for (const txid of txids) {
    const record = memory.live.get(txid);
    if (record === undefined) continue;
    memory.live.delete(txid);
    for (const { transfer } of record.withdrawals) {
      memory.paid.get(transfer)?.txids.delete(txid);
      if (why === "abandoned") continue;
      memory.settled.add(transfer);
      memory.paid.delete(transfer);
    }
  }
};

export const apply = (memory: Memory, entry: SignerEntry): void => {
  if (entry.is === "signed") remember(memory, entry.record);
  else forget(memory, entry);
};

/**
 * Whether so much more may leave at `t`, or from when on it may: undefined where it never may. The limit holds for any 24
 * hours.
 */
export const dailyRoom = (
  { spent }: Memory,
  amount: number,
  perDay: number,
  t: TimeMs,
): { fits: boolean; freeAt?: TimeMs } => {
  const within = spent.filter((entry) => entry.t > t - DAY_MS);
  let total = within.reduce((sum, entry) => sum + entry.amount, amount);
  if (total <= perDay) return { fits: true };
  for (const entry of within) {
    total -= entry.amount;
    if (total <= perDay) return { fits: false, freeAt: (entry.t + DAY_MS) as TimeMs };
  }
  return { fits: false };
};
