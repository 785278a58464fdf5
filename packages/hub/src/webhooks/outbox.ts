import type { Seq } from "@coinholder/journal";
import { EVENTS_A_COMMAND, WEBHOOK_EVENTS, type WebhookEvent } from "@coinholder/protocol";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { Damaged } from "../follower-database.ts";
import type { Batch, DeliveryStatus, EventPage, LogRow, Page, Try } from "./messages.ts";
import { preparePruning } from "./prune.ts";

/** Tries that the log keeps of one event. */
const MOST_TRIES = 20;

/** An event to be posted for a webhook. */
export interface Delivery {
  readonly webhook: string;
  readonly number: number;
  readonly account: string;
  /** Posts since it was new, or was to be sent again. */
  readonly attempt: number;
  readonly next: number;
}

export const typeOf = (number: number): WebhookEvent => WEBHOOK_EVENTS[number % EVENTS_A_COMMAND]!;

export interface Outbox {
  readonly position: () => Seq;
  /** In one transaction with its position; what was stored before is passed over. Answers the webhooks that have something new. */
  readonly store: (batch: Batch) => string[];
  /** Webhooks for which something waits, and how much. */
  readonly waiting: () => Map<string, number>;
  /** The first ones that are due. */
  readonly due: (webhook: string, now: number, limit: number) => Delivery[];
  /** When the next one after that time is due. */
  readonly nextAfter: (webhook: string, now: number) => number | undefined;
  readonly body: (delivery: Delivery) => string | undefined;
  /** Writes down a post and how the event stands now, unless it was to be sent again meanwhile. */
  readonly tried: (of: Delivery, post: Try | undefined, status: DeliveryStatus, next: number) => void;
  readonly forget: (webhook: string) => void;
  readonly resend: (webhook: string, account: string, number: number, now: number) => boolean;
  readonly log: (webhook: string, before: number | undefined, limit: number) => Page<LogRow>;
  readonly events: (
    account: string,
    after: number | undefined,
    limit: number,
    types: readonly WebhookEvent[],
  ) => EventPage;
}

const pageOf = <T>(found: T[], limit: number): Page<T> => ({
  rows: found.slice(0, limit),
  more: found.length > limit,
});

