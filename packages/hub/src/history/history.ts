import type { Effect } from "@coinholder/engine";
import type { Seq } from "@coinholder/journal";
import { addTo, emptyBatch, type Filling, pack, rowsOf } from "./batch.ts";
import type { Asked } from "./chain.ts";
import type { AskedEntries, Entries } from "./entries.ts";
import { HistoryError } from "./error.ts";
import {
  type ActionEntry,
  type Besides,
  type CancelledRecord,
  type Candle,
  type Day,
  INTERVALS,
  type Interval,
  type MarketTradeRecord,
  type Page,
  type PaidRecord,
  type TradeRecord,
  type TransferRecord,
} from "./records.ts";
import { startThread } from "./thread.ts";
import { makeWaiters } from "./waiters.ts";

/**
 * A batch is closed at the next command once it has this many effects: about 20 ms of work, which is what a read
 * may have to wait behind.
 */
const BATCH_EFFECTS = 4000;

/**
 * Effects gather for so long, unless a batch is full or somebody waits for them: a transaction and the change of threads
 * cost as much as a hundred rows.
 */
const GATHER_MS = 25;

/**
 * What people page through, projected from the engine's effects into tables by a thread of its own. It decides
 * nothing and can be thrown away: following the journal from its first command makes it again.
 *
 * Numbers are the engine's: smallest units, account, currency and market indexes. A read waits for nothing: ask
 * `reached` for the command that it must show, then read. Reads reject with `history_unavailable` once it has failed.
 */
export interface History {
  /** The last command whose effects are stored. */
  readonly position: Seq;
  /** Why what was there was thrown away at opening, if it was: `position` is 0 then. */
  readonly rebuilt: string | undefined;
  /**
   * Takes the effects of a durable command. Every command in the order of the journal, also those without effects;
   * those stored before are passed over. Returns at once; who follows faster than the disk (a rebuild) waits for
   * `reached` now and then. Does nothing after a failure or closing. Throws `history_gap` when a command is left out.
   */
  follow(seq: Seq, effects: readonly Effect[], besides?: Besides): void;
  /** Resolves when the command's effects are stored, which may be before it was given to `follow`. */
  reached(seq: Seq): Promise<void>;
  /** From `account.lastTransfer`. `before` is a row number of the same account; any other gives an empty page. */
  transfers(head: number, before: number | undefined, limit: number): Promise<Page<TransferRecord>>;
  /** From the `lastTrade` of the account's trader. */
  trades(head: number, before: number | undefined, limit: number): Promise<Page<TradeRecord>>;
  /** From `lastCancelled` of the account's trader. */
  cancelled(head: number, before: number | undefined, limit: number): Promise<Page<CancelledRecord>>;
  /** From `book.lastTrade` of that market; here `before` is a trade's number. */
  marketTrades(
    head: number,
    market: number,
    before: number | undefined,
    limit: number,
  ): Promise<Page<MarketTradeRecord>>;
  /** What keys of the operator's account did, newest first. `before` is a command's position. */
  actions(before: number | undefined, limit: number): Promise<Page<ActionEntry>>;
  /** Which of these invoices were paid in full, and when first. */
  paid(addresses: readonly string[]): Promise<readonly PaidRecord[]>;
  /**
   * What changed one balance of an account. It stops at `limit`, or when it has looked at many rows: then there is `next`.
   * Undefined: it does not start at a place of that account.
   */
  entries(of: AskedEntries): Promise<Entries | undefined>;
  /** The newest ones that begin at or after `from`, oldest first; those without a trade are left out. */
  candles(market: number, interval: Interval, from: number | undefined, limit: number): Promise<Candle[]>;
  day(market: number, now: number): Promise<Day>;
  /**
   * Called once, with `history_unavailable` or `history_gap`, at once if it has failed before. What was stored is
   * sound: opening it again goes on from its position.
   */
  onFailure(callback: (error: HistoryError) => void): void;
  /** Stores what was followed, unless it has failed, and ends the thread. */
  close(): Promise<void>;
}

/**
 * Opens or makes history in its place: history.db in an existing folder, or tables in the PostgreSQL database of a
 * `postgres:` URL. What is damaged, of another format, or ahead of the journal (`journalSeq`: its last command; an older
 * one was restored) is moved aside to history.db.damaged-<time>, or dropped, and history begins empty.
 * Rejects with `history_unavailable` where that does not help (no room, no permission). Only the process that has
 * the journal may have it open.
 * @param start starts the thread that keeps it
 */
