import { expect, test } from "vitest";
import { at, sat, stateText, testHub } from "../testing.ts";
import { MOST_NOTED, MOST_STRANGERS } from "./record.ts";
import { lineCarries, lineOf } from "./rule.ts";
import {
  attach,
  attached,
  ceiling,
  conflicted,
  IDENTITY,
  OTHER,
  output,
  recordOf,
  scene,
} from "./testing.ts";

const DAY_MS = 86_400_000;

test("no ceiling, no line: whatever an identity's record says", () => {
  const { hub, address } = scene();
  const by = { identity: OTHER };
  for (let i = 0; i < 3; i++) {
    const coin = output(`tx-${i}`, 1e6, address);
    expect(attached(hub, [coin], by)).toBe("noted");
    hub.block([coin]);
    hub.block();
  }
  expect(recordOf(hub, OTHER).confirmed).toEqual({ number: 3, amount: 3e6 });
  expect(attached(hub, [output("one", 1, address)], by)).toBe("noted");
  hub.done(ceiling(hub, 1e6, OTHER));
  expect(lineOf(recordOf(hub, OTHER), at(hub.t))).toBe(1e6);
});

test("a line is reached to the satoshi, by the sum of what is open", () => {
  const { hub, address } = scene();
  expect(attached(hub, [output("a", 400, address)])).toBe("credited");
  expect(lineCarries(hub.state, IDENTITY, sat(600), at(hub.t))).toBe(true);
  expect(lineCarries(hub.state, IDENTITY, sat(601), at(hub.t))).toBe(false);
  expect(attached(hub, [output("b", 601, address)])).toBe("noted");
  expect(attached(hub, [output("c", 600, address)])).toBe("credited");
  expect(attached(hub, [output("d", 1, address)])).toBe("noted");
});

test("what confirms frees the line and makes it grow by half, up to the ceiling", () => {
  const { hub, address } = scene();
  const line = (): number => lineOf(recordOf(hub), at(hub.t));
  const pay = (txid: string, value: number): void => {
    const coin = output(txid, value, address);
    attached(hub, [coin]);
    hub.block([coin]);
    hub.block();
  };
  expect(line()).toBe(1000);
  pay("a", 1000);
  expect(line()).toBe(1500);
  pay("b", 1001);
  expect(line()).toBe(2000);
  pay("c", 1e6);
  expect(line()).toBe(10_000);
});

test("what confirmed 180 days ago is forgotten", () => {
  const { hub, address } = scene();
  const coin = output("a", 1000, address);
  attached(hub, [coin]);
  hub.block([coin]);
  hub.block();
  hub.t += 179 * DAY_MS;
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(1500);
  hub.t += DAY_MS;
  expect(lineOf(recordOf(hub), at(hub.t))).toBe(1000);
});

test("a ceiling lowered below what is open stops new credits, and takes nothing back", () => {
  const { hub, anna, address } = scene();
  const coin = output("a", 1000, address);
  attached(hub, [coin]);
  hub.done(ceiling(hub, 100, IDENTITY));
  expect(attached(hub, [output("b", 1, address)])).toBe("noted");
  hub.block([coin]);
  hub.block();
  expect(attached(hub, [output("c", 100, address)])).toBe("credited");
  hub.done(ceiling(hub, 0, IDENTITY));
  expect(attached(hub, [output("d", 1, address)])).toBe("noted");
  expect(hub.state.ledger.available[hub.state.ledger.first[anna.index]!]).toBe(1100);
});

test("the ceiling of all together bounds what each identity's own line would allow", () => {
  const { hub, address } = scene();
  hub.done(ceiling(hub, 10_000, OTHER));
  hub.done(ceiling(hub, 1500));
  expect(attached(hub, [output("a", 1000, address)])).toBe("credited");
  expect(attached(hub, [output("b", 501, address)], { identity: OTHER })).toBe("noted");
  expect(attached(hub, [output("c", 500, address)], { identity: OTHER })).toBe("credited");
  hub.done(ceiling(hub, 0));
  expect(attached(hub, [output("d", 1, address)], { identity: OTHER })).toBe("noted");
});

test("two transfers that spend one coin: neither identity has a line until one has won", () => {
  const { hub, address } = scene();
  hub.done(ceiling(hub, 10_000, OTHER));
  const [one, two] = [output("one", 100, address), output("two", 100, address)];
  const inputs = ["shared:0"];
  expect(attached(hub, [one], { inputs })).toBe("credited");
  expect(attached(hub, [two], { inputs, identity: OTHER })).toBe("noted");
  expect(attached(hub, [output("x", 1, address)])).toBe("noted");
  expect(attached(hub, [output("y", 1, address)], { identity: OTHER })).toBe("noted");
  hub.block([one]);
  hub.block();
  conflicted(hub, "two", 2, "one");
  expect(attached(hub, [output("z", 1, address)])).toBe("credited");
  expect(recordOf(hub, OTHER).ended).toMatchObject({ txid: "two", rival: "one" });
});

test("without proof of its coins a transfer throws no doubt on another", () => {
  const { hub, address } = scene();
  const inputs = ["shared:0"];
  attached(hub, [output("one", 100, address)], { inputs });
  attached(hub, [output("two", 100, address)], { inputs, identity: OTHER, credit: false });
  expect(attached(hub, [output("x", 1, address)])).toBe("credited");
});

test("identities and transfers that cost nothing do not fill memory; what the operator knows of stays", () => {
  const { hub, address } = scene();
  const { lines } = hub.state;
  attached(hub, [output("kept", 10, address)]);
  const command = attach([output("tx", 10, address)]);
  const run = (i: number) => ({
    ...command,
    txid: `tx-${i}`,
    identity: `id-${i}`,
    inputs: [`in-${i}:0`],
    receipts: [output(`tx-${i}`, 10, address)],
  });
  // Many at once: the invariants are held against the state at the end.
  for (let i = 0; i < MOST_NOTED + 50; i++) hub.many(run(i));
  expect(lines.noted.size).toBe(MOST_NOTED);
  expect(lines.transfers.size).toBe(MOST_NOTED + 1);
  expect(lines.identities.has("id-0")).toBe(false);
  expect(lines.identities.size).toBeLessThanOrEqual(MOST_STRANGERS + 2);
  expect(recordOf(hub).ceiling).toBe(10_000);
  expect(lines.transfers.has("kept")).toBe(true);
  hub.block();
});

test("a hub that never sets a ceiling has the state that it would have had before there were lines", () => {
  const hub = testHub();
  hub.deposit(hub.account(), 1000);
  expect(stateText(hub.state)).not.toMatch(/sys:lines|"(lines|identity|attached|crossing)"/);
});
