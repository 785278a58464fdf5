import { payableWithdrawals } from "@coinholder/engine";
import { freeCoins } from "../chain/coins.ts";
import type { Hub } from "../hub.ts";

/**
 * Whether a payment under this hub's name can go at once: it spends confirmed coins only (PROTOCOL: Transfers between hubs), beside what
 * waits for them already.
 * @param amount satoshi, fee included
 */
export const coinsReady = (hub: Pick<Hub, "sequencer">, amount: number): boolean => {
  const waiting = payableWithdrawals(hub.sequencer.state)
    .filter(({ pledged }) => pledged)
    .reduce((sum, one) => sum + one.amount + one.fee, 0);
  const confirmed = freeCoins(hub)
    .filter((coin) => coin.confirmed)
    .reduce((sum, { value }) => sum + value, 0);
  return confirmed >= waiting + amount;
};
