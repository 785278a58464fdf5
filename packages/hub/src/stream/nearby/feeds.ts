import { setImmediate as turn } from "node:timers/promises";
import { distanceM, findInvoices, isAmbiguous } from "@coinholder/engine";
import { type AskedChannel, MOST_NEARBY, type NearbyPlace, type StreamMessage } from "@coinholder/protocol";
import { foundInvoice } from "../../functions/found-invoice.ts";
import type { Sequencer } from "../../sequencer.ts";
import { encoded } from "../encoded.ts";
import type { Joined } from "../feed.ts";
import type { Pump, Work } from "../pump.ts";
import type { Reader } from "../reader.ts";
import { type Change, followChanges, type PlacedInvoice } from "./changes.ts";
import { makeQueries, type Query } from "./queries.ts";

/** Standing queries open at a time, over all: each costs about 1 kB. */
export const MOST_QUERIES = 100_000;
/** Changes kept for who comes back, of the whole earth. */
const MOST_KEPT = 20_000;
/** Of these, told to one who comes back; who has missed more is better off with a snapshot. */
const MOST_RESUMED = 200;

/** One reader's standing query. */
interface Standing extends Query {
  readonly reader: Reader;
  readonly channel: string;
  /** The last number that the reader was told. */
  at: number;
}

interface Numbered {
  /** Ascending; the same for all such channels of this run of the hub. */
  readonly last: number;
  readonly change: Change;
}

/** What appears and disappears near places, told to who has asked for them. */
export interface NearbyFeeds {
  /** Joins a reader to a channel once it has taken what it was sent before. */
  readonly join: (reader: Reader, asked: AskedChannel, near: NearbyPlace) => Promise<void>;
  /** Standing queries that are open. */
  readonly count: () => number;
  readonly stop: () => void;
}

/** What a change tells a reader from whose place it is so far away. */
const dataOf = ({ change }: Numbered, distance: number): unknown => {
  const { invoice, is } = change;
  const { address: btc_address } = invoice;
  if (is === "disappeared") return { disappeared: [{ btc_address, why: change.why }] };
  const { ambiguous } = change;
  if (is === "changed") return { changed: [{ btc_address, ambiguous }] };
  return { appeared: [foundInvoice(invoice, distance, ambiguous)] };
};