export async function openHistory(place: string, journalSeq?: Seq, start = startThread): Promise<History> {
  const waiters = makeWaiters();
  const listeners: ((error: HistoryError) => void)[] = [];
  const thread = start(isUrl(place) ? "./postgres/worker.js" : "./worker.js", (error) => {
    waiters.failAll(new HistoryError("history_unavailable", error.message, error));
    for (const callback of listeners.splice(0)) callback(error);
  });

  const opened = await thread.ask({ ask: "open", place, journalSeq }).catch(async (error) => {
    await thread.end();
    throw error;
  });
  let position = opened.position;
  let followed = position;
  /** The furthest that somebody waits for. */
  let wanted = position;
  let storing = false;
  let soon: NodeJS.Immediate | undefined;
  let later: NodeJS.Timeout | undefined;
  let closing: Promise<void> | undefined;
  const queue: Filling[] = [];

  function storeSoon(): void {
    if (storing || queue.length === 0) return;
    // At once still means: with all that comes in this turn of the event loop.
    if (wanted > position || queue.length > 1) soon ??= setImmediate(storeNext);
    else later ??= setTimeout(storeNext, GATHER_MS);
  }

  function storeNext(): void {
    clearImmediate(soon);
    clearTimeout(later);
    soon = later = undefined;
    const batch = queue.shift()!;
    storing = true;
    thread.ask({ ask: "store", batch: pack(batch) }).then(
      () => {
        position = batch.upTo;
        waiters.release(position);
        storing = false;
        storeSoon();
      },
      () => queue.splice(0), // The thread has told of its failure.
    );
  }

  async function stored(seq: Seq): Promise<void> {
    wanted = Math.max(wanted, seq);
    storeSoon();
    await waiters.wait(seq);
  }

  async function end(): Promise<void> {
    if (followed > position && !thread.failure) await stored(followed).catch(() => {});
    waiters.failAll(new HistoryError("history_unavailable", "history is closed"));
    await thread.end();
  }

  const page = (head: number, before: number | undefined, limit: number): Asked => {
    checkWhole({ head, before: before ?? 0, limit });
    return { head, before, limit };
  };

  return {
    get position() {
      return position;
    },
    rebuilt: opened.rebuilt,
    follow(seq, effects, besides) {
      if (seq <= followed || thread.failure || closing) return;
      if (seq !== followed + 1)
        throw new HistoryError("history_gap", `command ${seq} came where ${followed + 1} was expected`);
      let batch = queue.at(-1);
      if (!batch || rowsOf(batch) >= BATCH_EFFECTS) {
        batch = emptyBatch(followed);
        queue.push(batch);
      }
      addTo(batch, seq, effects, besides);
      followed = seq;
      storeSoon();
    },
    async reached(seq) {
      if (seq <= position) return;
      if (thread.failure || closing) throw unavailable(thread.failure);
      await stored(seq);
    },
    transfers: async (head, before, limit) => thread.ask({ ask: "transfers", of: page(head, before, limit) }),
    trades: async (head, before, limit) => thread.ask({ ask: "trades", of: page(head, before, limit) }),
    cancelled: async (head, before, limit) => thread.ask({ ask: "cancelled", of: page(head, before, limit) }),
    async marketTrades(head, market, before, limit) {
      const found = await thread.ask({ ask: "marketTrades", of: page(head, before, limit) });
      const stray = found.rows.find((trade) => trade.market !== market);
      if (stray) throw new Error(`trade ${stray.trade} is not of market ${market}`);
      return found;
    },
    async actions(before, limit) {
      checkWhole({ before: before ?? 0, limit });
      return thread.ask({ ask: "actions", before, limit });
    },
    paid: async (addresses) => thread.ask({ ask: "paid", addresses }),
    async entries(of) {
      const { from, limit, start, to } = of;
      checkWhole({ from, limit, to, transfer: start.transfer, trade: start.trade });
      return thread.ask({ ask: "entries", of });
    },
    async candles(market, interval, from, limit) {
      checkWhole({ market, interval: INTERVALS[interval], from: from ?? 0, limit });
      return thread.ask({ ask: "candles", market, interval, from, limit });
    },
    async day(market, now) {
      checkWhole({ market, now });
      return thread.ask({ ask: "day", market, now });
    },
    onFailure(callback) {
      if (thread.failure) callback(thread.failure);
      else listeners.push(callback);
    },
    close() {
      closing ??= end();
      return closing;
    },
  };
}

const isUrl = (place: string): boolean => /^postgres(?:ql)?:/.test(place);

const unavailable = (failure: HistoryError | undefined): HistoryError =>
  new HistoryError("history_unavailable", failure?.message ?? "history is closed", failure);

/** Here, where the mistake of a caller is only the caller's. */
function checkWhole(numbers: Record<string, number>): void {
  for (const [name, value] of Object.entries(numbers))
    if (!Number.isSafeInteger(value) || value < 0)
      throw new RangeError(`${name} must be a whole number, not ${value}`);
}
