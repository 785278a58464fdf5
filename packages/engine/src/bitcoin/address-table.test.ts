import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyAddressTable, passedOver } from "./address-table.ts";

test("indexes that no address has are told of each branch, also beside addresses of an unusual length", () => {
  const place = fc.record({
    branch: fc.constantFrom("receive", "change"),
    index: fc.nat(40),
    long: fc.boolean(),
    type: fc.constantFrom("q", "p"),
  });
  fc.assert(
    fc.property(fc.array(place, { maxLength: 60 }), fc.nat(45), fc.nat(45), (places, receive, change) => {
      const table = emptyAddressTable();
      for (const { branch, index, long, type } of places)
        table.add({
          address: `${type}-${branch}-${index}-${"x".repeat(long ? 60 : 3)}`,
          account: 1,
          branch,
          index,
        });
      const next = { receive, change };
      const missing = (of: "receive" | "change"): number[] =>
        Array.from({ length: next[of] }, (_, index) => index).filter(
          (index) => !places.some((one) => one.branch === of && one.index === index),
        );
      expect(passedOver(table, next)).toEqual({ receive: missing("receive"), change: missing("change") });
    }),
  );
});