/** @param lastSeq position of the last command that was carried out */
export const makeNearbyFeeds = (sequencer: Sequencer, pump: Pump, lastSeq: () => number): NearbyFeeds => {
  const queries = makeQueries<Standing>();
  let made = 0;
  // By the clock, so that no number of a run before is one of this run.
  let number: number = sequencer.now();
  let keptFrom = number;
  let kept: Numbered[] = [];
  let queue: { readonly told: Numbered; readonly to: [Standing, number][] }[] = [];
  let current: { readonly told: Numbered; readonly to: [Standing, number][]; next: number } | undefined;

  const send = (query: Standing, told: Numbered, distance: number): void => {
    const { reader, channel, at } = query;
    query.at = told.last;
    const { t } = told.change;
    const update: StreamMessage = {
      type: "update",
      channel,
      first: at + 1,
      last: told.last,
      t,
      data: dataOf(told, distance),
    };
    reader.send(encoded(update));
  };

  const work: Work = (most) => {
    let written = 0;
    while (written < most) {
      if (!current) {
        const next = queue.shift();
        if (!next) break;
        current = { ...next, next: 0 };
      }
      const one = current.to[current.next++];
      if (!one) {
        current = undefined;
        continue;
      }
      const [query, distance] = one;
      // Who came meanwhile has it already; who went is not open.
      if (query.at >= current.told.last) continue;
      send(query, current.told, distance);
      written++;
    }
    return written;
  };

  const changes = followChanges(sequencer, lastSeq, (change) => {
    number = Math.max(number + 1, sequencer.now());
    const told = { last: number, change };
    kept.push(told);
    if (kept.length > 2 * MOST_KEPT) {
      keptFrom = kept[kept.length - MOST_KEPT - 1]!.last;
      kept = kept.slice(-MOST_KEPT);
    }
    const to: [Standing, number][] = [];
    queries.concerned(change.invoice, (query, distance) => to.push([query, distance]));
    if (to.length === 0) return;
    const idle = !current && queue.length === 0;
    queue.push({ told, to });
    if (idle) pump.start(work);
  });

  /** From a query's place, undefined where it is not among what is asked for. */
  const distanceTo = (query: Query, { lat, lng, random }: PlacedInvoice): number | undefined => {
    if (query.random !== undefined && query.random !== random) return undefined;
    const distance = distanceM(query.lat, query.lng, lat, lng);
    return distance <= query.radiusM ? distance : undefined;
  };

  /** As it was told so far: the state is ahead of that by what is not durable yet. */
  const whole = (query: Query): unknown => {
    const { state } = sequencer;
    const t = sequencer.now();
    // How those stood before that have changed since.
    const before = new Map<PlacedInvoice, boolean>();
    for (const { invoice, is } of changes.untold())
      if (is !== "changed" && !before.has(invoice)) before.set(invoice, is === "disappeared");
    const rows: { readonly invoice: PlacedInvoice; readonly distance: number }[] = [];
    for (const [invoice, was] of before) {
      const distance = was ? distanceTo(query, invoice) : undefined;
      if (distance !== undefined) rows.push({ invoice, distance });
    }
    const { lat, lng, radiusM, random } = query;
    const sought = { place: { lat, lng, radiusM }, ...(random === undefined ? {} : { random }) };
    const most = rows.length + MOST_NEARBY + 1;
    for (const { invoice, distance } of findInvoices(state, sought, t)) {
      if (rows.length === most) break;
      const placed = invoice as PlacedInvoice;
      if (!before.has(placed)) rows.push({ invoice: placed, distance: distance! });
    }
    rows.sort((a, b) => a.distance - b.distance || a.invoice.number - b.invoice.number);
    return {
      invoices: rows
        .slice(0, MOST_NEARBY)
        .map(({ invoice, distance }) => foundInvoice(invoice, distance, isAmbiguous(state, invoice, t))),
      more_exist: rows.length > MOST_NEARBY,
    };
  };

  /** What a reader has missed since a number; undefined where that is not kept, or too much. */
  const missed = (query: Query, after: number): [Numbered, number][] | undefined => {
    if (after < keptFrom || after > number) return undefined;
    const found: [Numbered, number][] = [];
    for (let i = kept.length - 1; i >= 0 && kept[i]!.last > after; i--) {
      const distance = distanceTo(query, kept[i]!.change.invoice);
      if (distance !== undefined) found.push([kept[i]!, distance]);
      if (found.length > MOST_RESUMED) return undefined;
    }
    return found.reverse();
  };

  const begin = (query: Standing, after: number | undefined): void => {
    const { reader, channel } = query;
    const since = after === undefined ? undefined : missed(query, after);
    if (since) {
      reader.send(encoded({ type: "resumed", channel, seq: after! }));
      query.at = after!;
      for (const [told, distance] of since) send(query, told, distance);
      return;
    }
    if (after !== undefined) reader.send(encoded({ type: "gap", channel, after }));
    query.at = number;
    const t = sequencer.now();
    reader.send(encoded({ type: "snapshot", channel, seq: number, t, data: whole(query) }));
  };

  return {
    count: queries.count,
    join: async (reader, { channel, after }, near) => {
      // Snapshots are large, and many may be asked for at once: others' calls come in between.
      await reader.taken();
      await turn();
      if (!reader.open()) return;
      for (const [feed, subscription] of reader.subscriptions)
        if (feed.channel === channel) feed.leave(subscription);
      const { lat, lng, radius_m: radiusM, random } = near;
      const query: Standing = {
        number: ++made,
        lat,
        lng,
        radiusM,
        random,
        posted: undefined,
        expires: undefined,
        reader,
        channel,
        at: number,
      };
      begin(query, after);
      if (!reader.open()) return;
      const feed: Joined = {
        channel,
        account: undefined,
        leave: (subscription) => {
          queries.remove(query);
          query.at = Number.POSITIVE_INFINITY;
          subscription.reader.subscriptions.delete(feed);
        },
      };
      queries.add(query);
      reader.subscriptions.set(feed, { reader, at: number, allowed: undefined });
    },
    stop: () => {
      changes.stop();
      queue = [];
      current = undefined;
    },
  };
};
