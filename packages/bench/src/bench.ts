import { crossing } from "./crossing/crossing.ts";
import { deposits } from "./deposits/deposits.ts";
import { durable } from "./durable/durable.ts";
import { gossip } from "./gossip/gossip.ts";
import { entries } from "./journal/entries.ts";
import { machine } from "./machine.ts";
import { matching } from "./matching/matching.ts";
import type { Figure, Measure } from "./measure.ts";
import { accounts } from "./memory/accounts.ts";
import { nearby } from "./nearby/nearby.ts";
import { told } from "./nearby/told.ts";
import { payout } from "./payout/payout.ts";
import { replay } from "./replay/replay.ts";
import { restart } from "./restart/restart.ts";
import { scan } from "./scan/scan.ts";
import { stream } from "./stream/stream.ts";
import { table } from "./table.ts";
import { transfers } from "./transfers/transfers.ts";

const given = process.argv.slice(2);
const scaleAt = given.indexOf("--scale");
/** Of `restart`, for a quick look: what is published is of full size. */
const [, scale = "1"] = scaleAt < 0 ? [] : given.splice(scaleAt, 2);

const MEASURES: Readonly<Record<string, Measure>> = {
  matching,
  transfers,
  durable,
  stream,
  gossip,
  journal: entries,
  memory: accounts,
  replay,
  restart: restart(Number(scale)),
  scan,
  deposits,
  payout,
  crossing,
  nearby,
  told,
};

const HELP = `npm run bench -- [--json] [--scale 0.1] [name ...]
Measures: ${Object.keys(MEASURES).join(", ")} (all of them unless named).
Each figure stands beside its yardstick, taken in the same run, round by round in turn. BENCHMARKS.md tells how to read it.`;

const names = given.filter((argument) => !argument.startsWith("--"));
const strange = given.find((one) =>
  one.startsWith("--") ? one !== "--json" : !Object.hasOwn(MEASURES, one),
);
if (strange !== undefined) {
  console.error(strange === "--help" ? HELP : `There is no ${strange}.\n${HELP}`);
  process.exit(strange === "--help" ? 0 : 2);
}

const on = machine();
console.error(`${on.cpu}, ${on.cores} cores, ${on.memoryGiB} GiB, ${on.system}, Node ${on.node}`);
const figures: Figure[] = [];
for (const name of names.length > 0 ? names : Object.keys(MEASURES))
  figures.push(...(await MEASURES[name]!((what) => console.error(`${name}: ${what}`))));
console.log(given.includes("--json") ? JSON.stringify({ machine: on, figures }, null, 2) : table(figures));
