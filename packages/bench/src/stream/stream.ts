import { setTimeout as pause } from "node:timers/promises";
import { connect, type KeyCredentials } from "@coinholder/client";
import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { type Measure, median } from "../measure.ts";
import { makePayers, type Place } from "../transfers/people.ts";
import type { Latencies, Orders } from "./orders-child.ts";
import type { Ask } from "./readers-child.ts";

const READERS = 10_000;
const PER_SECOND = 500;
/** A disk that stalls for half a second now and then spoils the window it happens in, and no other. */
const WINDOWS = 5;
const WINDOW_SECONDS = 2;
const ROUNDS = 5;
const TRADERS = 20;
const AIM = 2;
/** To take leave of all readers at once takes a hub a good half second, which is not to be counted where nobody listens. */
const REST_MS = 3000;

interface Counted {
  readonly least: number;
  readonly most: number;
}

const withDollars = async (place: Place, traders: readonly KeyCredentials[]): Promise<void> => {
  const operator = (await connect(place.url)).as(place.operator);
  for (const { account } of traders)
    await operator.call("operator-credit", {
      to_account: account,
      currency: "USD",
      amount: "1000000",
      reference: "bench",
      client_id: account,
    });
};

const inWords = (windows: readonly Latencies[]): string => {
  const p99 = windows.map((window) => window.p99);
  return `${median(p99).toFixed(1)} ms (${Math.max(...p99).toFixed(1)})`;
};

/** How long an order takes while nobody, and while ten thousand readers of the book, listen: in turn, in the same run. */
export const stream: Measure = (say) =>
  inFolder(async (folder) => {
    const hub = startChild("./transfers/hub-child.js");
    const orders = startChild("./stream/orders-child.js");
    const readers = startChild("./stream/readers-child.js");
    try {
      const place = await hub.ask<Place>(folder);
      const traders = await makePayers(place, TRADERS);
      await withDollars(place, traders);
      const port = Number(new URL(place.url).port);
      const half = TRADERS / 2;
      const load = (seconds: number): Promise<Latencies> =>
        orders.ask<Latencies>({
          port,
          sellers: traders.slice(0, half),
          buyers: traders.slice(half),
          perSecond: PER_SECOND,
          seconds,
        } satisfies Orders);
      const windows = async (): Promise<Latencies[]> => {
        const all: Latencies[] = [];
        for (let i = 0; i < WINDOWS; i++) all.push(await load(WINDOW_SECONDS));
        return all;
      };
      await load(3);
      const alone: number[] = [];
      const among: number[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        const quiet = await windows();
        const channels = "book:BTC/USD";
        await readers.ask<Counted>({ open: READERS, port, channels } satisfies Ask);
        await readers.ask<Counted>({ count: true } satisfies Ask);
        const heard = await windows();
        const { least, most } = await readers.ask<Counted>({ count: true } satisfies Ask);
        await readers.ask<Counted>({ close: true } satisfies Ask);
        await pause(REST_MS);
        if (least === 0) throw new Error("a reader was told nothing");
        say(
          `round ${round}: of ${WINDOWS} windows' p99 the median (and the worst): ${inWords(quiet)} alone, ${inWords(heard)} among readers, who had ${least} to ${most} bytes each`,
        );
        alone.push(...quiet.map(({ p99 }) => p99));
        among.push(...heard.map(({ p99 }) => p99));
      }
      const [ours, value] = [median(among), median(alone)];
      return [
        {
          what: `p99 of an order at ${PER_SECOND} orders/s while ${READERS} readers of the book listen, median of ${ROUNDS * WINDOWS} windows of ${WINDOW_SECONDS} s`,
          unit: "ms",
          ours,
          yardstick: { what: "the same without readers", value },
          aim: { what: `less than ${AIM} times`, met: ours < AIM * value },
        },
      ];
    } finally {
      await Promise.all([hub.end(), orders.end(), readers.end()]);
    }
  });
