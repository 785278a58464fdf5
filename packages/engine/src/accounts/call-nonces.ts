import { NONCE_WINDOW_MS, type TimeMs } from "@coinholder/protocol";
import { assertLength, listOf, type Texts } from "../columns.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { Authkey } from "./authkeys.ts";
import { nonceKey, SLICE_MS } from "./nonces.ts";

type Caller = Pick<Authkey, "home" | "token">;

/**
 * Nonces of calls that changed something, as in nonces.ts. Nearly every call is later than all before it by keys of the same account: it is
 * new, and nothing has to be looked up. So the sets of a slice are made only when somebody asks for a nonce that might be there.
 */
export interface CallNonces {
  readonly slices: Map<number, Slice>;
  /**
   * Two numbers for each account, side by side in memory: the latest `nonce_ms` by keys that were made for it, and where in its slice the
   * newest one with that time is.
   */
  latest: Float64Array;
  /** Of those that came with a dump, whoever's they are. */
  latestOfDump: number;
}

export interface Slice {
  /** What came with a dump, as it was there: nearly always nobody asks. */
  readonly dumped: Dumped[];
  /** Those since. */
  readonly tokens: string[];
  readonly times: number[];
  readonly randoms: string[];
  /** Where the one before is with the same time by a key of the same account, or -1. */
  readonly before: number[];
  /** `nonceKey` of what was dumped, if any was asked for, and of so many since. */
  readonly known: Set<string>;
  knownSince: number;
}

interface Dumped {
  readonly tokens: Texts;
  readonly times: readonly number[];
  readonly randoms: Texts;
}

const NEVER = Number.NEGATIVE_INFINITY;
/** Where an account's two numbers begin in `latest`. */
export const latestAt = (home: AccountIndex): number => 2 * home;

export const emptyCallNonces = (): CallNonces => ({
  slices: new Map(),
  latest: new Float64Array(latestAt(16)).fill(NEVER),
  latestOfDump: NEVER,
});

const sliceOf = (nonceMs: number): number => Math.floor(nonceMs / SLICE_MS);

/** More of one account in one millisecond are looked up in the set. */
const MOST_AT_ONCE = 16;

function* dumpedOf({ dumped }: Slice): Generator<readonly [string, number, string]> {
  for (const { tokens, times, randoms } of dumped) {
    const [token, random] = [listOf(tokens, times.length), listOf(randoms, times.length)];
    for (const [i, time] of times.entries()) yield [token[i]!, time, random[i]!];
  }
}

/** Token, time and random part of each, in the order in which they came. */
export function* noncesOf(slice: Slice): Generator<readonly [string, number, string]> {
  yield* dumpedOf(slice);
  for (const [i, time] of slice.times.entries()) yield [slice.tokens[i]!, time, slice.randoms[i]!];
}

const isKnown = (slice: Slice, key: string): boolean => {
  const { known, randoms, times, tokens } = slice;
  if (known.size === 0) for (const dumped of dumpedOf(slice)) known.add(nonceKey(...dumped));
  for (; slice.knownSince < tokens.length; slice.knownSince++) {
    const i = slice.knownSince;
    known.add(nonceKey(tokens[i]!, times[i]!, randoms[i]!));
  }
  return known.has(key);
};

const sliceAt = (slices: CallNonces["slices"], number: number): Slice => {
  let slice = slices.get(number);
  if (!slice) {
    slice = { dumped: [], tokens: [], times: [], randoms: [], before: [], known: new Set(), knownSince: 0 };
    slices.set(number, slice);
  }
  return slice;
};

export const hasCallNonce = (
  nonces: CallNonces,
  { home, token }: Caller,
  nonceMs: number,
  random: string,
): boolean => {
  const { latest, latestOfDump, slices } = nonces;
  const own = latestAt(home);
  const latestOfHome = own < latest.length ? latest[own]! : NEVER;
  if (nonceMs > latestOfDump && nonceMs > latestOfHome) return false;
  const slice = slices.get(sliceOf(nonceMs));
  if (slice === undefined) return false;
  if (nonceMs > latestOfDump && nonceMs === latestOfHome) {
    let at = latest[own + 1]!;
    for (let looked = 0; looked < MOST_AT_ONCE; looked++) {
      if (at < 0) return false;
      if (slice.randoms[at] === random && slice.tokens[at] === token) return true;
      at = slice.before[at]!;
    }
  }
  return isKnown(slice, nonceKey(token, nonceMs, random));
};

const keep = (
  slices: CallNonces["slices"],
  number: number,
  token: string,
  nonceMs: number,
  random: string,
  before: number,
): number => {
  const slice = sliceAt(slices, number);
  slice.tokens.push(token);
  slice.times.push(nonceMs);
  slice.randoms.push(random);
  return slice.before.push(before) - 1;
};

const makeRoom = (nonces: CallNonces, homes: number): void => {
  const latest = new Float64Array(latestAt(homes)).fill(NEVER);
  latest.set(nonces.latest);
  nonces.latest = latest;
};

/** Many, of a dump. */
export const loadNonces = (
  nonces: CallNonces,
  slice: number,
  tokens: Texts,
  times: readonly number[],
  randoms: Texts,
): void => {
  assertLength(times.length, tokens, randoms);
  sliceAt(nonces.slices, slice).dumped.push({ tokens, times, randoms });
  for (const time of times) nonces.latestOfDump = Math.max(nonces.latestOfDump, time);
};

/** One, of a dump of an old form. */
export const loadNonce = (
  nonces: CallNonces,
  slice: number,
  token: string,
  nonceMs: number,
  random: string,
): void => {
  keep(nonces.slices, slice, token, nonceMs, random, -1);
  nonces.latestOfDump = Math.max(nonces.latestOfDump, nonceMs);
};

/**
 * Remembers one that `hasCallNonce` does not know until no call with its `nonce_ms` can be taken any more: a window after it.
 */
export const rememberCallNonce = (
  nonces: CallNonces,
  { home, token }: Caller,
  nonceMs: number,
  random: string,
  t: TimeMs,
): void => {
  const number = sliceOf(nonceMs);
  const { slices } = nonces;
  if (!slices.has(number))
    for (const old of slices.keys()) if ((old + 1) * SLICE_MS + NONCE_WINDOW_MS < t) slices.delete(old);
  const own = latestAt(home);
  if (own >= nonces.latest.length) makeRoom(nonces, Math.ceil(1.5 * (home + 1)));
  const { latest } = nonces;
  const before = nonceMs === latest[own] ? latest[own + 1]! : -1;
  const at = keep(slices, number, token, nonceMs, random, before);
  if (nonceMs < latest[own]!) return;
  latest[own] = nonceMs;
  latest[own + 1] = at;
};
