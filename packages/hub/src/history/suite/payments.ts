import type { Effect } from "@coinholder/engine";
import type { Amount } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import type { MakePlace } from "../testing/place.ts";
import { START } from "../testing/steps.ts";
import { makeTeller } from "../testing/teller.ts";

/** More than the statements that take many at a time, and no whole number of them; other rows in between. */
const tellAll = (): Effect[][] => {
  const teller = makeTeller(START);
  return Array.from({ length: 150 }, (_, i) => {
    if (i % 50 === 49) return teller.tell({ is: "deposit", account: 5, amount: i });
    const [from, to] = [5 + (i % 3), 5 + ((i + 1) % 3)];
    // Beyond 32 bits now and then.
    const amount = i % 7 === 0 ? 2_100_000_000_000_000 - i : i + 1;
    const sides = teller.tell({ is: "pay", from, to, amount });
    const invoice = i % 5 === 0 ? { invoice: true as const } : {};
    return sides.map(
      (side) =>
        ({ ...side, fee: 0 as Amount, currency: i % 2, address: `bcrt1q${to}`, ...invoice }) as Effect,
    );
  });
};

export function paymentCases(makePlace: MakePlace): void {
  describe("payments", () => {
    test("of which both sides come at once stand as those of which they come one by one", async () => {
      const contents = await Promise.all(
        [true, false].map(async (atOnce) => {
          const place = await makePlace();
          const history = await place.open();
          for (const [i, effects] of tellAll().entries()) {
            const [payer, ...more] = effects;
            history.follow(2 * i + 1, atOnce ? effects : [payer!]);
            history.follow(2 * i + 2, atOnce ? [] : more);
          }
          await history.close();
          return place.content();
        }),
      );
      expect(contents[0]).toEqual(contents[1]);
    });
  });
}
