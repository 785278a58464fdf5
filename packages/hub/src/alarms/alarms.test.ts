import { expect, test } from "vitest";
import type { Alarm } from "./alarm.ts";
import { makeAlarms } from "./alarms.ts";

const stuck = (of: string, message = "m"): Alarm => ({
  name: "withdrawal_stuck",
  of,
  level: "error",
  message,
  particulars: { payout: of },
});
const behind: Alarm = { name: "node_behind", level: "warn", message: "b", particulars: {} };

const scene = () => {
  const lines: unknown[][] = [];
  let now = 1000;
  const write =
    (level: string) =>
    (...of: unknown[]): void =>
      void lines.push([level, ...of]);
  const log = { error: write("error"), warn: write("warn"), info: write("info") };
  const alarms = makeAlarms(log as never, () => now);
  return {
    alarms,
    said: () => lines.splice(0),
    at: (t: number) => {
      now = t;
    },
  };
};

test("an alarm is logged when it begins and when it is over, and not at the looks between", () => {
  const { alarms, at, said } = scene();
  alarms.update([stuck("p1")]);
  expect(said()).toEqual([["error", { alarm: "withdrawal_stuck", payout: "p1" }, "m"]]);
  at(2000);
  alarms.update([stuck("p1", "37 blocks"), behind]);
  expect(said()).toEqual([["warn", { alarm: "node_behind" }, "b"]]);
  at(4000);
  alarms.update([behind]);
  expect(said()).toEqual([
    [
      "info",
      { alarm: "withdrawal_stuck", over: true, lasted_ms: 3000, payout: "p1" },
      "over: withdrawal_stuck",
    ],
  ]);
  alarms.update([]);
  expect(said()).toHaveLength(1);
  expect(alarms.current()).toEqual([]);
});

test("two matters of one name are two alarms, each since it began, with its newest words", () => {
  const { alarms, at, said } = scene();
  alarms.update([stuck("p1")]);
  at(2000);
  alarms.update([stuck("p2"), stuck("p1", "38 blocks")]);
  expect(said()).toHaveLength(2);
  expect(alarms.current()).toMatchObject([
    { of: "p1", since: 1000, message: "38 blocks" },
    { of: "p2", since: 2000 },
  ]);
});

test("what comes back is a new alarm", () => {
  const { alarms, at, said } = scene();
  alarms.update([behind]);
  alarms.update([]);
  at(3000);
  alarms.update([behind]);
  expect(said()).toHaveLength(3);
  expect(alarms.current()).toMatchObject([{ since: 3000 }]);
});
