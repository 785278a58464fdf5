import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { connect } from "@coinholder/client";
import { startChild } from "../child.ts";
import { inFolder } from "../folder.ts";
import { type Figure, interleaved, type Measure } from "../measure.ts";
import type { Load } from "../transfers/load-child.ts";
import { makePayers, type Place, settled } from "../transfers/people.ts";
import type { Ask } from "./engine-child.ts";
import { startTpcb } from "./tpcb.ts";

const ROUNDS = 5;
const AIM = 25;
const ACCOUNTS = 100_000;
const TRANSFERS = 300_000;
const CALLERS = 1000;
const PAYERS = 100;
const PARTS = 100;
const BATCHES = 2000;
const CONNECTIONS = 64;

/** Engine and journal in a process of their own. */
const startEngine = async (folder: string, withHistory: boolean) => {
  const [journal, history] = [join(folder, "journal"), join(folder, "history")];
  mkdirSync(history, { recursive: true });
  const child = startChild("./durable/engine-child.js");
  await child.ask({
    folder: journal,
    accounts: ACCOUNTS,
    history: withHistory ? history : undefined,
  } satisfies Ask);
  return {
    rate: () => child.ask<number>({ transfers: TRANSFERS, callers: CALLERS } satisfies Ask),
    end: child.kill,
  };
};

/** A whole hub, and a caller of batches. */
const startBatches = async (folder: string) => {
  mkdirSync(folder);
  const [child, load] = [startChild("./transfers/hub-child.js"), startChild("./transfers/load-child.js")];
  const place = await child.ask<Place>(folder);
  const payers = await makePayers(place, PAYERS);
  const hub = await connect(place.url);
  const [operator, payer] = [hub.as(place.operator), hub.as(payers[0]!)];
  return {
    rate: async (): Promise<number> => {
      const before = await settled(operator, payer);
      const calls = await load.ask<number>({
        port: Number(new URL(place.url).port),
        payers,
        calls: BATCHES,
        connections: CONNECTIONS,
        clientIds: false,
        parts: PARTS,
      } satisfies Load);
      const journaled = (await settled(operator, payer)) - before;
      if (journaled !== BATCHES * PARTS)
        throw new Error(`${BATCHES * PARTS} transfers were answered, ${journaled} are in the journal`);
      return calls * PARTS;
    },
    end: async () => {
      await Promise.all([child.end(), load.end()]);
    },
  };
};

export const durable: Measure = (say) =>
  inFolder(async (folder) => {
    const tpcb = await startTpcb(say);
    const ends: (() => Promise<void>)[] = tpcb ? [tpcb.end] : [];
    try {
      say(`${ACCOUNTS} accounts, twice; ${PAYERS} accounts of a hub`);
      const bare = await startEngine(join(folder, "bare"), false);
      ends.push(bare.end);
      const followed = await startEngine(join(folder, "followed"), true);
      ends.push(followed.end);
      const batches = await startBatches(join(folder, "hub"));
      ends.push(batches.end);
      say(`${ROUNDS} rounds of ${TRANSFERS} transfers, and of ${BATCHES} batches of ${PARTS}`);
      const rates = await interleaved(ROUNDS, {
        bare: bare.rate,
        followed: followed.rate,
        batches: batches.rate,
        theirs: tpcb ? tpcb.rate : async () => Number.NaN,
      });
      const figure = (what: string, ours: number): Figure => ({
        what,
        unit: "transfers/s",
        ours,
        yardstick: {
          what: tpcb
            ? `pgbench tpcb-like on PostgreSQL, ${tpcb.best.clients} clients, the best count`
            : "missing: no pgbench or no PostgreSQL here",
          value: rates.theirs,
        },
        aim: { what: `${AIM} times the yardstick or better`, met: ours / rates.theirs >= AIM },
      });
      return [
        figure(`durable transfers through engine and journal, ${CALLERS} callers`, rates.bare),
        figure("the same, followed by history", rates.followed),
        figure(`durable transfers in signed batches of ${PARTS} through HTTP`, rates.batches),
      ];
    } finally {
      for (const end of ends.reverse()) await end();
    }
  });
