import { type Chain, tip } from "./chain.ts";
import type { Tx } from "./tx.ts";
import type { Coin } from "./utxo.ts";

const TIME_LOCKS_FROM = 500_000_000;
const FINAL = 0xffffffff;
/** BIP 68: bits of the sequence number. */
const NO_RELATIVE_LOCK = 0x8000_0000;
const LOCK_IS_TIME = 0x0040_0000;
const LOCK_MASK = 0xffff;

/** May the transaction stand in the next block by its nLockTime (times by BIP 113: the tip's median time past)? */
export function isFinal(chain: Chain, tx: Tx): boolean {
  const { height, medianTime } = tip(chain);
  const now = tx.lockTime < TIME_LOCKS_FROM ? height + 1 : medianTime;
  return tx.lockTime < now || tx.lockTime === 0 || tx.inputs.every((input) => input.sequence === FINAL);
}

/** BIP 68: are the coins old enough, in blocks or in units of 512 s, for what the sequence numbers ask? */
export function relativeLocksMet(chain: Chain, tx: Tx, coins: readonly Coin[]): boolean {
  if (tx.version < 2) return true;
  const { height, medianTime } = tip(chain);
  return tx.inputs.every(({ sequence }, i) => {
    if (sequence >= NO_RELATIVE_LOCK) return true;
    const made = coins[i]!.height;
    const asked = sequence & LOCK_MASK;
    if ((sequence & LOCK_IS_TIME) === 0) return made + asked <= height + 1;
    return chain.active[Math.max(made - 1, 0)]!.medianTime + asked * 512 <= medianTime;
  });
}
