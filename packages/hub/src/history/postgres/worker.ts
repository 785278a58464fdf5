import { parentPort } from "node:worker_threads";
import { type Link, openLink, type Seq, type Session } from "@coinholder/journal";
import { type Batch, unpack } from "../batch.ts";
import { dayMinutes } from "../candles.ts";
import { HistoryError } from "../error.ts";
import type { Answer, Answers, Opened, Request } from "../messages.ts";
import { checkPosition } from "../position.ts";
import {
  type CancelledRow,
  type MarketRow,
  records,
  type SideRow,
  type TransferRow,
  toCancelled,
  toMarketTrade,
  toTrade,
  toTransfer,
} from "../rows.ts";
import { readActions, readAllEntries, readCandles, readDay, readPage, readPaid } from "./reader.ts";
import { checkTables, isThere, remake, tellsDamage } from "./tables.ts";
import { type Last, lastNumbers, store, toRows } from "./writer.ts";

/** The thread that keeps history in PostgreSQL. It asks one question after the other and answers in that order. */

/** Longer than the journal waits for its server: who gives up first is the journal, and the hub with it. In milliseconds. */
const PATIENCE_MS = 60_000;

let link: Link | undefined;
let last: Last = { transfer: 0, trade: 0, side: 0, cancelled: 0 };

async function openTables(session: Session, journalSeq: Seq | undefined): Promise<Opened> {
  let rebuilt: string | undefined;
  if (!(await isThere(session))) await remake(session);
  try {
    checkPosition(await checkTables(session), journalSeq);
  } catch (error) {
    if (!tellsDamage(error)) throw error;
    await remake(session);
    rebuilt = messageOf(error);
  }
  last = await lastNumbers(session);
  return { position: await checkTables(session), rebuilt };
}

async function storeBatch(of: Link, batch: Batch): Promise<undefined> {
  const told = toRows(batch, last);
  let tries = 0;
  await of.run((session) => store(session, batch, told, tries++ > 0));
  last = told.last;
}

async function answer(request: Request): Promise<Answers[keyof Answers]> {
  if (request.ask === "open") {
    // Every commit waits for the disk, else a server that comes back from a crash could have less than we went on from.
    link = openLink(request.place, { patience: PATIENCE_MS });
    return link.run((session) => openTables(session, request.journalSeq));
  }
  if (request.ask === "close") {
    await link?.close();
    return undefined;
  }
  if (!link) throw new HistoryError("history_unavailable", "history is not open");
  switch (request.ask) {
    case "store":
      return storeBatch(link, unpack(request.batch));
    case "transfers":
      return records(
        await link.run((session) => readPage<TransferRow>(session, "transfers", request.of)),
        toTransfer,
      );
    case "trades":
      return records(await link.run((session) => readPage<SideRow>(session, "trades", request.of)), toTrade);
    case "cancelled":
      return records(
        await link.run((session) => readPage<CancelledRow>(session, "cancelled", request.of)),
        toCancelled,
      );
    case "marketTrades":
      return records(
        await link.run((session) =>
          readPage<MarketRow & { row: number }>(session, "marketTrades", request.of),
        ),
        toMarketTrade,
      );
    case "actions": {
      const { before, limit } = request;
      return link.run((session) => readActions(session, before, limit));
    }
    case "paid":
      return link.run((session) => readPaid(session, request.addresses));
    case "entries":
      return link.run((session) => readAllEntries(session, request.of));
    case "candles": {
      const { market, interval, from, limit } = request;
      return link.run((session) => readCandles(session, market, interval, from, limit));
    }
    case "day":
      return link.run((session) => readDay(session, request.market, dayMinutes(request.now)));
  }
}

/** Everything but a question asked too early ends it here. Damaged tables make room for new ones at once. */
async function failed(error: unknown): Promise<Answer> {
  if (error instanceof HistoryError && error.code === "history_behind")
    return { error: { code: error.code, message: error.message } };
  let message = messageOf(error);
  try {
    if (link && tellsDamage(error)) {
      await link.run(remake);
      message = `the tables of history are damaged and were dropped: ${message}`;
    }
    await link?.close();
  } catch (further) {
    message += `; then ${messageOf(further)}`;
  }
  link = undefined;
  const code = error instanceof HistoryError ? error.code : "history_unavailable";
  return { error: { code, message } };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

let answered: Promise<void> = Promise.resolve();

parentPort!.on("message", (request: Request) => {
  answered = answered.then(async () => {
    const result: Answer = await answer(request).then((value) => ({ value }), failed);
    parentPort!.postMessage(result);
  });
});
