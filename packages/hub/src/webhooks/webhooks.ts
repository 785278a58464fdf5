import { existsSync } from "node:fs";
import { type Effect, mayPost, type Stamped, type State } from "@coinholder/engine";
import type { Seq } from "@coinholder/journal";
import type { WebhookEvent } from "@coinholder/protocol";
import type { Logger } from "pino";
import type { Sequencer } from "../sequencer.ts";
import { fileIn } from "./database.ts";
import { foundEvents } from "./found-events.ts";
import type { Batch, EventPage, LogRow, NewEvent, Page, Permit } from "./messages.ts";
import { KEPT_MS } from "./prune.ts";
import { startThread, type Thread } from "./thread.ts";

/** Events gather for so long before they are stored, in ms. */
const GATHER_MS = 25;
/** How often it is stored how far the outbox has come where there are no events, in ms. */
const POSITION_MS = 1_000;
/** Events that are stored at the latest. */
const MOST_GATHERED = 1_000;

/**
 * Posts what happens to accounts. Like history it follows the journal by position, with an outbox and a thread of its own; both
 * are only there once somebody has made a webhook.
 */
export interface Webhooks {
  /** On a chain of one's own: plain http, and addresses of any kind. */
  readonly anywhere: boolean;
  /** At opening: the last command whose events are in the outbox. */
  readonly position: Seq;
  /** Takes what a replayed command brought; answers a promise where that must be waited for. */
  readonly replayed: (
    state: State,
    seq: Seq,
    command: Stamped,
    effects: readonly Effect[],
  ) => Promise<void> | undefined;
  /** From now on it follows the sequencer, and posts. */
  readonly run: (sequencer: Sequencer) => Promise<void>;
  /** Events that wait to be posted. */
  readonly waiting: () => number;
  /** Resolves when nothing is posted any more for webhooks that have ended durably. */
  readonly settled: () => Promise<void>;
  readonly log: (webhook: string, before: number | undefined, limit: number) => Promise<Page<LogRow>>;
  /** Answers whether the event is kept. */
  readonly resend: (webhook: string, account: string, number: number) => Promise<boolean>;
  readonly events: (
    account: string,
    after: number | undefined,
    limit: number,
    types: readonly WebhookEvent[],
  ) => Promise<EventPage>;
  /** What was followed is in the outbox; what waits is posted after the next start. */
  readonly close: () => Promise<void>;
}

export interface WebhooksParts {
  readonly folder: string;
  readonly lastSeq: () => Seq;
  readonly anywhere: boolean;
  readonly log: Logger;
}

