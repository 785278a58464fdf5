import type { TimeMs } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { makeKeyUse } from "./key-use.ts";

test("of more keys than are remembered those longest unused are forgotten", () => {
  const { lastUse, used } = makeKeyUse(2);
  const at = (ms: number): TimeMs => ms as TimeMs;
  used("a", at(1000));
  used("b", at(2000));
  used("a", at(3000));
  used("c", at(4000));
  expect(["a", "b", "c"].map(lastUse)).toEqual([3000, undefined, 4000]);
});
