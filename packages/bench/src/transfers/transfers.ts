import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@coinholder/client";
import { type Child, startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { type Figure, interleaved, type Measure, median } from "../measure.ts";
import type { HubWanted } from "./hub-child.ts";
import type { Load, Payer } from "./load-child.ts";
import { makePayers, type Place, settled } from "./people.ts";

const ROUNDS = 7;
const CALLS = 20_000;
const CONNECTIONS = 256;
const PAYERS = 100;
const AIM = 0.85;
/** Processes before the hub; the first is the hub as it starts without being told. */
const WORKERS = [0, 1, 2];

const portOf = (url: string): number => Number(new URL(url).port);

interface Way {
  readonly hub: Child;
  readonly place: Place;
  readonly payers: readonly Payer[];
}

const openWay = async (httpWorkers: number, folder: string): Promise<Way> => {
  const hub = startChild("./transfers/hub-child.js");
  const data = join(folder, `workers-${httpWorkers}`);
  mkdirSync(data);
  const place = await hub.ask<Place>({ data, httpWorkers } satisfies HubWanted);
  return { hub, place, payers: await makePayers(place, PAYERS) };
};

/** Carries out so many transfers, and sees that they were. */
const transfer = async (
  { hub, place, payers }: Way,
  rate: (url: string, payers: readonly Payer[]) => Promise<number>,
): Promise<{ calls: number; micros: number | undefined }> => {
  const server = await connect(place.url);
  const [operator, payer] = [server.as(place.operator), server.as(payers[0]!)];
  const before = await settled(operator, payer);
  const used = await hub.ask<number | undefined>({ ask: "main thread" });
  const calls = await rate(place.url, payers);
  const now = await hub.ask<number | undefined>({ ask: "main thread" });
  const journaled = (await settled(operator, payer)) - before;
  if (journaled !== CALLS)
    throw new Error(`${CALLS} transfers were answered, ${journaled} are in the journal`);
  return { calls, micros: used === undefined || now === undefined ? undefined : (now - used) / CALLS };
};

const compare = async (
  ways: Readonly<Record<string, Way>>,
  bareUrl: string,
  clientIds: boolean,
): Promise<Figure[]> => {
  const load = startChild("./transfers/load-child.js");
  const rate = (url: string, payers: readonly Payer[]): Promise<number> =>
    load.ask<number>({
      port: portOf(url),
      payers,
      calls: CALLS,
      connections: CONNECTIONS,
      clientIds,
    } satisfies Load);
  const named = Object.entries(ways);
  const micros = new Map<string, number[]>(named.map(([name]) => [name, []]));
  const contestants: Record<string, () => Promise<number>> = {};
  for (const [name, way] of named)
    contestants[name] = async () => {
      const took = await transfer(way, rate);
      if (took.micros !== undefined) micros.get(name)!.push(took.micros);
      return took.calls;
    };
  contestants.bare = () => rate(bareUrl, named[0]![1].payers);
  const rates = await interleaved<string>(ROUNDS, contestants);
  await load.end();
  const what = `signed internal transfers through HTTP, durable${clientIds ? ", each with a client_id" : ""}`;
  const figures: Figure[] = named.map(([name], i) => ({
    what: i === 0 ? what : `the same, ${name}`,
    unit: "calls/s",
    ours: rates[name]!,
    yardstick: { what: "bare Fastify that checks the same HMAC and answers", value: rates.bare! },
    ...(i === 0
      ? { aim: { what: `${AIM} of the yardstick or better`, met: rates[name]! / rates.bare! >= AIM } }
      : {}),
  }));
  // The first round warms up.
  const [alone = [], ...others] = named.map(([name]) => micros.get(name)!.slice(1));
  others.forEach((some, i) => {
    if (some.length > 0 && alone.length > 0)
      figures.push({
        what: `CPU of the engine's thread for one of them, ${named[i + 1]![0]}`,
        unit: "µs",
        ours: median(some),
        yardstick: { what: "without workers", value: median(alone) },
      });
  });
  return figures;
};

export const transfers: Measure = (say) =>
  inFolder(async (folder) => {
    const ways: Record<string, Way> = {};
    const bare = startChild("./transfers/bare-child.js");
    try {
      for (const workers of WORKERS) {
        say(`${PAYERS} accounts with coins${workers === 0 ? "" : `, ${workers} HTTP workers`}`);
        ways[workers === 0 ? "alone" : `${workers} HTTP workers`] = await openWay(workers, folder);
      }
      const all = Object.values(ways).flatMap(({ payers }) => payers);
      const keys = new Map(all.map(({ token, key }) => [token, key]));
      const answer = { transfer_id: "t100000", status: "done", fee: "0.00" };
      const { url } = await bare.ask<{ url: string }>({ keys, answer });
      say(`${ROUNDS} rounds of ${CALLS} calls over ${CONNECTIONS} connections`);
      const figures = await compare(ways, url, false);
      say("the same with client ids");
      figures.push(...(await compare({ alone: ways.alone! }, url, true)));
      return figures;
    } finally {
      await Promise.all([...Object.values(ways).map(({ hub }) => hub.end()), bare.end()]);
    }
  });
