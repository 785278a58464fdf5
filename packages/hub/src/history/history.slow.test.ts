import { readdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { openHistory } from "./history.ts";
import { actionCases } from "./suite/actions.ts";
import { candleCases } from "./suite/candles.ts";
import { engineCase } from "./suite/engine.ts";
import { entryCases } from "./suite/entries.ts";
import { failureOf, followingCases } from "./suite/following.ts";
import { pagingCases } from "./suite/paging.ts";
import { paymentCases } from "./suite/payments.ts";
import { filled, folderPlace, followSteps, type Place, stepsTo } from "./testing/place.ts";
import { START, stepAt } from "./testing/steps.ts";
import { makeTeller } from "./testing/teller.ts";

// https://sqlite.org/fileformat2.html: size of a page here, and the first byte of a leaf of a table.
const PAGE = 4096;
const LEAF = 0x0d;

followingCases(folderPlace);
pagingCases(folderPlace);
paymentCases(folderPlace);
entryCases(folderPlace);
candleCases(folderPlace);
actionCases(folderPlace);
engineCase(folderPlace);

describe("a file that is not what this program wrote", () => {
  const cases: [string, (place: Place) => Promise<void> | void][] = [
    ["is no database", (place) => writeFile(join(place.address, "history.db"), "x".repeat(10_000))],
    ["is cut off", (place) => truncate(join(place.address, "history.db"), 20_000)],
    ["is of a newer version", (place) => place.tamper("PRAGMA user_version = 99")],
    ["lacks a table", (place) => place.tamper("DROP TABLE candle")],
    ["lacks its position", (place) => place.tamper("DELETE FROM position")],
  ];
  test.each(cases)("is moved aside and made again: it %s", async (_, harm) => {
    const place = await filled(folderPlace, 300);
    const sound = await place.content();
    await harm(place);
    const history = await place.open();
    expect(history.rebuilt).toEqual(expect.any(String));
    expect(history.position).toBe(0);
    await followSteps(history, stepsTo(300));
    await history.close();
    expect(await place.content()).toEqual(sound);
    expect(
      (await readdir(place.address)).filter((name) => /^history\.db\.damaged-[^:]*Z$/.test(name)),
    ).toHaveLength(1);
  });

  test("is found while reading: reads fail, it is told, and the next opening begins anew", async () => {
    const place = await filled(folderPlace, 3000);
    const path = join(place.address, "history.db");
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

  test("a folder that is not there rejects", async () => {
    const place = await folderPlace();
    await expect(openHistory(join(place.address, "none"))).rejects.toMatchObject({
      code: "history_unavailable",
    });
  });
});
