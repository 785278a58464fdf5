import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accountOf, must, newFolder, post, signed, until } from "../testing/harness.ts";
import { caughtUp, units } from "./books.ts";
import { type ChildHub, startChildHub } from "./child-hub.ts";
import { explain, type Seen } from "./linearizable.ts";
import { type PairOp, twoAccounts } from "./two-accounts.ts";
import type { Person } from "./workload.ts";

const PAIRS = 4;
const CLIENTS_OF_EACH = 4;
const KILLS = 5;
/** Of each account, in satoshi: little enough that payments are refused now and then. */
const BEGINNING = 1000;

let data: string;
let hub: ChildHub;
beforeEach(() => {
  data = newFolder();
});
afterEach(async () => {
  await hub.kill();
  rmSync(data, { recursive: true, force: true });
});

interface Pair {
  readonly people: readonly [Person, Person];
  readonly history: Seen<PairOp>[];
}

/** Counts every start and every end, so that no two are of one moment. */
let moment = 0;

/** A call, noted with its start and end; an answer that did not come leaves the end open. */
const note = async (
  pair: Pair,
  by: Person,
  fn: string,
  params: Record<string, string>,
  read: (answer: Awaited<ReturnType<typeof post>> | undefined) => PairOp | undefined,
): Promise<boolean> => {
  const start = ++moment;
  const answer = await post(hub.url, fn, signed(fn, params, by)).catch(() => undefined);
  const op = read(answer);
  if (op) pair.history.push({ op, start, end: answer && ++moment });
  return answer !== undefined;
};

const balance = (pair: Pair, of: 0 | 1): Promise<boolean> =>
  note(pair, pair.people[of], "my-balance", {}, (answer) => {
    if (!answer) return undefined; // Nothing was learnt, and nothing can have happened.
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    const { available } = answer.body as { available: Record<string, string> };
    return { kind: "balance", of, saw: units(available.btc, "btc") };
  });

const pay = (pair: Pair, from: 0 | 1, amount: number, clientId: string): Promise<boolean> => {
  const to_btc_address = pair.people[1 - from]!.address;
  const params = { to_btc_address, amount: (amount / 1e8).toFixed(8), client_id: clientId };
  return note(pair, pair.people[from], "send-btc", params, (answer) => {
    const op = { kind: "pay", from, amount, clientId } as const;
    if (!answer) return { ...op, came: undefined };
    if (answer.code === "insufficient_funds") return { ...op, came: "refused" };
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    return { ...op, came: String(answer.body.transfer_id) };
  });
};

/** Resolves when the hub is up again. */
let isBack = Promise.resolve();

/** Pays and looks without end until `isOver`; what was not answered is asked for again when the hub is back. */
const client = async (pair: Pair, name: string, isOver: () => boolean): Promise<void> => {
  for (let n = 0; !isOver(); n++) {
    const side = randomInt(2) as 0 | 1;
    const [kind, amount, clientId] = [randomInt(3), 1 + randomInt(BEGINNING), `${name}-${n}`];
    while (!(await (kind === 0 ? balance(pair, side) : pay(pair, side, amount, clientId)))) {
      await isBack;
      await sleep(5);
    }
  }
};

test("what concurrent clients saw of a hub that was killed again and again has one order that explains all of it", {
  timeout: 300_000,
}, async () => {
  hub = await startChildHub(data);
  const invite = async (): Promise<Person> => {
    const account = await accountOf(hub.url);
    const { btc_address: address } = await must(hub.url, "new-btc-address", {}, account);
    await hub.rpc("devchain_fund", address, (BEGINNING / 1e8).toFixed(8));
    return { ...account, address };
  };
  const pairs: Pair[] = [];
  for (let i = 0; i < PAIRS; i++) pairs.push({ people: [await invite(), await invite()], history: [] });
  await hub.rpc("devchain_mine", 1);
  await caughtUp(hub);
  for (const person of pairs.flatMap(({ people }) => people))
    await until(
      () => must(hub.url, "my-balance", {}, person),
      ({ available }) => units(available.btc, "btc") === BEGINNING,
      60_000,
    );

  let isOver = false;
  const clients = pairs.flatMap((pair, p) =>
    Array.from({ length: CLIENTS_OF_EACH }, (_, c) => client(pair, `p${p}c${c}`, () => isOver)),
  );
  const calls = (): number => pairs.reduce((sum, { history }) => sum + history.length, 0);
  for (let kill = 0; kill < KILLS; kill++) {
    const enough = calls() + randomInt(100, 300);
    await until(
      async () => calls(),
      (made) => made > enough,
      60_000,
    );
    let back!: () => void;
    isBack = new Promise((resolve) => {
      back = resolve;
    });
    await hub.kill();
    hub = await startChildHub(data);
    back();
  }
  isOver = true;
  await Promise.all(clients);

  let unanswered = 0;
  for (const pair of pairs) {
    await balance(pair, 0);
    await balance(pair, 1);
    unanswered += pair.history.filter(({ end }) => end === undefined).length;
    expect(pair.history.length).toBeGreaterThan(50);
    expect(
      explain(twoAccounts([BEGINNING, BEGINNING]), pair.history),
      JSON.stringify(pair.history),
    ).toBeDefined();
  }
  expect(unanswered, "calls were under way when it was killed").toBeGreaterThan(0);
  const came = pairs.flatMap(({ history }) =>
    history.map(({ op }) => (op.kind === "pay" ? op.came : undefined)),
  );
  expect(came, "some payments were refused").toContain("refused");
});
