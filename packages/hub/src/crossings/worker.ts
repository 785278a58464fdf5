import { openCrossings, type PayoutVersion, type TransferStatus } from "@coinholder/engine";
import type { Logger } from "pino";
import type { Hub } from "../hub.ts";
import { type SignedTransfer, signOwnTransfer } from "./proof.ts";
import { isTold, type Said, tellOnce } from "./tell.ts";

export interface Crossings {
  readonly close: () => Promise<void>;
}

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 30_000;
/** While an option may still be exercised somebody stands at a counter. */
const LONGEST_WHILE_OPEN_MS = 1_000;
const HURRY_MS = 90_000;

const SENT: ReadonlySet<TransferStatus> = new Set<TransferStatus>(["broadcast", "confirmed", "final"]);

type Teller = Pick<Hub, "sequencer" | "wallet" | "across" | "identity">;

/** Follows the payments to other hubs that those are still to be told of. What is open stands in the journal: a start goes on with it. */
export const keepTelling = (hub: Teller, log: Logger, onFatal: (error: unknown) => void): Crossings => {
  const { sequencer } = hub;
  const { state } = sequencer;
  const underWay = new Map<number, Promise<void>>();
  const wakers = new Set<() => void>();
  let closed = false;

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (closed) return resolve();
      const wake = (): void => {
        clearTimeout(timer);
        wakers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      wakers.add(wake);
    });

  const isOpen = (transfer: number): boolean => {
    const crossing = state.crossings.get(transfer);
    return crossing !== undefined && crossing.told === undefined;
  };

  /** The transaction that pays it, once the node has it; or that nobody needs to be told any more. */
  const versionOf = (transfer: number): PayoutVersion | "settled" | undefined => {
    const withdrawal = state.withdrawals.get(transfer);
    const payout = withdrawal && state.chain.payouts.get(withdrawal.payout);
    if (!withdrawal || payout?.final) return "settled";
    return payout && (payout.broadcast || payout.height > 0) ? payout.versions.at(-1)! : undefined;
  };

  /** While the node takes a transaction, what is told of it is signed already. */
  const prepared = new Map<number, Promise<SignedTransfer>>();
  const prepare = (transfer: number): void => {
    const payout = state.chain.payouts.get(state.withdrawals.get(transfer)?.payout ?? 0);
    const version = payout?.versions.at(-1);
    if (closed || !version || payout!.broadcast) return;
    // After the bytes have left for the node.
    const signed = new Promise((resolve) => setImmediate(resolve)).then(() => signOwnTransfer(hub, version));
    // Whoever waits for it hears of it; nobody may.
    signed.catch(() => {});
    prepared.set(transfer, signed);
  };
  const signedOf = async (
    transfer: number,
    version: PayoutVersion,
    anew: boolean,
  ): Promise<SignedTransfer> => {
    const before = await prepared.get(transfer);
    prepared.delete(transfer);
    return !anew && before?.txid === version.txid ? before : signOwnTransfer(hub, version);
  };

  const end = (transfer: number, said: Said, givenUp: boolean): void => {
    if (!isOpen(transfer)) return;
    sequencer.run({
      kind: "crossing-told",
      transfer,
      ...said,
      ...(givenUp ? { given_up: true as const } : {}),
    });
  };

  const tell = async (transfer: number): Promise<void> => {
    const began = performance.now();
    let signed: SignedTransfer | undefined;
    /** The hub's key may be changed meanwhile. */
    let signedWith: string | undefined;
    let said: Said = {};
    let refusedLast: Said = {};
    let wait = FIRST_PAUSE_MS;
    while (!closed && isOpen(transfer)) {
      const version = versionOf(transfer);
      // Not sent yet, or to be paid anew: its broadcast begins it again.
      if (version === undefined) return;
      if (version === "settled") return end(transfer, { ...refusedLast, ...said }, true);
      const { to } = state.crossings.get(transfer)!;
      const key = hub.identity.publicKey();
      if (signed?.txid !== version.txid || signedWith !== key) {
        signed = await signedOf(transfer, version, signedWith !== undefined && signedWith !== key);
        signedWith = key;
        said = {};
      }
      const told = await tellOnce(hub.across.peers, to, signed, said, sequencer.now);
      said = told.said;
      refusedLast = told.refusedLast;
      if (isTold(to, said)) {
        log.info({ transfer, ...said }, "another hub was told of a payment");
        return end(transfer, said, false);
      }
      const most =
        to.option && performance.now() - began < HURRY_MS ? LONGEST_WHILE_OPEN_MS : LONGEST_PAUSE_MS;
      // That hub's word for how long to wait, within what is sensible.
      await pause(Math.min(Math.max(told.retryAfterMs ?? 0, Math.min(wait, most)), LONGEST_PAUSE_MS));
      wait *= 2;
    }
  };

  const begin = (transfer: number): void => {
    if (closed || underWay.has(transfer) || !isOpen(transfer)) return;
    const running = tell(transfer)
      .catch((error: unknown) => {
        // Our own bug, or the sequencer has stopped.
        if (!closed) onFatal(error);
      })
      .finally(() => {
        underWay.delete(transfer);
      });
    underWay.set(transfer, running);
  };

  sequencer.onEffects((_, effects) => {
    for (const effect of effects) {
      if (effect.is !== "status" || !isOpen(effect.transfer)) continue;
      if (effect.status === "built") prepare(effect.transfer);
      if (SENT.has(effect.status)) begin(effect.transfer);
    }
  });
  for (const { transfer } of openCrossings(state)) begin(transfer);

  return {
    close: async () => {
      closed = true;
      for (const wake of [...wakers]) wake();
      await Promise.all(underWay.values());
    },
  };
};
