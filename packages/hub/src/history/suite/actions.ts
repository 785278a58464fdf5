import { describe, expect, test } from "vitest";
import type { ActionEntry } from "../records.ts";
import { filled, type MakePlace } from "../testing/place.ts";
import { besidesAt, entryAt, START } from "../testing/steps.ts";

export function actionCases(makePlace: MakePlace): void {
  describe("what the operator's keys did", () => {
    const allOf = (followed: number) =>
      Array.from({ length: followed }, (_, i) => entryAt(followed - i, followed)).filter(
        (one) => one !== undefined,
      );
    const all = allOf(100);

    test("tells of what went on how it ended, once it has", () => {
      expect(new Set(all.map(({ action, ended }) => [action !== undefined, ended?.outcome].join()))).toEqual(
        new Set(["false,", "true,", "true,done"]),
      );
    });

    test("is paged through newest first, to the letter, without a gap and without one twice", async () => {
      const history = await (await filled(makePlace, 100)).open();
      expect(await history.actions(undefined, 100)).toStrictEqual({ rows: all, more: false });
      for (const limit of [1, 4, all.length]) {
        const found: ActionEntry[] = [];
        for (let before: number | undefined, more = true; more; before = found.at(-1)!.seq) {
          const page = await history.actions(before, limit);
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          found.push(...page.rows);
          more = page.more;
        }
        expect(found).toStrictEqual(all);
      }
      expect(await history.actions(50, 1)).toStrictEqual({ rows: [entryAt(49, 100)], more: true });
      expect(await history.actions(7, 10)).toEqual({ rows: [], more: false });
      await expect(history.actions(undefined, 0.5)).rejects.toThrow(RangeError);
    });

    test("is stored once, with the commands that it came with, however often they are told", async () => {
      const place = await filled(makePlace, 70);
      const history = await place.open();
      for (let seq = 1; seq <= 77; seq++) history.follow(seq, [], besidesAt(seq));
      await history.reached(77);
      const { rows } = await history.actions(undefined, 100);
      expect(rows).toStrictEqual(allOf(77));
    });
  });

  test("an invoice's first payment in full is kept, whatever comes later", async () => {
    const history = await (await filled(makePlace, 100)).open();
    const paid = await history.paid(["bcrt1qi5", "bcrt1qi35", "nobody's", "bcrt1qi0"]);
    expect([...paid].sort((a, b) => a.t - b.t)).toEqual([
      { address: "bcrt1qi5", t: START + 5 },
      { address: "bcrt1qi35", t: START + 35 },
      { address: "bcrt1qi0", t: START + 40 },
    ]);
    expect(await history.paid([])).toEqual([]);
  });
}
