import { randomInt } from "node:crypto";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Action, plan } from "./hub/actions.ts";
import { type HubRun, runHub } from "./hub/run.ts";
import { shrinkSteps } from "./hub/shrink.ts";
import { prng } from "./prng.ts";
import { run } from "./run.ts";
import { shrink } from "./shrink.ts";

const HELP = `Simulations: seeded worlds, judged by plain rules.

  npm run sim -- [SEED] [--requests N]      the whole hub: HTTP, engine, journal, chain, crashes; in virtual time
  npm run sim -- --hours H [--requests N]   fresh seeds until the time is over, or until one fails
  npm run sim -- --engine [SEED] [--commands N]   the engine alone, many more commands

  SEED          a whole number; any unless given. The same seed gives the same run, to the byte.
  --requests N  requests of a run; 300 unless given
  --steps FILE  these steps instead of the seed's: a line of JSON each, as a failure prints them
  --trace       every step, request, answer and entry
  --commands N  commands of a run of the engine; 20000 unless given

A failure prints its seed and the fewest steps that show it; the exit code is then 1.`;

const usage = (what: string): never => {
  console.error(`${what}\n\n${HELP}`);
  process.exit(2);
};

const whole = (text: string, what: string): number => {
  const number = Number(text);
  return Number.isSafeInteger(number) && number >= 0
    ? number
    : usage(`${what} is a whole number, not ${text}`);
};

const read = () => {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        hours: { type: "string" },
        requests: { type: "string", default: "300" },
        steps: { type: "string" },
        trace: { type: "boolean", default: false },
        engine: { type: "boolean", default: false },
        commands: { type: "string", default: "20000" },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    return usage((error as Error).message);
  }
};
const { values, positionals } = read();
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
if (positionals.length > 1) usage("one seed at a time");
const freshSeed = (): number => randomInt(2 ** 32);
const seed = positionals[0] === undefined ? freshSeed() : whole(positionals[0], "SEED");

const printCounts = (counts: ReadonlyMap<string, number>): void => {
  for (const [what, times] of [...counts].sort()) console.log(`${String(times).padStart(7)} ${what}`);
};

const simulateEngine = async (): Promise<void> => {
  const sim = await run(seed, whole(values.commands, "--commands"));
  if (!sim.failure) {
    printCounts(sim.verdicts);
    console.log(`seed ${seed}: ${sim.commands} commands, no disagreement, state ${sim.hash}`);
    return;
  }
  console.error(`seed ${seed}: command ${sim.failure.commands.length}: ${sim.failure.message}`);
  const small = await shrink(seed, sim.failure);
  console.error(`${small.commands.length} commands show it:`);
  for (const command of small.commands) console.error(JSON.stringify(command));
  process.exitCode = 1;
};

const tellFailure = async (of: number, actions: readonly Action[], { failure }: HubRun): Promise<void> => {
  console.error(`seed ${of}: step ${failure!.step}: ${failure!.message}`);
  const small = await shrinkSteps(of, actions, failure!);
  console.error(`${small.actions.length} steps show it (${small.failure.message}):`);
  for (const action of small.actions) console.error(JSON.stringify(action));
  console.error(`again: npm run sim -- ${of} --requests ${values.requests}`);
  process.exitCode = 1;
};

const stepsOf = (of: number): Action[] =>
  values.steps === undefined
    ? plan(prng(of), whole(values.requests, "--requests"))
    : readFileSync(values.steps, "utf8")
        .split("\n")
        .filter((line) => line.startsWith("{"))
        .map((line) => JSON.parse(line) as Action);

const simulateHub = async (of: number): Promise<boolean> => {
  const actions = stepsOf(of);
  const done = await runHub(of, actions);
  if (values.trace) for (const line of done.lines) console.log(line);
  if (done.failure) await tellFailure(of, actions, done);
  else if (values.hours === undefined) {
    printCounts(done.counts);
    console.log(`seed ${of}: ${actions.length} steps, nothing wrong, trace ${done.trace}`);
  }
  return done.failure === undefined;
};

const simulateFor = async (hours: number): Promise<void> => {
  if (!(hours > 0)) usage("--hours is a number above zero");
  const end = Date.now() + hours * 3_600_000;
  let runs = 0;
  let told = Date.now();
  for (let good = true; good && Date.now() < end; ) {
    good = await simulateHub(freshSeed());
    runs++;
    if (Date.now() - told > 60_000) {
      told = Date.now();
      console.log(`${runs} seeds, ${Math.ceil((end - told) / 60_000)} minutes to go`);
    }
  }
  console.log(`${runs} seeds${process.exitCode ? "" : ", nothing wrong"}`);
};

if (values.engine) await simulateEngine();
else if (values.hours === undefined) await simulateHub(seed);
else await simulateFor(Number(values.hours));
