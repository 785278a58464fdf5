/**
 * A sum that is told and decides tiers and states, but is no balance: of payments that may come back and be made again, so that nothing else
 * bounds it. Past what can be counted exactly it stays at the most that can.
 */
export const counted = (sum: number, more: number): number => Math.min(sum + more, Number.MAX_SAFE_INTEGER);
