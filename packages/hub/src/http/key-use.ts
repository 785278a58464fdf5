import type { TimeMs } from "@coinholder/protocol";

/** Keys remembered at most; beyond it those longest unused are forgotten. */
const MOST_KEYS = 100_000;
/** A key that is used all the time is noted this often. */
const NOTED_EVERY_MS = 1000;

/** When authkeys were used last, for their owners' eyes. In memory only: a call that reads must not cost a journal entry. */
export interface KeyUse {
  readonly used: (token: string, now: TimeMs) => void;
  /** To the second. Undefined: not since the hub was started, or long ago. */
  readonly lastUse: (token: string) => TimeMs | undefined;
}

export const makeKeyUse = (mostKeys = MOST_KEYS): KeyUse => {
  // Longest unused first.
  const at = new Map<string, TimeMs>();
  return {
    used: (token, now) => {
      const before = at.get(token);
      if (before !== undefined && now - before < NOTED_EVERY_MS) return;
      at.delete(token);
      at.set(token, now);
      if (at.size > mostKeys) at.delete(at.keys().next().value!);
    },
    lastUse: (token) => at.get(token),
  };
};
