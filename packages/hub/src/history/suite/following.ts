import { describe, expect, test } from "vitest";
import type { HistoryError } from "../error.ts";
import type { History } from "../history.ts";
import { filled, followSteps, type MakePlace, stepsTo } from "../testing/place.ts";
import { START, stepAt } from "../testing/steps.ts";
import { makeTeller } from "../testing/teller.ts";

export const failureOf = (history: History): Promise<HistoryError> =>
  new Promise((resolve) => history.onFailure(resolve));

export function followingCases(makePlace: MakePlace): void {
  describe("following", () => {
    test("reached resolves in the order of the commands, also when asked before they are followed", async () => {
      const history = await (await makePlace()).open();
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
      const place = await filled(makePlace, 300);
      const once = await place.content();
      const history = await place.open();
      expect(history.position).toBe(300);
      expect(history.rebuilt).toBeUndefined();
      await followSteps(history, stepsTo(500));
      await history.close();
      expect(await place.content()).toEqual(await (await filled(makePlace, 500)).content());
      expect(await place.content()).not.toEqual(once);
    });

    test("stores at closing what was followed, and what comes after it not", async () => {
      const place = await makePlace();
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
      const place = await filled(makePlace, 100);
      const before = await place.content();
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
      expect(await place.content()).toEqual(before);
    });
  });

  test("that is ahead of its journal begins anew", async () => {
    const place = await filled(makePlace, 100);
    expect((await place.open(100)).rebuilt).toBeUndefined();
    const history = await place.open(99);
    expect(history.rebuilt).toContain("the journal ends with 99");
    expect(history.position).toBe(0);
  });
}
