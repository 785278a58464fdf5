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
const SECONDS = 10;
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
      await load(3);
      const alone: number[] = [];
      const among: number[] = [];
      for (let round = 1; round <= ROUNDS; round++) {
        const quiet = await load(SECONDS);
        const channels = "book:BTC/USD";
        await readers.ask<Counted>({ open: READERS, port, channels } satisfies Ask);
        await readers.ask<Counted>({ count: true } satisfies Ask);
        const heard = await load(SECONDS);
        const { least, most } = await readers.ask<Counted>({ count: true } satisfies Ask);
        await readers.ask<Counted>({ close: true } satisfies Ask);
        await pause(REST_MS);
        if (least === 0) throw new Error("a reader was told nothing");
        say(
          `round ${round}: p99 ${quiet.p99.toFixed(1)} ms alone, ${heard.p99.toFixed(1)} ms among readers (p50 ${quiet.p50.toFixed(1)}, ${heard.p50.toFixed(1)}), who had ${least} to ${most} bytes each`,
        );
        alone.push(quiet.p99);
        among.push(heard.p99);
      }
      const [ours, value] = [median(among), median(alone)];
      return [
        {
          what: `p99 of an order at ${PER_SECOND} orders/s while ${READERS} readers of the book listen`,
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
