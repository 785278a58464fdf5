import { apply, dump, emptyState, isRefused, load, type Stamped } from "@coinholder/engine";
import { audit, hashOf } from "./auditor.ts";
import { hear, nothingTold } from "./effects.ts";
import { prng } from "./prng.ts";
import { judge } from "./twin/judge.ts";
import { newTwin, type Verdict } from "./twin/twin.ts";
import { newWorld, nextCommand } from "./world/workload.ts";

export interface Failure {
  readonly message: string;
  readonly commands: readonly Stamped[];
}

export interface Sim {
  readonly seed: number;
  readonly commands: number;
  /** How often each kind came to what. */
  readonly verdicts: ReadonlyMap<string, number>;
  /** Of the state at the end. */
  readonly hash: string;
  readonly failure?: Failure;
}

const AUDITED_EVERY = 100;
const RELOADED_EVERY = 1000;
const REPLAYED_EVERY = 500;
/** A hash of the whole state is dear: refusals are held against it one time in so many. */
const REFUSAL_HASHED_EVERY = 50;

/**
 * One run of the engine under a seeded workload (or under given commands), judged by the plain twin. Where they disagree the
 * run ends with a failure.
 */
export const run = async (seed: number, commands: number, given?: readonly Stamped[]): Promise<Sim> => {
  const random = prng(seed);
  let state = emptyState();
  const twin = newTwin();
  const told = nothingTold();
  const world = newWorld(random, state, twin);
  const tried: Stamped[] = [];
  const accepted: string[] = [];
  /** Follows the accepted commands, as they would be journaled, all along. */
  const replayed = emptyState();
  let replayedTo = 0;
  const verdicts = new Map<string, number>();
  const finish = (failure?: Failure): Sim => ({
    seed,
    commands: tried.length,
    verdicts,
    hash: hashOf(state),
    ...(failure ? { failure } : {}),
  });

  try {
    for (let n = 1; n <= (given?.length ?? commands); n++) {
      const command = given ? given[n - 1]! : nextCommand(world);
      tried.push(command);
      const before = n % REFUSAL_HASHED_EVERY === 0 ? hashOf(state) : undefined;
      const verdict = applied(command);
      if (before !== undefined && verdict !== "done" && hashOf(state) !== before)
        throw new Error(`${command.kind} came to ${verdict} and changed the state`);
      const expected = judge(twin, command);
      if (verdict !== expected)
        throw new Error(`${command.kind} came to ${verdict}, the twin says ${expected}`);
      count(`${command.kind}: ${verdict}`);
      if (state.ledger.debtors.size > 0) count("(with someone in debt)");
      if (n % AUDITED_EVERY === 0)
        audit(state, told, { ...world, state, ...(given ? { queue: [command] } : {}) });
      if (n % RELOADED_EVERY === 0) await reload();
      if (n % REPLAYED_EVERY === 0) replay();
    }
    audit(state, told, { ...world, state, queue: tried.slice(-1) });
    replay();
    return finish();
  } catch (error) {
    return finish({ message: String(error), commands: tried });
  }

  function count(what: string): void {
    verdicts.set(what, (verdicts.get(what) ?? 0) + 1);
  }

  function applied(command: Stamped): Verdict {
    const outcome = apply(state, command);
    if (isRefused(outcome)) return outcome.refused.code;
    if ("repeated" in outcome) return "repeated";
    accepted.push(JSON.stringify(command));
    hear(told, state, outcome.effects);
    for (const effect of outcome.effects)
      count(`(effect: ${"status" in effect ? effect.status : effect.is})`);
    world.answered.push(command);
    if (world.answered.length > 50) world.answered.shift();
    return "done";
  }

  // Goes on with what was loaded: from here on it must decide as the state that it was dumped from.
  async function reload(): Promise<void> {
    const lines = [...dump(state)];
    const loaded = await load(lines);
    const again = [...dump(loaded)];
    const differs = lines.findIndex((line, i) => line !== again[i]);
    if (differs >= 0 || again.length !== lines.length)
      throw new Error(`loaded, the dump is another: ${lines[differs]} became ${again[differs]}`);
    state = loaded;
    Object.assign(world, { state });
  }

  function replay(): void {
    for (; replayedTo < accepted.length; replayedTo++) apply(replayed, JSON.parse(accepted[replayedTo]!));
    if (hashOf(replayed) !== hashOf(state)) {
      const [a, b] = [[...dump(state)], [...dump(replayed)]];
      const at = a.findIndex((line, i) => line !== b[i]);
      throw new Error(`replayed, the state is another: ${a[at]} became ${b[at]}`);
    }
  }
};
