import fc from "fast-check";
import { expect, test } from "vitest";
import { openScriptSet } from "./script-set.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

// Few different bytes, so that many scripts share their beginning and their end.
const anyScript = fc
  .array(fc.constantFrom(0, 1, 0x14, 0x51), { minLength: 1, maxLength: 40 })
  .map((bytes) => Uint8Array.from(bytes));

test("finds what was added, wherever it stands, and nothing else: as a map of hex does", () => {
  fc.assert(
    fc.property(
      fc.array(anyScript, { maxLength: 200 }),
      fc.array(anyScript),
      fc.nat(5),
      (added, asked, at) => {
        const set = openScriptSet();
        const map = new Map<string, string>();
        added.forEach((script, i) => {
          set.add(script, `address ${i}`);
          if (!map.has(hex(script))) map.set(hex(script), `address ${i}`);
        });
        expect(set.size).toBe(map.size);
        for (const script of [...added, ...asked]) {
          const bytes = Buffer.concat([Buffer.alloc(at, 0x51), script, Buffer.alloc(3, 0x14)]);
          expect(set.addressOf(bytes, at, at + script.length)).toBe(map.get(hex(script)));
        }
      },
    ),
    { numRuns: 100 },
  );
});

const programOf = (prefix: number[], length: number, i: number): Buffer => {
  const script = Buffer.alloc(prefix.length + length, i * 31);
  script.set(prefix);
  script.writeUInt32LE(i, prefix.length + 6); // in the middle
  return script;
};

test("a hundred thousand P2WPKH and P2TR scripts that begin and end alike are all told apart", () => {
  const set = openScriptSet();
  const scripts = Array.from({ length: 100_000 }, (_, i) =>
    programOf(i % 2 === 0 ? [0x00, 0x14] : [0x51, 0x20], i % 2 === 0 ? 20 : 32, i),
  );
  scripts.forEach((script, i) => {
    set.add(script, `bcrt1q${i}`);
  });
  expect(set.size).toBe(scripts.length);
  expect(scripts.every((script, i) => set.addressOf(script, 0, script.length) === `bcrt1q${i}`)).toBe(true);
  const stranger = programOf([0x00, 0x14], 20, 200_000);
  expect(set.addressOf(stranger, 0, stranger.length)).toBeUndefined();
});

test("a script that nobody can spend is nobody's", () => {
  const set = openScriptSet();
  expect(() => set.add(new Uint8Array(10_001), "x")).toThrow(RangeError);
  expect(() => set.add(new Uint8Array(0), "x")).toThrow(RangeError);
  expect(set.addressOf(new Uint8Array(20_000), 0, 20_000)).toBeUndefined();
  expect(set.addressOf(new Uint8Array(0), 0, 0)).toBeUndefined();
});
