import { randomInt } from "node:crypto";
import { rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { accountOf, must, newFolder, until } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";
import { expectCallsKept, expectNoReplay, expectSameAnswers, finishUnanswered, soundBooks } from "./audit.ts";
import { caughtUp, units } from "./books.ts";
import { type ChildHub, startChildHub } from "./child-hub.ts";
import { paidOutside } from "./paid-outside.ts";
import { type Made, makeWorkload, type Person, send, worked } from "./workload.ts";

const PEOPLE = 8;
const CALLS = 1000;
/** How each round ends; the third stops in good order first, so that later rounds come back from a snapshot and its tail. */
const ROUNDS = ["killed", "killed", "stopped", "killed", "killed while it stops"] as const;

let data: string;
let hub: ChildHub;
beforeEach(() => {
  data = newFolder();
});
afterEach(async () => {
  await hub.kill();
  rmSync(data, { recursive: true, force: true });
});

const CREDIT = "200000.00";

const invite = async (): Promise<Person> => {
  const account = await accountOf(hub.url);
  const { btc_address: address } = await must(hub.url, "new-btc-address", {}, account);
  await hub.rpc("devchain_fund", address, "3");
  await hub.rpc("devchain_fund", address, "2");
  const credit = { to_account: account.account, currency: "USD", amount: CREDIT, reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  return { ...account, address };
};

/** Sends all at once, and ends the hub after a random number of answers. */
const sendUntil = async (how: (typeof ROUNDS)[number], calls: readonly Made[]): Promise<void> => {
  let answers = 0;
  const enough = how === "stopped" ? CALLS : randomInt(20, CALLS - 100);
  let end!: () => void;
  const time = new Promise<void>((resolve) => {
    end = resolve;
  });
  const all = calls.map(async (call) => {
    await send(hub.url, call);
    if (++answers === enough) end();
  });
  // Blocks in between, so that withdrawals are in every state when it ends.
  const mining = (async () => {
    while (answers < enough) {
      await hub.rpc("devchain_mine", 1).catch(() => {});
      await sleep(100);
    }
  })();
  await time;
  if (how === "stopped") {
    await mining;
    expect(await hub.stop()).toBe(0);
    return;
  }
  if (how === "killed while it stops") hub.askToStop();
  await sleep(randomInt(how === "killed" ? 5 : 60));
  await hub.kill();
  await Promise.all([...all, mining]);
};

const withdrawalsUnderWay = async (): Promise<number> =>
  (await must(hub.url, "operator-status", {}, hub.operator)).wallet.withdrawals_under_way;

test("a hub killed amid a thousand calls keeps every answered one, and no half of another", {
  timeout: 300_000,
}, async () => {
  hub = await startChildHub(data);
  const people = await Promise.all(Array.from({ length: PEOPLE }, invite));
  await hub.rpc("devchain_mine", 1);
  await caughtUp(hub);
  const next = makeWorkload(people);
  const calls: Made[] = [];
  let unanswered = 0;

  for (const how of ROUNDS) {
    const round = Array.from({ length: CALLS }, next);
    calls.push(...round);
    await sendUntil(how, round);
    unanswered += round.filter((call) => !call.answered).length;
    for (const { answered } of round) {
      // Who comes while it stops is told that nothing was begun, and the audit holds it to that.
      if (how === "killed while it stops" && answered?.code === "overloaded") continue;
      expect(answered?.status ?? 200, JSON.stringify(answered)).toBeLessThan(500);
    }

    const { entries, snapshotSeq } = await verifyData(data, await journalKey(data));
    if (how === "stopped") expect(snapshotSeq).toBe(entries);
    hub = await startChildHub(data);
    await expectNoReplay(hub, round, Date.now());
    const found = expectCallsKept(await soundBooks(hub, people), calls);
    await expectSameAnswers(hub, people, round);
    await finishUnanswered(hub, calls, found);
    expectCallsKept(await soundBooks(hub, people), calls);
  }
  await expectSameAnswers(hub, people, calls);
  expect(unanswered, "calls were under way when it was killed").toBeGreaterThan(0);

  // Every withdrawal is paid, once, by one transaction; then the coins are what is owed.
  await until(
    async () => {
      await hub.rpc("devchain_mine", 1);
      await caughtUp(hub);
      return withdrawalsUnderWay();
    },
    (left) => left === 0,
    60_000,
  );
  const withdrawals = calls.filter((call) => call.kind === "withdrawal" && worked(call));
  expect(withdrawals.length).toBeGreaterThan(0);
  const byAmount = (a: number, b: number): number => a - b;
  const paid = (await paidOutside(hub.rpc)).map(({ amount }) => amount);
  expect(paid.sort(byAmount)).toEqual(withdrawals.map((call) => call.amount).sort(byAmount));
  const books = await soundBooks(hub, people);
  for (const row of books.flatMap(({ transfers }) => transfers))
    if (row.kind === "withdrawal")
      expect(row).toMatchObject({ status: "final", txid: expect.stringMatching(/^[0-9a-f]{64}$/) });
  const { totals, fees, wallet, in_debt } = await must(hub.url, "operator-status", {}, hub.operator);
  expect(units(totals.btc, "btc") + units(fees.btc, "btc")).toBe(
    units(wallet.confirmed, "btc") + units(wallet.unconfirmed, "btc"),
  );
  expect(units(totals.usd, "usd")).toBe(PEOPLE * units(CREDIT, "usd"));
  expect(in_debt).toBe(0);

  // The snapshot of the last state, written by the hub that lived through it, is what a replay of everything gives.
  expect(await hub.stop()).toBe(0);
  const { entries, snapshotSeq } = await verifyData(data, await journalKey(data));
  expect(snapshotSeq).toBe(entries);
});
