import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { JournalError } from "../error.ts";
import { type Group, type Head, headAt } from "../group.ts";
import { makeSeal, type Seal } from "../seal.ts";
import type { ReadGroup } from "../store.ts";
import { durability, openDatabase, takeLock, tellsDamage } from "./database.ts";
import { emptyLog } from "./empty-log.ts";
import { type Groups, prepareGroups } from "./groups.ts";
import { checkHighWater, type HighWater, openHighWater } from "./high-water.ts";
import type { Answer, Answers, Request } from "./messages.ts";
import { keepRefusedLog } from "./refused-log.ts";
import { rewriteLog } from "./rewrite-log.ts";

type Opened = { lock: DatabaseSyncInstance; db: DatabaseSyncInstance; groups: Groups; highWater: HighWater };

/** Answers one question at a time, of the folder that the first one opened, and owns every handle there. Waits for the disk. */
export function makeKeeper(): (request: Request) => Answer {
  let opened: Opened | undefined;

  function open(folder: string): Head {
    const lock = takeLock(folder);
    let db: DatabaseSyncInstance | undefined;
    let highWater: HighWater | undefined;
    try {
      db = openDatabase(folder);
      rewriteLog(db, folder);
      highWater = openHighWater(folder);
      const groups = prepareGroups(db);
      const last = groups.last();
      const mark = highWater.read();
      if (mark) checkHighWater(mark, last, groups.at(mark.number));
      emptyLog(db);
      opened = { lock, db, groups, highWater };
      return last;
    } catch (error) {
      highWater?.close();
      if (error instanceof JournalError || tellsDamage(error)) keepRefusedLog(folder);
      db?.close();
      lock.close();
      throw error;
    }
  }

  function close(): undefined {
    if (!opened) return;
    const { lock, db, highWater } = opened;
    opened = undefined;
    highWater.close();
    db.close();
    lock.close(); // Last: nobody may come in before the database is closed.
  }

  function answer(request: Request): Answers[keyof Answers] {
    if (request.ask === "open") return open(request.folder);
    if (request.ask === "close") return close();
    if (!opened) throw new Error("the store is not open");
    switch (request.ask) {
      case "append":
        opened.groups.append(request.group);
        opened.highWater.write(headAt(request.group));
        return undefined;
      case "seek":
        return opened.groups.seek(request.afterSeq);
      case "read":
        return readGroups(opened.groups, request.fromNumber, request.seal);
      case "durability":
        return durability(opened.db);
    }
  }

  return (request) => {
    try {
      return { value: answer(request) };
    } catch (error) {
      return failed(error, request.ask);
    }
  };
}

function readGroups(
  groups: Groups,
  from: number,
  by: { key: Uint8Array | undefined } | undefined,
): ReadGroup[] {
  const portion = groups.readFrom(from);
  if (!by) return portion;
  const seal = makeSeal(by.key);
  return portion.map((group) => withContentHash(group, seal));
}

/** Left out where there is none, as of numbers below zero: the chain says which group is damaged, and gives those before it. */
function withContentHash(group: Group, seal: Seal): ReadGroup {
  try {
    return { ...group, contentHash: seal.hashGroup(group) };
  } catch {
    return group;
  }
}

function failed(error: unknown, ask: Request["ask"]): Answer {
  if (error instanceof JournalError) {
    const { message, code, group } = error;
    return { error: group === undefined ? { message, code } : { message, code, group } };
  }
  const message = error instanceof Error ? error.message : String(error);
  if (tellsDamage(error)) return { error: { message: `SQLite: ${message}`, code: "journal_damaged" } };
  return { error: ask === "open" ? { message, code: "journal_unavailable" } : { message } };
}
