import { NONCE_WINDOW_MS, type TimeMs } from "@coinholder/protocol";
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
  /** The latest `nonce_ms` by the account that the key was made for. */
  latest: Float64Array;
  /** Of those that came with a dump, whoever's they are. */
  latestOfDump: number;
}

export interface Slice {
  readonly tokens: string[];
  readonly times: number[];
  readonly randoms: string[];
  /** Of the first `known.size` of them: `nonceKey`. */
  readonly known: Set<string>;
}

export const emptyCallNonces = (): CallNonces => ({
  slices: new Map(),
  latest: new Float64Array(16),
  latestOfDump: Number.NEGATIVE_INFINITY,
});

const sliceOf = (nonceMs: number): number => Math.floor(nonceMs / SLICE_MS);

const isLater = ({ latest, latestOfDump }: CallNonces, home: AccountIndex, nonceMs: number): boolean =>
  nonceMs > latestOfDump && (home >= latest.length || nonceMs > latest[home]!);

const isKnown = ({ known, randoms, times, tokens }: Slice, key: string): boolean => {
  for (let i = known.size; i < tokens.length; i++) known.add(nonceKey(tokens[i]!, times[i]!, randoms[i]!));
  return known.has(key);
};

export const hasCallNonce = (
  nonces: CallNonces,
  { home, token }: Caller,
  nonceMs: number,
  random: string,
): boolean => {
  if (isLater(nonces, home, nonceMs)) return false;
  const slice = nonces.slices.get(sliceOf(nonceMs));
  return slice !== undefined && isKnown(slice, nonceKey(token, nonceMs, random));
};

/** @param number of the slice */
export const keepNonce = (
  { slices }: CallNonces,
  number: number,
  token: string,
  nonceMs: number,
  random: string,
): void => {
  let slice = slices.get(number);
  if (!slice) {
    slice = { tokens: [], times: [], randoms: [], known: new Set() };
    slices.set(number, slice);
  }
  slice.tokens.push(token);
  slice.times.push(nonceMs);
  slice.randoms.push(random);
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
  keepNonce(nonces, number, token, nonceMs, random);
  if (home >= nonces.latest.length) {
    const longer = new Float64Array(Math.ceil(1.5 * (home + 1)));
    longer.set(nonces.latest);
    nonces.latest = longer;
  }
  if (nonceMs > nonces.latest[home]!) nonces.latest[home] = nonceMs;
};
