import type { WalletAddress } from "./keys.ts";

/** `take` answers at once for the addresses that were derived ahead, and derives any other on the spot. */
export type AddressPool = { take: (index: number) => WalletAddress; close: () => void };

/**
 * Keeps `ahead` addresses ready beyond the highest index asked for, deriving one per turn of the event loop.
 * `next`: the index that will be asked for first. Deriving changes nothing, so what is never taken costs nothing.
 * Never keeps the process alive.
 */
export const openAddressPool = (
  derive: (index: number) => WalletAddress,
  { next, ahead = 200 }: { next: number; ahead?: number },
): AddressPool => {
  const ready = new Map<number, WalletAddress>();
  let highestTaken = next - 1;
  let nextDerived = next;
  let turn: NodeJS.Immediate | undefined;
  let closed = false;

  const deriveOne = (): void => {
    turn = undefined;
    if (nextDerived <= highestTaken) {
      ready.clear(); // asked beyond what was ready: the old ones are of no more use
      nextDerived = highestTaken + 1;
    }
    if (!ready.has(nextDerived)) ready.set(nextDerived, derive(nextDerived));
    nextDerived++;
    ready.delete(nextDerived - 2 * ahead);
    schedule();
  };
  const schedule = (): void => {
    if (closed || turn !== undefined || nextDerived > highestTaken + ahead) return;
    turn = setImmediate(deriveOne);
    turn.unref();
  };

  schedule();
  return {
    take: (index) => {
      const address = ready.get(index) ?? derive(index);
      highestTaken = Math.max(highestTaken, index);
      schedule();
      return address;
    },
    close: () => {
      closed = true;
      if (turn !== undefined) clearImmediate(turn);
      ready.clear();
    },
  };
};
