import fc from "fast-check";
import { expect, test } from "vitest";
import { compare, decimal, exactOf, parseExact, product } from "./exact-json.ts";

test("numbers come as they are written, and nothing else is touched", () => {
  expect(
    parseExact(
      '{"a":9.700000000000001,"b":[1.0e-8,-0,12345678901234567890],"12":"1.5, 2","\\"3":true,"n":null}',
    ),
  ).toEqual({
    a: "9.700000000000001",
    b: ["1.0e-8", "-0", "12345678901234567890"],
    "12": "1.5, 2",
    '"3': true,
    n: null,
  });
  for (const text of ["", "01", "{1:2}", "[1 2]", "MySQL error, please retry later", '{"a":.5}', "NaN"])
    expect(() => parseExact(text), text).toThrow(SyntaxError);
});

test("of any JSON only the numbers change, to what JSON.stringify wrote of them", () => {
  const changed = (value: unknown): unknown => {
    if (typeof value === "number") return JSON.stringify(value);
    if (Array.isArray(value)) return value.map(changed);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, changed(member)]));
  };
  fc.assert(
    fc.property(fc.json({ noUnicodeString: false }), (text) => {
      expect(JSON.stringify(parseExact(text))).toBe(JSON.stringify(changed(JSON.parse(text))));
    }),
  );
});

test("the noise of floating point is taken off what a double was, and nothing off what is finer by itself", () => {
  const usd = (text: string) => decimal(exactOf(text, 5)!);
  expect(usd("9.700000000000001")).toBe("9.70");
  expect(usd("9.699999999999999")).toBe("9.70");
  expect(usd("0.30000000000000004")).toBe("0.30");
  expect(usd("1e3")).toBe("1000.00");
  expect(usd("-0.5")).toBe("-0.50");
  expect(usd("3.1234567")).toBe("3.1234567");
  expect(usd("0.000000000000001")).toBe("0.000000000000001");
  for (const text of ["", ".", "1,5", "0x1", "1e999", "--1", " 1"])
    expect(exactOf(text, 5), text).toBe(undefined);
  expect(exactOf(9.7, 5)).toBe(undefined);
});

test("whole numbers of satoshis that went through a double and its printing come back", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 2_100_000_000_000_000 }),
      fc.constantFrom(1, 3, 7),
      (sats, parts) => {
        // Some arithmetic that adds noise.
        const noisy = (sats / 1e8 / parts) * parts;
        expect(exactOf(String(noisy), 8)).toSatisfy(
          (read: { digits: bigint; places: number }) =>
            compare(read, { digits: BigInt(sats), places: 8 }) === 0,
        );
      },
    ),
  );
});

test("products are rounded the way that is asked for", () => {
  const [a, b] = [exactOf("0.12345678", 8)!, exactOf("17.51001", 5)!];
  expect(decimal(product(a, b, 5, "up"))).toBe("2.16173");
  expect(decimal(product(a, b, 5, "down"))).toBe("2.16172");
  expect(decimal(product(exactOf("2", 8)!, exactOf("3", 5)!, 5, "up"))).toBe("6.00");
});
