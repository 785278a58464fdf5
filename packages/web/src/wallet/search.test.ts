import type { ToldTransfer } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { matches, type Search } from "./search.ts";

const transfer: ToldTransfer = {
  transfer_id: "t417",
  t: 1_000,
  kind: "credit",
  direction: "in",
  currency: "USD",
  amount: "17.50",
  status: "done",
  reference: "Rent of November </script>",
};
const found = (search: Partial<Search>): boolean =>
  matches(transfer, { text: "", kind: "all", ...search }, "Credited Done");

test.each<[Partial<Search>, boolean]>([
  [{}, true],
  [{ text: "  november  RENT " }, true],
  [{ text: "</script>" }, true],
  [{ text: "17.50 usd" }, true],
  [{ text: "credited" }, true],
  [{ text: "rent december" }, false],
  [{ kind: "operator" }, true],
  [{ kind: "in" }, true],
  [{ kind: "out" }, false],
  [{ kind: "invoice" }, false],
  [{ from: 1_000 }, true],
  [{ from: 1_001 }, false],
  [{ to: 1_000 }, false],
  [{ to: 1_001 }, true],
])("a search for %j finds it: %s", (search, is) => {
  expect(found(search)).toBe(is);
});
