import { rmSync } from "node:fs";
import { formFault } from "@coinholder/engine";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openHubJournal } from "../store.ts";
import { must, newFolder, startTestHub } from "../testing/harness.ts";
import { journalKey, verifyData } from "../verify.ts";
import { type CrashingHub, startCrashingHub } from "./crashing-hub.ts";

let data: string;
beforeEach(() => {
  data = newFolder();
});
afterEach(() => rmSync(data, { recursive: true, force: true }));

/** Gives the newest snapshot of today's form that of another version of the program, sealed with the hub's own key. */
const changeForm = async (): Promise<void> => {
  const journal = await openHubJournal({ data }, await journalKey(data));
  const lines: string[] = [];
  const { snapshotSeq } = await journal.recover({
    formFault,
    loadSnapshot: async (text) => {
      for await (const some of text) lines.push(...some.split("\n"));
    },
    apply: () => {},
  });
  const [kind, form, ...rest] = JSON.parse(lines[0]!);
  await journal.snapshot(snapshotSeq, [JSON.stringify([kind, form + 1, ...rest]), ...lines.slice(1)]);
  await journal.close();
};

test("a snapshot of another form does not stop the start: an older one or a full replay takes its place, and it is said", {
  timeout: 180_000,
}, async () => {
  const first = await startTestHub({}, data);
  const alice = await first.fundedAccount("2");
  const second = await first.restart();
  const { btc_address } = await must(second.url, "new-btc-address", {}, await second.newAccount());
  await must(second.url, "send-btc", { to_btc_address: btc_address, amount: "0.5" }, alice);
  const balance = await must(second.url, "my-balance", {}, alice);
  const transfers = await must(second.url, "my-transfers", {}, alice);
  await second.close();
  const key = await journalKey(data);
  const { entries } = await verifyData(data, key);

  for (const other of [1, 2]) {
    await changeForm();
    const { snapshotSeq } = await verifyData(data, key);
    expect(snapshotSeq > 0).toBe(other === 1);
    expect(snapshotSeq).toBeLessThan(entries);
    const at = { port: 0, host: "127.0.0.1", devchainPort: 0, data };
    const hub = (await startCrashingHub({ ...at, logLevel: "warn" })) as CrashingHub;
    expect(await must(hub.url, "my-balance", {}, alice)).toEqual(balance);
    expect(await must(hub.url, "my-transfers", {}, alice)).toEqual(transfers);
    // Killed: a stop would write a snapshot of today's form.
    await hub.kill();
    const told = hub.printed().match(/is passed over: this start takes longer/g) ?? [];
    expect(told, hub.printed()).toHaveLength(other);
    expect(hub.printed()).toMatch(/is of form \d+, this program reads form \d+/);
  }

  const last = await startTestHub({}, data);
  await last.close();
  const after = await verifyData(data, key);
  expect(after.snapshotSeq, "a stop writes one of today's form").toBe(after.entries);
});
