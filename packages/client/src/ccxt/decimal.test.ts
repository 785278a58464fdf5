import fc from "fast-check";
import { expect, test } from "vitest";
import {
  compare,
  type Decimal,
  decimal,
  isMultiple,
  magnitude,
  power,
  quotient,
  rounded,
  text,
  times,
  write,
  writeShort,
} from "./decimal.ts";

const positive = fc
  .record({ units: fc.bigInt(1n, 10n ** 20n), places: fc.integer({ min: 0, max: 12 }) })
  .map((read): Decimal => read);

test("what is written is read as the same number, in either form", () => {
  fc.assert(
    fc.property(positive, (value) => {
      expect(compare(decimal(write(value))!, value)).toBe(0);
      expect(compare(decimal(writeShort(value))!, value)).toBe(0);
      expect(write(value)).toMatch(/^[0-9]+(\.[0-9]{2,})?$/);
      expect(writeShort(value)).not.toMatch(/\..*0$|\.$/);
    }),
  );
});

test.each([
  ["1e-8", "0.00000001"],
  [1e-8, "0.00000001"],
  ["1.5E+3", "1500"],
  ["0.0000000000", "0.00"],
  ["64990.0", "64990.00"],
  ["-0.5", "-0.50"],
  [".5", "0.50"],
  ["100", "100"],
])("%s is %s", (told, written) => expect(text(told)).toBe(written));

test.each(["", ".", "NaN", "Infinity", "1,5", "0x10", null, undefined, {}])("%s is no number", (told) =>
  expect(decimal(told)).toBeUndefined(),
);

test("a price rounded down never lets its owner give more, nor one rounded up get less, and both are ticks", () => {
  fc.assert(
    fc.property(positive, positive, positive, (quote, base, tick) => {
      const [down, up] = [quotient(quote, base, tick, "down"), quotient(quote, base, tick, "up")];
      expect(isMultiple(down, tick) && isMultiple(up, tick)).toBe(true);
      expect(compare(times(down, base), quote)).toBeLessThanOrEqual(0);
      expect(compare(times(up, base), quote)).toBeGreaterThanOrEqual(0);
      const apart = compare(up, { units: down.units + tick.units, places: tick.places });
      expect(apart).toBeLessThanOrEqual(0);
    }),
  );
});

test("the exponent of the first digit is exact at powers of ten", () => {
  expect(magnitude(decimal("65000")!, decimal("1")!)).toBe(4);
  fc.assert(
    fc.property(positive, positive, (a, b) => {
      const exponent = magnitude(a, b);
      expect(compare(a, times(b, power(exponent)))).toBeGreaterThanOrEqual(0);
      expect(compare(a, times(b, power(exponent + 1)))).toBeLessThan(0);
    }),
  );
});

test("places that are cut off round the way that was asked", () => {
  expect(write(rounded(decimal("65.00001")!, 2, "up"))).toBe("65.01");
  expect(write(rounded(decimal("65.00999")!, 2, "down"))).toBe("65.00");
  expect(write(rounded(decimal("65")!, 2, "up"))).toBe("65");
});
