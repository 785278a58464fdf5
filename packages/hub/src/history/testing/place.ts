import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { onTestFinished } from "vitest";
import { type History, openHistory } from "../history.ts";
import { besidesAt, START, stepAt } from "./steps.ts";
import { makeTeller, type Step, type Teller } from "./teller.ts";

/** A place for history that lasts as long as the test. What was opened in it is closed at its end. */
export type Place = {
  /** What `openHistory` is told: a folder, or the URL of a database. */
  readonly address: string;
  open(journalSeq?: number): Promise<History>;
  /** All that the tables of a closed history hold. */
  content(): Promise<Record<string, unknown[]>>;
  /** What somebody with a shell of the database does. */
  tamper(sql: string): Promise<void>;
};

export type MakePlace = () => Promise<Place>;

/** Closes what the test opened in the place. */
export function opener(address: string): Place["open"] {
  const opened: History[] = [];
  onTestFinished(async () => {
    for (const history of opened) await history.close();
  });
  return async (journalSeq) => {
    const history = await openHistory(address, journalSeq);
    opened.push(history);
    return history;
  };
}

export async function folderPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), "history-test-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const use = <T>(work: (db: InstanceType<typeof DatabaseSync>) => T): T => {
    const db = new DatabaseSync(join(folder, "history.db"));
    try {
      return work(db);
    } finally {
      db.close();
    }
  };
  return {
    address: folder,
    open: opener(folder),
    content: async () =>
      use((db) => {
        const tables = db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
        return Object.fromEntries(
          (tables as { name: string }[]).map(({ name }) => [name, db.prepare(`SELECT * FROM ${name}`).all()]),
        );
      }),
    tamper: async (sql) => use((db) => db.exec(sql)),
  };
}

/** Follows the steps as commands 1, 2, ...; several in one turn of the event loop, then waits for the last. */
export async function followSteps(history: History, steps: readonly Step[]): Promise<Teller> {
  const teller = makeTeller(START);
  for (const [i, step] of steps.entries()) {
    history.follow(i + 1, teller.tell(step), besidesAt(i + 1));
    if (i % 7 === 6) await new Promise(setImmediate);
  }
  await history.reached(steps.length);
  return teller;
}

/** The fixed steps up to that command. */
export const stepsTo = (seq: number): Step[] => Array.from({ length: seq }, (_, i) => stepAt(i + 1));

/** A closed history of the fixed steps up to that command. */
export async function filled(makePlace: MakePlace, seq: number): Promise<Place> {
  const place = await makePlace();
  const history = await place.open();
  await followSteps(history, stepsTo(seq));
  await history.close();
  return place;
}
