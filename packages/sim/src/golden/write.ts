import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { apply, dump, emptyState, isRefused, type Stamped } from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { prng } from "../prng.ts";
import { judge } from "../twin/judge.ts";
import { newTwin } from "../twin/twin.ts";
import { newWorld, nextCommand } from "../world/workload.ts";
import { operatorCall, type Unstamped, type World } from "../world/world.ts";
import { type Expected, GOLDEN, GOLDEN_KEY, replayGolden } from "./golden.ts";

// node packages/sim/dist/golden/write.js new NAME SEED COMMANDS   writes a journal of today's version
// node packages/sim/dist/golden/write.js accept NAME WHY          from now on NAME gives what it gives today

const ENTRIES_OF_A_GROUP = 7;

/** So many commands of the simulation's world, those of them that are accepted; then what that world does not make. */
const entriesOf = (seed: number, commands: number): string[] => {
  const state = emptyState();
  const twin = newTwin();
  const world = newWorld(prng(seed), state, twin);
  const entries: string[] = [];
  const accept = (command: Stamped): void => {
    const outcome = apply(state, command);
    if (isRefused(outcome) || !("effects" in outcome)) return;
    entries.push(JSON.stringify(command));
    world.answered.push(command);
    if (world.answered.length > 50) world.answered.shift();
  };
  for (let n = 0; n < commands; n++) {
    const command = nextCommand(world);
    accept(command);
    judge(twin, command);
  }
  accept({ kind: "skip-transfers", to: state.last.transfer + 10, t: state.t });
  for (const command of webhooksOf(world)) accept({ ...command, t: state.t });
  return entries;
};

const webhooksOf = (world: World): Unstamped[] => {
  const by = operatorCall(world, "add-webhook");
  const of = { url: "https://shop.example/hook", events: ["fills", "invoices"], secret: "c2VjcmV0" } as const;
  return [
    { kind: "add-webhook", by: { ...by, fn: "add-webhook", nonce: undefined }, id: "wh-one", ...of },
    { kind: "add-webhook", by: { ...by, fn: "add-webhook", nonce: undefined }, id: "wh-two", ...of },
    { kind: "end-webhook", webhook: "wh-one" },
    { kind: "remove-webhook", by: { ...by, fn: "remove-webhook", nonce: undefined }, webhook: "wh-two" },
  ];
};

const writeNew = async (name: string, seed: number, commands: number): Promise<void> => {
  const folder = join(GOLDEN, name);
  mkdirSync(folder, { recursive: true });
  const journal = await openJournal(sqliteStore(folder), { key: GOLDEN_KEY });
  if (journal.lastSeq > 0) throw new Error(`${folder} has a journal already: it is never written again`);
  await journal.recover({ loadSnapshot: async () => {}, apply: () => {} });
  const state = emptyState();
  const entries = entriesOf(seed, commands);
  for (const [i, entry] of entries.entries()) {
    apply(state, JSON.parse(entry));
    const seq = journal.append(entry);
    if (seq % ENTRIES_OF_A_GROUP === 0) await journal.durable(seq);
    if (i === Math.floor(entries.length * 0.7)) {
      await journal.durable(seq);
      await journal.snapshot(seq, dump(state));
    }
  }
  await journal.close();
  for (const file of ["journal.lock", "journal.head"]) rmSync(join(folder, file), { force: true });
  const { kinds, head, snapshotSeq, form, stateHash, outcomes } = await replayGolden(folder);
  const results = [{ why: "as it was written", form, stateHash, outcomes }];
  write(name, { seed, kinds, head, snapshotSeq, results });
};

const accept = async (name: string, why: string): Promise<void> => {
  const expected: Expected = JSON.parse(readFileSync(join(GOLDEN, name, "expected.json"), "utf8"));
  const { form, stateHash, outcomes } = await replayGolden(join(GOLDEN, name));
  write(name, { ...expected, results: [...expected.results, { why, form, stateHash, outcomes }] });
};

const write = (name: string, expected: Expected): void =>
  writeFileSync(join(GOLDEN, name, "expected.json"), `${JSON.stringify(expected, undefined, 2)}\n`);

const [how, name, ...more] = process.argv.slice(2);
if (how === "new" && name && more.length === 2) await writeNew(name, Number(more[0]), Number(more[1]));
else if (how === "accept" && name && more[0]) await accept(name, more[0]);
else {
  console.error("usage: write.js new NAME SEED COMMANDS | accept NAME WHY");
  process.exit(2);
}
