import { createHash } from "node:crypto";
import {
  accountsOfOthers,
  balancesOf,
  checkInvariants,
  countOfOthers,
  dump,
  emptyState,
  type State,
} from "@coinholder/engine";
import { formatAmount } from "@coinholder/protocol";
import { openHubWallet } from "./open-wallet.ts";
import { recovering, replay } from "./recover.ts";
import { openHubJournal } from "./store.ts";

export interface Verified {
  /** Commands in the journal, and the groups in which they were committed. */
  readonly entries: number;
  readonly groups: number;
  /** SHA-256 of the state after the last entry. */
  readonly stateHash: string;
  /** Position of the snapshot whose state was compared with the replay's, 0 where there is none. */
  readonly snapshotSeq: number;
  readonly accounts: number;
  /** What the hub owes its accounts, per currency code. */
  readonly totals: Readonly<Record<string, string>>;
  /** Accounts below zero after a reorganisation. */
  readonly inDebt: number;
}

/** SHA-256 over the lines of the state's dump. */
export const stateHash = (state: State): string => {
  const hash = createHash("sha256");
  for (const line of dump(state)) hash.update(line).update("\n");
  return hash.digest("hex");
};

/** The key that seals the hub's journal. Only who can open the wallet has it: errors are those of opening it. */
export const journalKey = async (data: string): Promise<Uint8Array> =>
  (await openHubWallet(data)).deriveKey("journal");

/**
 * Replays the whole journal of a stopped hub, checks its sealed chain of hashes and every invariant, and compares the result with
 * what snapshot and tail give. Throws with what is wrong.
 * @param key the journal's: see `journalKey`
 * @param onProgress called now and then with the entries replayed so far
 * @param store URL of the PostgreSQL database, where the journal is in one
 */
export const verifyData = async (
  data: string,
  key: Uint8Array,
  onProgress?: (entries: number) => void,
  store?: string,
): Promise<Verified> => {
  const journal = await openHubJournal({ data, store }, key);
  try {
    const state = emptyState();
    const { seq, groups } = await journal.verify((entry, at) => {
      replay(state, entry, at);
      if (at % 100_000 === 0) onProgress?.(at);
    });
    checkInvariants(state);

    const quick = recovering();
    const { snapshotSeq } = await journal.recover(quick);
    const hash = stateHash(state);
    if (stateHash(quick.state()) !== hash)
      throw new Error(`the snapshot at ${snapshotSeq} and the journal give different states`);

    const totals = state.config.currencies.map(() => 0);
    for (const account of accountsOfOthers(state))
      for (const { currency, available, held } of balancesOf(state.ledger, account.index))
        totals[currency]! += available + held;
    return {
      entries: seq,
      groups,
      stateHash: hash,
      snapshotSeq,
      accounts: countOfOthers(state),
      totals: Object.fromEntries(
        state.config.currencies.map(({ code, decimals }, i) => [code, formatAmount(totals[i]!, decimals)]),
      ),
      inDebt: state.ledger.debtors.size,
    };
  } finally {
    await journal.close();
  }
};
