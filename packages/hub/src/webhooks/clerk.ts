import { mkdirSync } from "node:fs";
import type { WebhookEvent } from "@coinholder/protocol";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { Damaged, moveAside, tellsDamage } from "../follower-database.ts";
import { fileIn, openDatabase } from "./database.ts";
import type { Answers, FromThread, Opened, Permit, Request, ToThread } from "./messages.ts";
import { type Outbox, openOutbox } from "./outbox.ts";
import { makeSender, type Sender } from "./sender.ts";

/** How often it is told how much waits, at most, in ms. */
const TELL_MS = 500;

/** Keeps the outbox and posts from it: one question at a time, and posts in between. */
export const makeClerk = (send: (message: FromThread) => void): ((message: ToThread) => void) => {
  let db: DatabaseSyncInstance | undefined;
  let outbox: Outbox | undefined;
  let sender: Sender | undefined;
  let anywhere = false;
  let told = 0;
  let teller: NodeJS.Timeout | undefined;
  let asked = 0;
  const permits = new Map<number, (given: Permit) => void>();

  const permit = (webhook: string, type: WebhookEvent): Promise<Permit> =>
    new Promise((resolve) => {
      permits.set(++asked, resolve);
      send({ is: "permit", number: asked, webhook, type });
    });

  const fail = (error: unknown): void => {
    close();
    send({ is: "failed", message: error instanceof Error ? error.message : String(error) });
  };

  const tell = (): void => {
    if (!outbox) return;
    let events = 0;
    for (const count of outbox.waiting().values()) events += count;
    if (events !== told) send({ is: "waiting", events });
    told = events;
    // Looked at again until nothing waits.
    teller = events === 0 ? undefined : setTimeout(tell, TELL_MS);
  };
  const tellSoon = (): void => {
    teller ??= setTimeout(tell, TELL_MS);
  };

  const openFile = (folder: string): Outbox => {
    db = openDatabase(folder);
    outbox = openOutbox(db);
    return outbox;
  };

  const close = (): undefined => {
    sender?.close();
    clearTimeout(teller);
    const closing = db;
    db = outbox = sender = undefined;
    closing?.close();
  };

  const open = (folder: string, journalSeq: number): Opened => {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    try {
      const position = openFile(folder).position();
      if (position > journalSeq)
        throw new Damaged(`it has command ${position}, the journal ends with ${journalSeq}`);
      return { position, rebuilt: undefined };
    } catch (error) {
      if (!tellsDamage(error)) throw error;
      close();
      moveAside(fileIn(folder));
      return { position: openFile(folder).position(), rebuilt: (error as Error).message };
    }
  };

  const forget = (webhooks: Iterable<string>): undefined => {
    for (const id of webhooks) outbox?.forget(id);
    sender?.forget(webhooks);
  };

  const answer = (request: Request): Answers[keyof Answers] => {
    if (request.ask === "open") {
      anywhere = request.anywhere;
      return open(request.folder, request.journalSeq);
    }
    if (request.ask === "close") return close();
    if (!outbox) throw new Error("the outbox is not open");
    const box = outbox;
    switch (request.ask) {
      case "store": {
        const woken = box.store(JSON.parse(request.batchJson));
        if (woken.length > 0) tellSoon();
        return void sender?.wake(woken);
      }
      case "standing": {
        const standing = new Set(request.webhooks);
        return forget([...box.waiting().keys()].filter((id) => !standing.has(id)));
      }
      case "forget":
        return forget(request.webhooks);
      case "start": {
        if (sender) return undefined;
        const onGone = (webhook: string): void => send({ is: "gone", webhook });
        sender = makeSender({ outbox: box, permit, onGone, onFailure: fail, anywhere });
        tellSoon();
        return void sender.wake(box.waiting().keys());
      }
      case "log":
        return box.log(request.webhook, request.before, request.limit);
      case "resend": {
        const kept = box.resend(request.webhook, request.account, request.number, Date.now());
        if (!kept) return false;
        tellSoon();
        sender?.rouse(request.webhook);
        return true;
      }
      case "events":
        return box.events(request.account, request.after, request.limit, request.types);
    }
  };

  return (message) => {
    if ("permit" in message) {
      permits.get(message.permit)?.(message.given);
      permits.delete(message.permit);
      return;
    }
    try {
      send({ is: "answer", value: answer(message) });
    } catch (error) {
      fail(error);
    }
  };
};
