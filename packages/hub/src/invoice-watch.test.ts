import { expect, test } from "vitest";
import { makeInvoiceWatch } from "./invoice-watch.ts";

const ADDRESS = "bc1q";
const CHANGED = [{ is: "invoice", address: ADDRESS }] as never;

test("one source cannot have polls wait without end, whose memory nothing else would bound; others can wait meanwhile", async () => {
  const watch = makeInvoiceWatch();
  const waits = Array.from({ length: 10_000 }, () => watch.wait(ADDRESS, 60_000, "a"));
  expect([watch.isFull("a"), watch.isFull("b")]).toEqual([true, false]);
  watch.tell(CHANGED);
  await Promise.all(waits);
  expect(watch.isFull("a")).toBe(false);
  // Time and a stop make room as a change does.
  for (const end of [() => {}, watch.close]) {
    const again = Array.from({ length: 10_000 }, () =>
      watch.wait(ADDRESS, end === watch.close ? 60_000 : 1, "a"),
    );
    expect(watch.isFull("a")).toBe(true);
    end();
    await Promise.all(again);
    expect(watch.isFull("a")).toBe(false);
  }
});
