import { expect, test } from "vitest";
import { pagesBack } from "./pages.ts";

/** Rows 1 to 1200, one a ms, read from the newest back by 500. */
const history = () => {
  let asked = 0;
  const read = async ({ before = 1201, limit }: { before?: number; limit: number }) => {
    asked++;
    const first = Math.max(1, before - limit);
    const rows = Array.from({ length: before - first }, (_, index) => ({ t: before - 1 - index }));
    return { rows, more_exist: first > 1, ...(first > 1 ? { next_before: first } : {}) };
  };
  return { read, asked: () => asked };
};
const any = () => true;

test("everything since a time is read, over pages, and no page too many", async () => {
  const { read, asked } = history();
  const { rows, all } = await pagesBack(read, ({ t }) => t >= 650, { since: 650 });
  expect(rows.map(({ t }) => t)).toEqual(Array.from({ length: 551 }, (_, index) => 1200 - index));
  expect([all, asked()]).toEqual([true, 2]);
});

test("without a time: as many as are wanted, of those that are wanted", async () => {
  const { read, asked } = history();
  const { rows } = await pagesBack(read, ({ t }) => t % 100 === 0, { count: 7 });
  expect(rows.slice(0, 7).map(({ t }) => t)).toEqual([1200, 1100, 1000, 900, 800, 700, 600]);
  expect(asked()).toBe(2);
});

test("what was not looked through to its end says so", async () => {
  expect((await pagesBack(history().read, any, { pages: 2 })).all).toBe(false);
  expect((await pagesBack(history().read, any, { pages: 3 })).all).toBe(true);
  expect((await pagesBack(history().read, any, {})).rows).toHaveLength(1200);
});