/** @param parts of a journal that is open, and not recovered yet */
export const openWebhooks = async ({ folder, lastSeq, anywhere, log }: WebhooksParts): Promise<Webhooks> => {
  let sequencer: Sequencer | undefined;
  let thread: Thread | undefined;
  let waiting = 0;
  let followed: Seq = 0;
  let gathered: NewEvent[] = [];
  const tooOld = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let timerMs = 0;
  let closing: Promise<void> | undefined;

  const permit = ({ webhook: id, type }: { webhook: string; type: WebhookEvent }): Permit => {
    const { state, now } = sequencer!;
    const webhook = state.webhooks.byId.get(id);
    if (!webhook) return "unknown";
    return mayPost(state, webhook, type, now()) ? { url: webhook.url, secret: webhook.secret } : "denied";
  };
  const onGone = (webhook: string): void => {
    // Refused where it was removed meanwhile.
    if (!closing) sequencer!.run({ kind: "end-webhook", webhook });
  };

  const open = (): { thread: Thread; opened: Promise<Seq> } => {
    const started = startThread({
      permit,
      onGone,
      onWaiting: (events) => {
        waiting = events;
      },
      onFailure: (error) =>
        log.error({ err: error }, "webhooks are not posted any more; restart the hub to catch up"),
    });
    const opened = started
      .ask({ ask: "open", folder, journalSeq: lastSeq(), anywhere })
      .then(({ position, rebuilt }) => {
        if (rebuilt !== undefined) log.warn({ reason: rebuilt }, "the outbox of webhooks starts anew");
        return position;
      });
    if (sequencer) void started.ask({ ask: "start" }).catch(() => {});
    return { thread: started, opened };
  };
  const opened = (): Thread => {
    if (!thread) {
      const begun = open();
      thread = begun.thread;
      begun.opened.catch(() => {}); // It tells of its failure.
    }
    return thread;
  };

  const flush = async (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    const batch: Batch = { upTo: followed, events: gathered, tooOld: [...tooOld] };
    gathered = [];
    tooOld.clear();
    // What a failed outbox lacks is followed again after the next start: its position stays.
    if (followed > 0) await opened().ask({ ask: "store", batchJson: JSON.stringify(batch) });
  };
  const flushSoon = (): void => {
    const ms = gathered.length === 0 ? POSITION_MS : GATHER_MS;
    if (thread?.failed()) {
      gathered = [];
      return;
    }
    if (timer && timerMs <= ms) return;
    clearTimeout(timer);
    timerMs = ms;
    timer = setTimeout(() => void flush().catch(() => {}), ms);
  };

  let position: Seq = 0;
  if (existsSync(fileIn(folder))) {
    const begun = open();
    thread = begun.thread;
    position = await begun.opened.catch(async (error) => {
      await begun.thread.end();
      throw error;
    });
    followed = position;
  }

  const follow = (source: Sequencer): void => {
    const { state } = source;
    let found: { seq: Seq; event: NewEvent }[] = [];
    let ended: { seq: Seq; webhooks: string[] }[] = [];
    const known = new Set(state.webhooks.byId.keys());

    source.onApplied((seq, command, effects) => {
      if (state.webhooks.made === 0) return;
      for (const event of foundEvents(state, seq, command, effects)) found.push({ seq, event });
      if (command.kind === "add-webhook") known.add(command.id);
      if (command.kind !== "remove-webhook" && command.kind !== "revoke-authkey") return;
      const webhooks = [...known].filter((id) => !state.webhooks.byId.has(id));
      for (const id of webhooks) known.delete(id);
      if (webhooks.length > 0) ended.push({ seq, webhooks });
    });
    source.onEffects((seq) => {
      if (state.webhooks.made === 0) return;
      followed = seq;
      let done = 0;
      while (done < found.length && found[done]!.seq <= seq) gathered.push(found[done++]!.event);
      if (done > 0) found = found.slice(done);
      // Only now: were it not on disk, a webhook that stands after a crash would miss what waited for it.
      const over = ended.filter((one) => one.seq <= seq);
      if (over.length > 0) {
        ended = ended.filter((one) => one.seq > seq);
        void flush().catch(() => {});
        const webhooks = over.flatMap((one) => one.webhooks);
        void opened()
          .ask({ ask: "forget", webhooks })
          .catch(() => {});
      }
      flushSoon();
    });
  };

  return {
    anywhere,
    position,
    replayed: (state, seq, command, effects) => {
      if (seq <= followed) return undefined;
      followed = seq;
      const events = foundEvents(state, seq, command, effects);
      if (command.t + KEPT_MS >= Date.now()) gathered.push(...events);
      // Who asks for what came after an older one must hear that he missed them.
      else for (const { account, number } of events) tooOld.set(account, number);
      return gathered.length >= MOST_GATHERED ? flush() : undefined;
    },
    run: async (source) => {
      sequencer = source;
      const { state } = source;
      follow(source);
      if (state.webhooks.made === 0) return;
      await flush();
      await opened().ask({ ask: "standing", webhooks: [...state.webhooks.byId.keys()] });
      await opened().ask({ ask: "start" });
    },
    waiting: () => waiting,
    settled: async () => {
      await sequencer!.durable();
      await flush();
    },
    log: async (webhook, before, limit) => {
      await flush();
      return opened().ask({ ask: "log", webhook, before, limit });
    },
    resend: async (webhook, account, number) => {
      await flush();
      return opened().ask({ ask: "resend", webhook, account, number });
    },
    events: async (account, after, limit, types) => {
      if (!thread && sequencer!.state.webhooks.made === 0)
        return { rows: [], more: false, pruned: 0, last: undefined };
      await flush();
      return opened().ask({ ask: "events", account, after, limit, types });
    },
    close: () => {
      closing ??= (async () => {
        await sequencer?.durable().catch(() => {});
        if (thread || gathered.length > 0) await flush().catch(() => {});
        clearTimeout(timer);
        await thread?.end();
      })();
      return closing;
    },
  };
};
