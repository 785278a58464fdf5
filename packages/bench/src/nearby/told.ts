import { setTimeout as sleep } from "node:timers/promises";
import { connect, credentialsOf, type KeyCredentials } from "@coinholder/client";
import { type Child, startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { startHubs } from "../gossip/gossip.ts";
import { type Measure, median } from "../measure.ts";
import { makePoints, seeded } from "./points.ts";
import type { ToldAsk } from "./told-child.ts";

const QUERIES = 10_000;
const RADIUS_M = 400;
const TILLS = 20;
const PER_SECOND = 20;
const POSTS = 300;
const ROUNDS = 3;
const AIM_MS = 50;
/** After ten thousand snapshots the hub collects its garbage, which is not what is measured. */
const REST_MS = 1_000;

interface Told {
  readonly times: readonly number[];
  readonly posts: number;
}

/**
 * From the call that posts an invoice at one hub to its being told by another to who stands near, while ten thousand standing queries
 * are open there.
 */
export const told: Measure = (say) =>
  inFolder(async (folder) => {
    const readers = startChild("./nearby/told-child.js");
    const children: Child[] = [readers];
    try {
      const [posting, reading] = (await startHubs(folder, 2, children)) as [string, string];
      const stranger = await connect(posting);
      const tills: KeyCredentials[] = [];
      for (let i = 0; i < TILLS; i++) {
        const { account, authkey } = await stranger.call("create-account");
        tills.push(credentialsOf(account, authkey));
      }
      const next = makePoints("city", seeded(417));
      const points = (count: number) => Array.from({ length: count }, next);
      const p99: Record<"one" | "many", number[]> = { one: [], many: [] };
      // The first round warms up and is left out.
      for (let round = 0; round <= ROUNDS; round++)
        for (const name of ["one", "many"] as const) {
          const posts = points(POSTS);
          // One that has the whole city in its radius hears of each.
          const [queries, radiusM] =
            name === "one" ? ([points(1), 50_000] as const) : ([points(QUERIES), RADIUS_M] as const);
          await readers.ask<Told>({ url: reading, queries, radiusM } satisfies ToldAsk);
          await sleep(REST_MS);
          const { times } = await readers.ask<Told>({
            url: posting,
            posts,
            perSecond: PER_SECOND,
            tills,
          } satisfies ToldAsk);
          if (times.length < POSTS) throw new Error(`only ${times.length} were told of ${POSTS}`);
          const sorted = [...times].sort((a, b) => a - b);
          const [half, most] = [sorted[sorted.length >> 1]!, sorted[Math.floor(sorted.length * 0.99)]!];
          say(
            `round ${round}, ${queries.length} standing queries: p50 ${half.toFixed(1)}, p99 ${most.toFixed(1)} ms, each told ${(times.length / POSTS).toFixed(1)} times`,
          );
          if (round > 0) p99[name].push(most);
        }
      const [ours, value] = [median(p99.many), median(p99.one)];
      return [
        {
          what: `p99 from posting at one hub to told by another, ${QUERIES} standing queries of ${RADIUS_M} m in one city`,
          unit: "ms",
          ours,
          yardstick: { what: "the same with one standing query", value },
          aim: { what: `under ${AIM_MS} ms`, met: ours < AIM_MS },
        },
      ];
    } finally {
      await Promise.all(children.map((child) => child.end()));
    }
  });
