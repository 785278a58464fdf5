import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prng } from "../prng.ts";
import type { Action } from "./actions.ts";
import { newBook } from "./book.ts";
import { diskFailed, type Run } from "./course.ts";
import { loadDice } from "./dice.ts";
import { makeDisk } from "./disk.ts";
import { finish } from "./finish.ts";
import { newIndex } from "./judge-answers.ts";
import { afterwards, live } from "./lives.ts";
import { newMachine } from "./machine.ts";
import { openSimNode } from "./node.ts";
import type { Plant } from "./plants.ts";
import { quickFolder } from "./quick-folder.ts";
import { CONFIG, chainFolder } from "./scene.ts";
import { newShadow } from "./shadow.ts";
import { take } from "./steps.ts";
import { startTime } from "./time.ts";

export interface Failure {
  readonly message: string;
  /** The step that it showed at. */
  readonly step: number;
}

export interface HubRun {
  /** SHA-256 of all that was done, asked, answered and written, in order. */
  readonly trace: string;
  readonly lines: readonly string[];
  /** How often what happened. */
  readonly counts: ReadonlyMap<string, number>;
  readonly failure?: Failure;
}

/** 2027-01-15, when every simulation begins. */
const START_MS = 1_800_000_000_000;
/** What reads and writes of the disk are counted under. */
export const OPERATIONS = "disk operations";

/** Carries out a list of steps against the whole hub. Where an answer or a look is wrong the run ends with a failure. */
export const runHub = async (
  seed: number,
  actions: readonly Action[],
  plant: Plant = {},
): Promise<HubRun> => {
  const time = startTime(START_MS);
  const endDice = loadDice(seed);
  const root = mkdtempSync(join(quickFolder(), "coinholder-sim-"));
  const hash = createHash("sha256");
  const lines: string[] = [];
  const counts = new Map<string, number>();
  const note = (line: string): void => {
    const text = `${time.now() - START_MS} ${line}`;
    hash.update(text).update("\n");
    lines.push(text);
  };
  const count = (what: string): void => void counts.set(what, (counts.get(what) ?? 0) + 1);
  const random = prng(seed + 1);
  const disk = makeDisk(root, random, prng(seed + 2), plant);
  const node = openSimNode(chainFolder(root, random), random);
  const book = newBook();
  const run: Run = {
    time,
    machine: newMachine(root, disk, node, CONFIG, plant),
    book,
    judging: {
      book,
      shadow: newShadow(),
      index: newIndex(),
      safe: disk.safe,
      answered: 0,
      mayFail: () => diskFailed(run),
      heard: new Set(),
    },
    random,
    paid: [],
    note,
    count,
    failed: undefined,
    failures: 0,
    stopping: false,
  };

  let step = 0;
  let failure: Failure | undefined;
  try {
    await live(run);
    for (; step < actions.length; step++) {
      const action = actions[step]!;
      note(JSON.stringify(action));
      await take(run, action);
      await afterwards(run);
    }
    await finish(run);
  } catch (error) {
    failure = { message: (run.failed ?? (error as Error)).message, step };
    note(failure.message);
  } finally {
    if (run.machine.life?.alive) {
      run.machine.life.alive = false;
      run.machine.life.release();
    }
    time.forgetTimers();
    disk.release();
    node.close();
    endDice();
    time.end();
    rmSync(root, { recursive: true, force: true });
  }
  counts.set(OPERATIONS, disk.operations());
  for (const [how, times] of disk.ends) counts.set(`disk: ${how}`, times);
  return { trace: hash.digest("hex"), lines, counts, ...(failure ? { failure } : {}) };
};
