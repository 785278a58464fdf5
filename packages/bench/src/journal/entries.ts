import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { inFolder } from "../folder.ts";
import { type Figure, interleaved, type Measure } from "../measure.ts";
import { plainInserts } from "./plain-inserts.ts";

const ROUNDS = 7;
const ENTRY = `{"t":1795348800000,"kind":"send","note":"${"x".repeat(107)}"}`; // 150 bytes
const BURSTS = { 100: 500, 1000: 100 } as const;

const perSecond = async (count: number, run: () => Promise<void> | void): Promise<number> => {
  const start = process.hrtime.bigint();
  await run();
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
};

export const entries: Measure = (say) =>
  inFolder(async (folder) => {
    const journal = await openJournal(sqliteStore(join(folder, "journal")));
    await journal.recover({ loadSnapshot: async () => {}, apply: () => {} });
    mkdirSync(join(folder, "plain"));
    const plain = plainInserts(join(folder, "plain"));
    const figures: Figure[] = [];
    for (const [size, times] of Object.entries(BURSTS)) {
      const burst = Array.from({ length: Number(size) }, () => ENTRY);
      say(`${ROUNDS} rounds of ${times} bursts of ${size} entries`);
      const { ours, theirs } = await interleaved(ROUNDS, {
        ours: () =>
          perSecond(burst.length * times, async () => {
            for (let i = 0; i < times; i++) {
              let last = 0;
              for (const entry of burst) last = journal.append(entry);
              await journal.durable(last);
            }
          }),
        theirs: () =>
          perSecond(burst.length * times, () => {
            for (let i = 0; i < times; i++) plain.burst(burst);
          }),
      });
      figures.push({
        what: `journal entries of ${ENTRY.length} bytes, ${size} in flight`,
        unit: "entries/s",
        ours,
        yardstick: { what: `plain inserts, ${size} a transaction, same sync setting`, value: theirs },
      });
    }
    plain.close();
    await journal.close();
    return figures;
  });
