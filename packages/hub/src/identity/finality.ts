import type { RawTransaction } from "@coinholder/protocol";

export type NotFinal =
  | { readonly reason: "lock_time" }
  | { readonly reason: "relative_lock"; readonly input: number };

// BIP-65 and consensus code: from here on a lock time is in seconds since 1970, below it is a height.
const LOCK_TIME_IN_SECONDS = 500_000_000;
const FINAL_SEQUENCE = 0xffff_ffff;
// BIP-68: with this bit a sequence asks for no age; the lowest 16 bits are the age.
const NO_RELATIVE_LOCK = 0x8000_0000;
const AGE_BITS = 0xffff;

/**
 * Why a transaction may not be mined in the next block, undefined if it may. A lock by age (BIP-68) is never taken for fulfilled;
 * one by time is by the clock, which is ahead of what blocks say: the node has the last word.
 */
export const notFinal = (
  { inputs, lockTime, version }: RawTransaction,
  tipHeight: number,
  nowMs: number,
): NotFinal | undefined => {
  const passed = lockTime < LOCK_TIME_IN_SECONDS ? lockTime <= tipHeight : lockTime * 1000 < nowMs;
  if (!passed && inputs.some(({ sequence }) => sequence !== FINAL_SEQUENCE)) return { reason: "lock_time" };
  if (version < 2) return undefined;
  const input = inputs.findIndex(
    ({ sequence }) => (sequence & NO_RELATIVE_LOCK) === 0 && (sequence & AGE_BITS) > 0,
  );
  return input < 0 ? undefined : { reason: "relative_lock", input };
};
