import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { type Figure, type Measure, median } from "../measure.ts";
import type { IndexAsk } from "./index-child.ts";
import { makePoints, type Point, seeded, type World } from "./points.ts";
import { type Redis, startRedis } from "./redis.ts";

const INVOICES = 1_000_000;
const SEARCHES = 10_000;
const ROUNDS = 3;
const RADIUS_M = 400;
const LIMIT = 20;
const AT_ONCE = 1000;

interface Took {
  readonly times: readonly number[];
  readonly found: number;
}

const at = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.floor(times.length * share)]!;

const KEY = "invoices";
const add = ({ lat, lng }: Point, number: number): string[] => [String(lng), String(lat), `a${number}`];

const loadRedis = async (redis: Redis, points: readonly Point[]): Promise<void> => {
  await redis.all([["DEL", KEY]]);
  for (let i = 0; i < points.length; i += AT_ONCE) {
    const members = points.slice(i, i + AT_ONCE).flatMap((point, j) => add(point, i + j + 1));
    await redis.all([["GEOADD", KEY, ...members]]);
  }
};

/** As the engine's child: one comes, the oldest goes, one search. */
const searchRedis = async (
  redis: Redis,
  search: readonly Point[],
  come: readonly Point[],
  from: { posted: number; gone: number },
): Promise<number[]> => {
  const times: number[] = [];
  for (const [i, { lat, lng }] of search.entries()) {
    await redis.all([
      ["GEOADD", KEY, ...add(come[i]!, ++from.posted)],
      ["ZREM", KEY, `a${++from.gone}`],
    ]);
    const [radius, limit] = [String(RADIUS_M), String(LIMIT)];
    const query = ["FROMLONLAT", String(lng), String(lat), "BYRADIUS", radius, "m", "ASC", "COUNT", limit];
    const start = performance.now();
    await redis.all([["GEOSEARCH", KEY, ...query, "WITHDIST"]]);
    times.push((performance.now() - start) * 1000);
  }
  return times;
};

const WORLDS: Readonly<Record<World, string>> = { city: "in one city", world: "all over the world" };

/** How long a search takes among a million live invoices, of which one comes and one goes before each search. */
export const nearby: Measure = (say) =>
  inFolder(async (folder) => {
    const redis = await startRedis(folder);
    if (!redis)
      say("there is no redis-server on the PATH (Debian: apt-get install redis-server): no yardstick");
    const ours = startChild("./nearby/index-child.js", ["--max-old-space-size=6144"]);
    const figures: Figure[] = [];
    try {
      for (const world of Object.keys(WORLDS) as World[]) {
        const next = makePoints(world, seeded(417));
        const points = (count: number): Point[] => Array.from({ length: count }, next);
        const all = points(INVOICES);
        await ours.ask<Took>({ load: all } satisfies IndexAsk);
        if (redis) await loadRedis(redis, all);
        const from = { posted: INVOICES, gone: 0 };
        const took: Record<"ours" | "redis", { p50: number[]; p99: number[] }> = {
          ours: { p50: [], p99: [] },
          redis: { p50: [], p99: [] },
        };
        // The first round warms up and is left out.
        for (let round = 0; round <= ROUNDS; round++) {
          const [search, come] = [points(SEARCHES), points(SEARCHES)];
          const { times, found } = await ours.ask<Took>({ search, come } satisfies IndexAsk);
          const theirs = redis ? await searchRedis(redis, search, come, from) : [Number.NaN];
          say(
            `${WORLDS[world]}, round ${round}: ours p50 ${at(times, 0.5).toFixed(0)}, p99 ${at(times, 0.99).toFixed(0)} µs (${(found / SEARCHES).toFixed(1)} found); Redis p50 ${at(theirs, 0.5).toFixed(0)}, p99 ${at(theirs, 0.99).toFixed(0)} µs`,
          );
          if (round === 0) continue;
          for (const [name, all] of [
            ["ours", times],
            ["redis", theirs],
          ] as const) {
            took[name].p50.push(at(all, 0.5));
            took[name].p99.push(at(all, 0.99));
          }
        }
        for (const share of ["p50", "p99"] as const) {
          const [value, yardstick] = [median(took.ours[share]), median(took.redis[share])];
          figures.push({
            what: `${share} of a search within ${RADIUS_M} m among a million live invoices ${WORLDS[world]}`,
            unit: "µs",
            ours: value,
            yardstick: {
              what: redis ? "Redis GEOSEARCH over loopback" : "Redis GEOSEARCH: no redis-server here",
              value: yardstick,
            },
            ...(share === "p99" && redis
              ? { aim: { what: "no more than it", met: value <= yardstick } }
              : {}),
          });
        }
      }
      return figures;
    } finally {
      await Promise.all([ours.end(), redis?.end()]);
    }
  });
