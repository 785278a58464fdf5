import { expect, test } from "vitest";
import { tokenBucket } from "./token-bucket.ts";

test("a burst, then one per interval, each source for itself", () => {
  const bucket = tokenBucket(3, 1000);
  expect([1, 2, 3].map(() => bucket.take("a", 0))).toEqual([undefined, undefined, undefined]);
  expect(bucket.take("a", 0)).toBe(1000);
  expect(bucket.take("b", 0)).toBeUndefined();
  expect(bucket.take("a", 999)).toBe(1);
  expect(bucket.wait("a", 1000)).toBeUndefined();
  expect(bucket.take("a", 1000)).toBeUndefined();
  expect(bucket.take("a", 1000)).toBe(1000);
  expect([1, 2, 3, 4].map(() => bucket.take("a", 60_000))).toEqual([undefined, undefined, undefined, 1000]);
});
