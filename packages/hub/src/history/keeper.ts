import type { Seq } from "@coinholder/journal";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { moveAside, tellsDamage } from "../follower-database.ts";
import { unpack } from "./batch.ts";
import { fileIn, openDatabase } from "./database.ts";
import { HistoryError } from "./error.ts";
import type { Answer, Answers, Opened, Request } from "./messages.ts";
import { checkPosition } from "./position.ts";
import { prepareReader, type Reader } from "./reader.ts";
import { prepareWriter, type Writer } from "./writer.ts";

type Handles = { folder: string; db: DatabaseSyncInstance; writer: Writer; reader: Reader };

/** Answers one question at a time, of the database that the first one opened. Waits for the disk. */
export function makeKeeper(): (request: Request) => Answer {
  let handles: Handles | undefined;

  function open(folder: string, journalSeq: Seq | undefined): Opened {
    let rebuilt: string | undefined;
    try {
      handles = openFile(folder);
      checkPosition(handles.writer.position(), journalSeq);
    } catch (error) {
      if (!tellsDamage(error)) throw error;
      closeFile();
      moveAside(fileIn(folder));
      rebuilt = messageOf(error);
      handles = openFile(folder);
    }
    return { position: handles.writer.position(), rebuilt };
  }

  function closeFile(): undefined {
    const closing = handles;
    handles = undefined;
    closing?.db.close();
  }

  function answer(request: Request): Answers[keyof Answers] {
    if (request.ask === "open") return open(request.place, request.journalSeq);
    if (request.ask === "close") return closeFile();
    if (!handles) throw new HistoryError("history_unavailable", "history is not open");
    const { reader, writer } = handles;
    switch (request.ask) {
      case "store":
        return writer.store(unpack(request.batch)) as undefined;
      case "actions":
        return reader.actions(request.before, request.limit);
      case "paid":
        return reader.paid(request.addresses);
      case "entries":
        return reader.entries(request.of);
      case "candles":
        return reader.candles(request.market, request.interval, request.from, request.limit);
      case "day":
        return reader.day(request.market, request.now);
      default:
        return reader[request.ask](request.of);
    }
  }

  /** Everything but a question asked too early ends it here. A damaged file makes room for a new one at once. */
  function failed(error: unknown): Answer {
    if (error instanceof HistoryError && error.code === "history_behind")
      return { error: { code: error.code, message: error.message } };
    const folder = handles?.folder;
    let message = messageOf(error);
    try {
      closeFile(); // Rolls back.
      if (folder !== undefined && tellsDamage(error)) {
        moveAside(fileIn(folder));
        message = `history.db is damaged and was moved aside: ${message}`;
      }
    } catch (further) {
      message += `; then ${messageOf(further)}`;
    }
    const code = error instanceof HistoryError ? error.code : "history_unavailable";
    return { error: { code, message } };
  }

  return (request) => {
    try {
      return { value: answer(request) };
    } catch (error) {
      return failed(error);
    }
  };
}

function openFile(folder: string): Handles {
  const db = openDatabase(folder);
  try {
    return { folder, db, writer: prepareWriter(db), reader: prepareReader(db) };
  } catch (error) {
    db.close();
    throw error;
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
