import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { onTestFinished } from "vitest";
import { type History, openHistory } from "../history.ts";
import { START, stepAt } from "./steps.ts";
import { makeTeller, type Step, type Teller } from "./teller.ts";

/** A folder that lasts as long as the test. What was opened in it is closed at its end. */
export type Place = { folder: string; open(journalSeq?: number): Promise<History> };

export async function temporaryPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "history-test-"));
  const opened: History[] = [];
  onTestFinished(async () => {
    for (const history of opened) await history.close();
    await rm(folder, { recursive: true });
  });
  return {
    folder,
    async open(journalSeq) {
      const history = await openHistory(folder, journalSeq);
      opened.push(history);
      return history;
    },
  };
}

/** Follows the steps as commands 1, 2, ...; several in one turn of the event loop, then waits for the last. */
export async function followSteps(history: History, steps: readonly Step[]): Promise<Teller> {
  const teller = makeTeller(START);
  for (const [i, step] of steps.entries()) {
    history.follow(i + 1, teller.tell(step));
    if (i % 7 === 6) await new Promise(setImmediate);
  }
  await history.reached(steps.length);
  return teller;
}

/** The fixed steps up to that command. */
export const stepsTo = (seq: number): Step[] => Array.from({ length: seq }, (_, i) => stepAt(i + 1));

/** A closed history of the fixed steps up to that command. */
export async function filled(seq: number): Promise<Place> {
  const place = await temporaryPlace();
  const history = await place.open();
  await followSteps(history, stepsTo(seq));
  await history.close();
  return place;
}

/** All that a closed history.db holds. */
export function content(folder: string): Record<string, unknown[]> {
  const db = new DatabaseSync(join(folder, "history.db"));
  try {
    const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
    return Object.fromEntries(
      (tables as { name: string }[]).map(({ name }) => [name, db.prepare(`SELECT * FROM ${name}`).all()]),
    );
  } finally {
    db.close();
  }
}

/** What somebody with an SQLite shell does to the file. */
export function tamper(folder: string, sql: string): void {
  const db = new DatabaseSync(join(folder, "history.db"));
  try {
    db.exec(sql);
  } finally {
    db.close();
  }
}