export const openOutbox = (db: DatabaseSyncInstance): Outbox => {
  const begin = db.prepare("BEGIN IMMEDIATE");
  const commit = db.prepare("COMMIT");
  const readPosition = db.prepare("SELECT seq FROM position");
  const writePosition = db.prepare("UPDATE position SET seq = ? WHERE seq < ?");
  const addEvent = db.prepare("INSERT INTO event (account, number, t, body) VALUES (?, ?, ?, ?)");
  const addDelivery = db.prepare("INSERT INTO delivery VALUES (?, ?, ?, 'waiting', 0, ?, '[]')");
  const countWaiting = db.prepare(
    "SELECT webhook, count(*) AS n FROM delivery WHERE status = 'waiting' GROUP BY webhook",
  );
  const readDue = db.prepare(
    `SELECT webhook, number, account, attempt, next FROM delivery
     WHERE webhook = ? AND status = 'waiting' AND next <= ? ORDER BY next, number LIMIT ?`,
  );
  const readNext = db.prepare(
    "SELECT min(next) AS next FROM delivery WHERE webhook = ? AND status = 'waiting' AND next > ?",
  );
  const readBody = db.prepare("SELECT body FROM event WHERE account = ? AND number = ?");
  const readDelivery = db.prepare(
    "SELECT attempt, next, tries FROM delivery WHERE webhook = ? AND number = ?",
  );
  const writeTries = db.prepare("UPDATE delivery SET tries = ? WHERE webhook = ? AND number = ?");
  const writeStanding = db.prepare(
    "UPDATE delivery SET status = ?, attempt = ?, next = ? WHERE webhook = ? AND number = ?",
  );
  const dropWebhook = db.prepare("DELETE FROM delivery WHERE webhook = ?");
  const again = db.prepare(
    `INSERT INTO delivery VALUES (?, ?, ?, 'waiting', 0, ?, '[]')
     ON CONFLICT DO UPDATE SET status = 'waiting', attempt = 0, next = excluded.next`,
  );
  const readLog = db.prepare(
    `SELECT d.number, e.t, d.status, d.next, d.tries FROM delivery d
     JOIN event e ON e.account = d.account AND e.number = d.number
     WHERE d.webhook = ? AND d.number < ? ORDER BY d.number DESC LIMIT ?`,
  );
  const readEvents = db.prepare(
    `SELECT number, body FROM event WHERE account = ? AND number > ?
     AND number % ${EVENTS_A_COMMAND} IN (SELECT value FROM json_each(?)) ORDER BY number LIMIT ?`,
  );
  const readPruned = db.prepare("SELECT number FROM pruned WHERE account = ?");
  const prune = preparePruning(db);

  const position = (): Seq => {
    const row = readPosition.get() as { seq: Seq } | undefined;
    if (!row) throw new Damaged("its position is missing");
    return row.seq;
  };
  const tries = (of: Delivery): { attempt: number; next: number; tries: Try[] } | undefined => {
    const row = readDelivery.get(of.webhook, of.number) as
      | { attempt: number; next: number; tries: string }
      | undefined;
    return row && { ...row, tries: JSON.parse(row.tries) };
  };

  return {
    position,
    store: ({ upTo, events, tooOld }) => {
      const webhooks = new Set<string>();
      begin.run();
      const stored = position();
      for (const { account, number, t, body, webhooks: of } of events) {
        if (Math.floor(number / EVENTS_A_COMMAND) <= stored) continue;
        addEvent.run(account, number, t, body);
        for (const webhook of of) {
          addDelivery.run(webhook, number, account, t);
          webhooks.add(webhook);
        }
      }
      prune(events, tooOld, Date.now());
      writePosition.run(upTo, upTo);
      commit.run();
      return [...webhooks];
    },
    waiting: () =>
      new Map((countWaiting.all() as { webhook: string; n: number }[]).map(({ webhook, n }) => [webhook, n])),
    due: (webhook, now, limit) => readDue.all(webhook, now, limit) as unknown as Delivery[],
    nextAfter: (webhook, now) => (readNext.get(webhook, now) as { next: number | null }).next ?? undefined,
    body: ({ account, number }) => (readBody.get(account, number) as { body: string } | undefined)?.body,
    tried: (of, post, status, next) => {
      begin.run();
      const row = tries(of);
      if (row && post)
        writeTries.run(JSON.stringify([...row.tries, post].slice(-MOST_TRIES)), of.webhook, of.number);
      if (row?.attempt === of.attempt && row.next === of.next)
        writeStanding.run(status, of.attempt + 1, next, of.webhook, of.number);
      commit.run();
    },
    forget: (webhook) => void dropWebhook.run(webhook),
    resend: (webhook, account, number, now) => {
      if (!readBody.get(account, number)) return false;
      // It is answered that it will be sent: that is on disk before.
      db.exec("PRAGMA synchronous = FULL");
      again.run(webhook, number, account, now);
      db.exec("PRAGMA synchronous = NORMAL");
      return true;
    },
    log: (webhook, before, limit) => {
      const found = readLog.all(webhook, before ?? Number.MAX_SAFE_INTEGER, limit + 1) as unknown as (Omit<
        LogRow,
        "tries"
      > & { tries: string })[];
      return pageOf(
        found.map((row) => ({ ...row, tries: JSON.parse(row.tries) })),
        limit,
      );
    },
    events: (account, after, limit, types) => {
      const kinds = types.map((type) => WEBHOOK_EVENTS.indexOf(type));
      const found = readEvents.all(account, after ?? 0, JSON.stringify(kinds), limit + 1) as unknown as {
        number: number;
        body: string;
      }[];
      const { rows, more } = pageOf(found, limit);
      const pruned = (readPruned.get(account) as { number: number } | undefined)?.number ?? 0;
      return { rows: rows.map(({ body }) => body), more, pruned, last: rows.at(-1)?.number };
    },
  };
};
