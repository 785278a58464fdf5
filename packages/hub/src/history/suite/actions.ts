import { describe, expect, test } from "vitest";
import type { ActionRecord } from "../records.ts";
import { filled, type MakePlace } from "../testing/place.ts";
import { actionAt, besidesAt, START } from "../testing/steps.ts";

export function actionCases(makePlace: MakePlace): void {
  describe("what the operator's keys did", () => {
    const all = Array.from({ length: 100 }, (_, i) => actionAt(100 - i)).filter((one) => one !== undefined);

    test("is paged through newest first, to the letter, without a gap and without one twice", async () => {
      const history = await (await filled(makePlace, 100)).open();
      expect(await history.actions(undefined, 100)).toStrictEqual({ rows: all, more: false });
      for (const limit of [1, 4, all.length]) {
        const found: ActionRecord[] = [];
        for (let before: number | undefined, more = true; more; before = found.at(-1)!.seq) {
          const page = await history.actions(before, limit);
          expect(page.rows.length).toBeLessThanOrEqual(limit);
          found.push(...page.rows);
          more = page.more;
        }
        expect(found).toStrictEqual(all);
      }
      expect(await history.actions(50, 1)).toStrictEqual({ rows: [actionAt(49)], more: true });
      expect(await history.actions(7, 10)).toEqual({ rows: [], more: false });
      await expect(history.actions(undefined, 0.5)).rejects.toThrow(RangeError);
    });

    test("is stored once, with the commands that it came with, however often they are told", async () => {
      const place = await filled(makePlace, 70);
      const history = await place.open();
      for (let seq = 1; seq <= 77; seq++) history.follow(seq, [], besidesAt(seq));
      await history.reached(77);
      const { rows } = await history.actions(undefined, 100);
      expect(rows).toStrictEqual(all.filter(({ seq }) => seq <= 77));
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
