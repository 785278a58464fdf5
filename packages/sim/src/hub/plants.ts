import type { Effect } from "@coinholder/engine";
import type { History, Hub } from "@coinholder/hub";
import type { Journal } from "@coinholder/journal";
import type { DiskFault } from "./disk.ts";

/** A fault of our own making, with which a test shows that the simulation would notice it. */
export interface Plant {
  /** The disk says that a group is safe while it is still in the cache. */
  readonly acknowledgesEarly?: true;
  /** Not of our making: what goes wrong at the disk from the very beginning. */
  readonly fault?: DiskFault;
  /** The disk forgets the newest group when the machine dies. */
  readonly losesLast?: true;
  /** Groups, or snapshots, that are told to be synced are in the cache. */
  readonly neverSyncs?: true;
  readonly neverSyncsSnapshots?: true;
  /** Take the place of the journal, and of history. */
  readonly journal?: (journal: Journal) => Journal;
  readonly history?: (history: History) => History;
  /** Done to every hub that has started. */
  readonly hub?: (hub: Hub) => void;
}

/** Calls back after every command that was carried out. */
const after = (hub: Hub, change: (kind: string, effects: readonly Effect[]) => void): void =>
  hub.sequencer.onApplied((_seq, { kind }, effects) => change(kind, effects));

/** By what they would do to a hub. */
export const PLANTS: Readonly<Record<string, Plant>> = {
  "a disk that acknowledges too early": { acknowledgesEarly: true },
  "a disk that loses the last group": { losesLast: true },
  "a store that does not sync": { neverSyncs: true },
  "snapshots that are not synced": { neverSyncsSnapshots: true },
  "answers that do not wait for the disk": {
    journal: (journal) =>
      Object.assign(Object.create(journal) as Journal, {
        durable: async () => {},
        whenDurable: (_seq: number, callback: () => void) => callback(),
      }),
  },
  "a deposit that is credited twice": {
    hub: (hub) => {
      const { state } = hub.sequencer;
      after(hub, (_kind, effects) => {
        for (const effect of effects)
          if (effect.is === "transfer" && effect.kind === "deposit" && effect.incoming) {
            const slot = state.ledger.first[effect.account]!;
            state.ledger.available[slot] = state.ledger.available[slot]! + effect.amount;
          }
      });
    },
  },
  "client_ids that are forgotten": {
    hub: (hub) => after(hub, () => hub.sequencer.state.once.clear()),
  },
  "nonces that a restart forgets": {
    hub: ({ sequencer }) => sequencer.state.nonces.slices.clear(),
  },
  "a history that is off by one": {
    history: (history) =>
      Object.assign(Object.create(history) as History, {
        follow: (seq: number, effects: readonly Effect[]) =>
          history.follow(
            seq,
            effects.map((effect) =>
              effect.is === "transfer" && effect.row % 5 === 0
                ? ({ ...effect, amount: effect.amount + 1 } as Effect)
                : effect,
            ),
          ),
      }),
  },
};
