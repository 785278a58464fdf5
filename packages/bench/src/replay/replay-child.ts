import { apply, emptyState, inlineFurther, isRefused, type Stamped } from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { answering } from "../child.ts";

export interface Replay {
  readonly folder: string;
  /** Or only read and parse: the yardstick. */
  readonly apply: boolean;
}

// As a hub does.
inlineFurther();

/** Brings a journal back as a start without a snapshot does, and answers the seconds that took. */
answering(async ({ folder, apply: applied }: Replay) => {
  const start = process.hrtime.bigint();
  const journal = await openJournal(sqliteStore(folder));
  const state = emptyState();
  let parsed = 0;
  await journal.recover({
    loadSnapshot: async () => {
      throw new Error("a replay of everything begins without a snapshot");
    },
    apply: (entry) => {
      const command = JSON.parse(entry) as Stamped;
      parsed += command.t > 0 ? 1 : 0;
      if (applied && isRefused(apply(state, command))) throw new Error(`refused on replay: ${entry}`);
    },
  });
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  await journal.close();
  return { seconds, parsed };
});
