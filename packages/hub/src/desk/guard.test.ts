import type { TimeMs } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import { guarded } from "./guard.ts";
import type { Price } from "./price.ts";

const at = (t: number): TimeMs => t as TimeMs;
const START = 1_795_348_800_000;
const CAUTION = { staleMs: 10_000, wildBps: 500, wildMs: 60_000 };

/** A guard before a source that says what it is told, and a clock. */
const scene = () => {
  const now = { t: START, price: undefined as Price | undefined };
  const guard = guarded({ latest: () => now.price, close: () => {} }, CAUTION);
  return {
    /** What the guard says, `later` ms later, to that price. */
    says: (later: number, bid: number, ask: number, age = 0) => {
      now.t += later;
      now.price = { bid, ask, t: at(now.t - age) };
      const looked = guard.look(at(now.t));
      return "problem" in looked ? looked.problem : "quoted";
    },
    none: () => {
      now.price = undefined;
      return guard.look(at(now.t));
    },
  };
};

describe("a price is not quoted from", () => {
  test("when there is none, or it is no price", () => {
    const { says, none } = scene();
    expect(none()).toEqual({ problem: "price_missing" });
    for (const strange of [Number.NaN, Number.POSITIVE_INFINITY, 0, -5, 1.5, 2 ** 53]) {
      expect(says(0, strange, 101), `bid ${strange}`).toBe("price_missing");
      expect(says(0, 100, strange), `ask ${strange}`).toBe("price_missing");
    }
    expect(says(0, 10_000, 10_100)).toBe("quoted");
  });

  test("when it is too old, or from a clock that is too far ahead", () => {
    const { says } = scene();
    expect(says(0, 100, 101, 10_000)).toBe("quoted");
    expect(says(0, 100, 101, 10_001)).toBe("price_stale");
    expect(says(0, 100, 101, -10_000)).toBe("quoted");
    expect(says(0, 100, 101, -10_001)).toBe("price_stale");
  });

  test("when the bid is not below the ask", () => {
    const { says } = scene();
    expect(says(0, 100, 100)).toBe("price_crossed");
    expect(says(0, 101, 100)).toBe("price_crossed");
  });

  test("when either side moved too much within the time, up or down, at once or by and by", () => {
    for (const [bid, ask] of [
      [10_501, 10_600],
      [9499, 10_100],
      [10_000, 10_606],
      [9000, 9594],
    ] as const) {
      const { says } = scene();
      expect(says(0, 10_000, 10_100)).toBe("quoted");
      expect(says(1000, bid, ask), `${bid} ${ask}`).toBe("price_wild");
    }
    const { says } = scene();
    for (const bid of [10_000, 10_200, 10_400, 10_500]) expect(says(5000, bid, bid + 100)).toBe("quoted");
    expect(says(5000, 10_600, 10_700)).toBe("price_wild");
  });

  test("until what it moved from is further back than the time", () => {
    const { says } = scene();
    expect(says(0, 10_000, 10_100)).toBe("quoted");
    expect(says(1000, 11_000, 11_100)).toBe("price_wild");
    expect(says(59_000, 11_000, 11_100)).toBe("price_wild");
    expect(says(1000, 11_000, 11_100)).toBe("quoted");
  });

  test("at once after a pause, where it is far from the last one before it, however long that was", () => {
    const { says, none } = scene();
    expect(says(0, 10_000, 10_100)).toBe("quoted");
    expect(none()).toEqual({ problem: "price_missing" });
    expect(says(600_000, 100, 200)).toBe("price_wild");
    expect(says(59_000, 100, 200)).toBe("price_wild");
    // Near to what it was before.
    expect(says(500, 10_100, 10_200)).toBe("price_wild");
    const another = scene();
    expect(another.says(0, 10_000, 10_100)).toBe("quoted");
    expect(another.says(600_000, 10_400, 10_500)).toBe("quoted");
    expect(another.says(600_000, 10_800, 10_900)).toBe("quoted");
  });

  test("for ever: one that stands for as long as the time is the price", () => {
    const { says } = scene();
    expect(says(0, 10_000, 10_100)).toBe("quoted");
    expect(says(600_000, 100, 200)).toBe("price_wild");
    expect(says(61_000, 100, 200)).toBe("quoted");
  });

  test("nor right after a peak that nobody but the guard saw", () => {
    const { says } = scene();
    expect(says(0, 10_000, 10_100)).toBe("quoted");
    expect(says(100, 12_000, 12_100)).toBe("price_wild");
    expect(says(100, 10_000, 10_100)).toBe("price_wild");
  });

  test("a stale price is no measure for what comes after it", () => {
    const { says } = scene();
    expect(says(0, 5000, 5100, 60_000)).toBe("price_stale");
    expect(says(0, 10_000, 10_100)).toBe("quoted");
  });
});
