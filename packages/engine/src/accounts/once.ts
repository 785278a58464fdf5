import type { TimeMs } from "@coinholder/protocol";

/** How many are remembered between two looks at what is too old. */
export const PRUNED_EVERY = 1024;

/** How long a client_id is remembered. */
export const ONCE_KEPT_MS = 30 * 24 * 60 * 60 * 1000;

/** First answers by (account, function, client_id), oldest first (PROTOCOL: `client_id`). */
export type Once = Map<string, FirstAnswer>;

export interface FirstAnswer {
  /** Of the parameters; another one under the same client_id is a conflict. */
  readonly fingerprint: string;
  readonly answer: unknown;
  readonly t: TimeMs;
}

export const onceKey = (accountId: string, functionName: string, clientId: string): string =>
  `${accountId} ${functionName} ${clientId}`;

export const rememberAnswer = (once: Once, key: string, first: FirstAnswer): void => {
  if (once.size % PRUNED_EVERY === 0)
    for (const [old, { t }] of once) {
      if (t + ONCE_KEPT_MS >= first.t) break;
      once.delete(old);
    }
  once.set(key, first);
};
