import { openJournal, sqliteStore } from "@coinholder/journal";
import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { interleaved, type Measure } from "../measure.ts";
import { busyHub } from "./commands.ts";
import type { Replay } from "./replay-child.ts";

const ROUNDS = 3;
const COMMANDS = 1_000_000;
/** Entries that a busy hub commits together. */
const GROUP = 100;
const AIM_SECONDS = 5;

const writeJournal = async (folder: string): Promise<void> => {
  const journal = await openJournal(sqliteStore(folder));
  await journal.recover({ loadSnapshot: async () => {}, apply: () => {} });
  for (const entry of busyHub(COMMANDS)) {
    const seq = journal.append(entry);
    if (seq % GROUP === 0) await journal.durable(seq);
  }
  await journal.close();
};

export const replay: Measure = (say) =>
  inFolder(async (folder) => {
    say(`writing a journal of ${COMMANDS} commands`);
    await writeJournal(folder);
    const run = async (apply: boolean): Promise<number> => {
      const child = startChild("./replay/replay-child.js");
      const { seconds, parsed } = await child.ask<{ seconds: number; parsed: number }>({
        folder,
        apply,
      } satisfies Replay);
      await child.end();
      if (parsed !== COMMANDS) throw new Error(`${parsed} commands were replayed`);
      return seconds;
    };
    say(`${ROUNDS} rounds of replaying it`);
    const { ours, parsing } = await interleaved(ROUNDS, { ours: () => run(true), parsing: () => run(false) });
    return [
      {
        what: `start from a journal of ${COMMANDS} commands, no snapshot`,
        unit: "s",
        ours,
        yardstick: {
          what: "reading, verifying and parsing the same entries, without applying",
          value: parsing,
        },
        aim: { what: `under ${AIM_SECONDS} s`, met: ours < AIM_SECONDS },
      },
    ];
  });
