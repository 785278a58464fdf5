import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { HistoryError } from "./error.ts";
import { type History, openHistory } from "./history.ts";
import {
  content,
  filled,
  followSteps,
  type Place,
  stepsTo,
  tamper,
  temporaryPlace,
} from "./testing/place.ts";
import { START, stepAt } from "./testing/steps.ts";
import { makeTeller } from "./testing/teller.ts";

// https://sqlite.org/fileformat2.html: size of a page here, and the first byte of a leaf of a table.
const PAGE = 4096;
const LEAF = 0x0d;

const failureOf = (history: History): Promise<HistoryError> =>
  new Promise((resolve) => history.onFailure(resolve));

describe("following", () => {
  test("reached resolves in the order of the commands, also when asked before they are followed", async () => {
    const history = await (await temporaryPlace()).open();
    const order: number[] = [];
    const waiting = [30, 10, 20, 10].map(async (seq) => {
      await history.reached(seq);
      order.push(seq);
      expect(history.position).toBeGreaterThanOrEqual(seq);
    });
    await followSteps(history, stepsTo(30));
    await Promise.all(waiting);
    expect(order).toEqual([10, 10, 20, 30]);
    await history.reached(0);
  });

  test("again from an earlier command does nothing twice", async () => {
    const place = await filled(300);
    const once = content(place.folder);
    const history = await place.open();
    expect(history.position).toBe(300);
    expect(history.rebuilt).toBeUndefined();
    await followSteps(history, stepsTo(500));
    await history.close();
    expect(content(place.folder)).toEqual(content((await filled(500)).folder));
    expect(content(place.folder)).not.toEqual(once);
  });

  test("stores at closing what was followed, and what comes after it not", async () => {
    const place = await temporaryPlace();
    const history = await place.open();
    const teller = makeTeller(START);
    for (let seq = 1; seq <= 10_000; seq++) history.follow(seq, teller.tell(stepAt(seq)));
    const closed = history.close();
    history.follow(10_001, teller.tell(stepAt(10_001)));
    await closed;
    await expect(history.transfers(1, undefined, 1)).rejects.toMatchObject({ code: "history_unavailable" });
    await expect(history.reached(10_001)).rejects.toMatchObject({ code: "history_unavailable" });
    expect((await place.open()).position).toBe(10_000);
  });

  test("a command left out is refused, a row left out ends it and leaves no trace", async () => {
    const place = await filled(100);
    const before = content(place.folder);
    const history = await place.open();
    const failure = failureOf(history);
    expect(() => history.follow(102, [])).toThrow("101 was expected");
    const teller = makeTeller(START);
    for (let seq = 1; seq <= 101; seq++) teller.tell(stepAt(seq));
    history.follow(101, [
      ...teller.tell({ is: "deposit", account: 5, amount: 1 }),
      ...teller.tell({ is: "deposit", account: 5, amount: 1 }).map((told) => ({ ...told, row: 9999 })),
    ]);
    const waited = history.reached(101);
    await expect(waited).rejects.toMatchObject({ code: "history_unavailable" });
    expect((await failure).code).toBe("history_gap");
    expect(await failureOf(history)).toBe(await failure);
    await expect(history.day(0, START)).rejects.toMatchObject({ code: "history_unavailable" });
    history.follow(102, []);
    await history.close();
    expect(content(place.folder)).toEqual(before);
  });
});

describe("a file that is not what this program wrote", () => {
  const cases: [string, (place: Place) => Promise<void> | void][] = [
    ["is no database", (place) => writeFile(join(place.folder, "history.db"), "x".repeat(10_000))],
    ["is cut off", (place) => truncate(join(place.folder, "history.db"), 20_000)],
    ["is of a newer version", (place) => tamper(place.folder, "PRAGMA user_version = 2")],
    ["lacks a table", (place) => tamper(place.folder, "DROP TABLE candle")],
    ["lacks its position", (place) => tamper(place.folder, "DELETE FROM position")],
  ];
  test.each(cases)("is moved aside and made again: it %s", async (_, harm) => {
    const place = await filled(300);
    const sound = content(place.folder);
    await harm(place);
    const history = await place.open();
    expect(history.rebuilt).toEqual(expect.any(String));
    expect(history.position).toBe(0);
    await followSteps(history, stepsTo(300));
    await history.close();
    expect(content(place.folder)).toEqual(sound);
    expect(
      (await readdir(place.folder)).filter((name) => /^history\.db\.damaged-[^:]*Z$/.test(name)),
    ).toHaveLength(1);
  });

  test("is found while reading: reads fail, it is told, and the next opening begins anew", async () => {
    const place = await filled(3000);
    const path = join(place.folder, "history.db");
    const pages = await readFile(path);
    // A leaf with the table's older transfers: opening looks only at its newest.
    const starts = Array.from({ length: pages.length / PAGE }, (_, i) => i * PAGE);
    const leaf = starts.find((at) => pages[at] === LEAF && pages.subarray(at, at + PAGE).includes("bcrt1q"))!;
    await writeFile(path, pages.fill(0xff, leaf, leaf + PAGE));
    const history = await place.open();
    const failure = failureOf(history);
    const teller = makeTeller(START);
    for (let seq = 1; seq <= 3000; seq++) teller.tell(stepAt(seq));
    const read = history.transfers(teller.lastTransfer(5), undefined, 10_000);
    await expect(read).rejects.toMatchObject({ code: "history_unavailable" });
    expect((await failure).message).toContain("moved aside");
    await history.close();
    const again = await place.open();
    expect(again.position).toBe(0);
    expect(again.rebuilt).toBeUndefined();
  });

  test("is moved aside also when it is ahead of its journal", async () => {
    const place = await filled(100);
    expect((await place.open(100)).rebuilt).toBeUndefined();
    const history = await place.open(99);
    expect(history.rebuilt).toContain("the journal ends with 99");
    expect(history.position).toBe(0);
  });

  test("a folder that is not there rejects", async () => {
    const place = await temporaryPlace();
    await expect(openHistory(join(place.folder, "none"))).rejects.toMatchObject({
      code: "history_unavailable",
    });
  });
});
