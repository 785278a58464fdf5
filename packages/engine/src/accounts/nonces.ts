import { NONCE_WINDOW_MS, type TimeMs } from "@coinholder/protocol";

/**
 * Nonces of calls that changed something, by the slice of time that their `nonce_ms` lies in: what is too old is forgotten a
 * slice at a time.
 */
export type Nonces = Map<number, Set<string>>;

export const SLICE_MS = 10_000;
const sliceOf = (nonceMs: number): number => Math.floor(nonceMs / SLICE_MS);

export const emptyNonces = (): Nonces => new Map();

export const nonceKey = (token: string, nonceMs: number, random: string): string =>
  `${token} ${nonceMs} ${random}`;

/** @param key of `nonceKey` */
export const hasNonce = (nonces: Nonces, nonceMs: number, key: string): boolean =>
  nonces.get(sliceOf(nonceMs))?.has(key) ?? false;

/** Remembers a nonce until no call with its `nonce_ms` can be taken any more: a window after it. */
export const rememberNonce = (nonces: Nonces, nonceMs: number, key: string, t: TimeMs): void => {
  const number = sliceOf(nonceMs);
  let slice = nonces.get(number);
  if (!slice) {
    for (const old of nonces.keys()) if ((old + 1) * SLICE_MS + NONCE_WINDOW_MS < t) nonces.delete(old);
    slice = new Set();
    nonces.set(number, slice);
  }
  slice.add(key);
};
