import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Lines } from "./lines.ts";

/** How many and how much of them, in satoshi. */
export interface Tally {
  number: number;
  amount: Amount;
}

/** What is known of another hub's identity: by what it stood behind here. */
export interface Identity {
  /** X-only, hex. */
  readonly key: string;
  url: string;
  firstSeen: TimeMs;
  lastSeen: TimeMs;
  /** The operator's, 0 while none is set. */
  ceiling: Amount;
  /** Transfers that it stood behind before they counted. */
  readonly seen: Tally;
  /** Of those: all of it counts. */
  readonly confirmed: Tally;
  /** Of those: another transaction in conflict with it was seen, and has not won. */
  readonly replaced: Tally;
  /** Of those: the other one won. */
  readonly doubleSpent: Tally;
  /** What counted by UTC day, oldest first; emptied when one is replaced, which begins another era. */
  earned: (readonly [day: number, amount: Amount])[];
  era: number;
  /** Satoshi credited now that do not count yet. */
  open: Amount;
  /** Transfers of it that are kept. */
  kept: number;
  /** Transfers that another one is in conflict with, which has not won. */
  doubted: number;
  /** Its first double spend: it has no line any more. */
  ended: Ended | undefined;
}

export interface Ended {
  readonly txid: string;
  readonly rival: string;
  readonly t: TimeMs;
}

/** Identities are free: of those without a ceiling and without a transfer that is kept, so many are remembered. */
export const MOST_STRANGERS = 10_000;
/** Transfers that are only noted are free as well, but for their fees. */
export const MOST_NOTED = 10_000;

const DAY_MS = 86_400_000;
export const dayOf = (t: TimeMs): number => Math.floor(t / DAY_MS);

const nothing = (): Tally => ({ number: 0, amount: 0 as Amount });

export const add = (tally: Tally, amount: number, sign: 1 | -1 = 1): void => {
  tally.number += sign;
  // What somebody moves back and forth for years may exceed what can be counted; the record need not be exact then.
  tally.amount = Math.max(0, Math.min(Number.MAX_SAFE_INTEGER, tally.amount + sign * amount)) as Amount;
};

// A double spend is remembered of those who had earned something here: others would only come under another name.
const isForgettable = ({ ceiling, confirmed, ended, kept }: Identity): boolean =>
  ceiling === 0 && kept === 0 && (ended === undefined || confirmed.number === 0);

/** The identity's record, made at its first word; the one heard of longest ago makes room. */
export const identityOf = (lines: Lines, key: string, url: string | undefined, t: TimeMs): Identity => {
  const { identities } = lines;
  const known = identities.get(key);
  const identity: Identity = known ?? {
    key,
    url: url ?? "",
    firstSeen: t,
    lastSeen: t,
    ceiling: 0 as Amount,
    seen: nothing(),
    confirmed: nothing(),
    replaced: nothing(),
    doubleSpent: nothing(),
    earned: [],
    era: 0,
    open: 0 as Amount,
    kept: 0,
    doubted: 0,
    ended: undefined,
  };
  if (url !== undefined) {
    identity.url = url;
    identity.lastSeen = t;
    identities.delete(key);
  }
  identities.set(key, identity);
  for (const [old, one] of identities) {
    if (identities.size <= MOST_STRANGERS) break;
    if (one !== identity && isForgettable(one)) identities.delete(old);
  }
  return identity;
};

/** What counted, or (negative) does so no more, on the day it began to. */
export const addEarned = (identity: Identity, day: number, amount: number): void => {
  const at = identity.earned.findIndex(([one]) => one === day);
  if (at < 0) {
    if (amount > 0)
      identity.earned = [...identity.earned, [day, amount as Amount] as const].sort(([a], [b]) => a - b);
    return;
  }
  const sum = Math.min(Number.MAX_SAFE_INTEGER, identity.earned[at]![1] + amount) as Amount;
  identity.earned = identity.earned.flatMap((one, i) => (i !== at ? [one] : sum > 0 ? [[day, sum]] : []));
};
