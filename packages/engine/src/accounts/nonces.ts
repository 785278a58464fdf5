import { NONCE_WINDOW_MS, type TimeMs } from "@coinholder/protocol";

/** Nonces of calls that changed something, with the time of their command, oldest first. */
export type Nonces = Map<string, TimeMs>;

/** How many are remembered between two looks at what is too old. */
export const PRUNED_EVERY = 1024;

export const emptyNonces = (): Nonces => new Map();

export const nonceKey = (token: string, nonceMs: number, random: string): string =>
  `${token} ${nonceMs} ${random}`;

/**
 * Remembers a nonce. A nonce may lie a window ahead of the hub's clock and is accepted until a window after,
 * so it is kept for two windows.
 */
export const rememberNonce = (nonces: Nonces, key: string, t: TimeMs): void => {
  // Now and then, and by the map's size alone, so that a loaded state does as the live one: the walk to the oldest passes over
  // what was deleted before.
  if (nonces.size % PRUNED_EVERY === 0)
    for (const [old, since] of nonces) {
      if (since + 2 * NONCE_WINDOW_MS >= t) break;
      nonces.delete(old);
    }
  nonces.set(key, t);
};
