import fc from "fast-check";
import { expect, test } from "vitest";
import { eitherOf, openOutpointSet, outpointSet } from "./outpoint-set.ts";

const anyOutpoint = fc
  .tuple(fc.array(fc.constantFrom("00", "ff", "5a"), { minLength: 32, maxLength: 32 }), fc.nat(0xffffffff))
  .map(([bytes, vout]) => `${bytes.join("")}:${vout}`);

/** As it stands in an input. */
const inInput = (outpoint: string): Buffer => {
  const [txid = "", vout] = outpoint.split(":");
  const index = Buffer.alloc(4);
  index.writeUInt32LE(Number(vout));
  return Buffer.concat([Buffer.of(1, 2, 3), Buffer.from(txid, "hex").reverse(), index]);
};

test("has what was put in, by the bytes of an input, and nothing else: as a set of strings does", () => {
  fc.assert(
    fc.property(fc.array(anyOutpoint, { maxLength: 200 }), fc.array(anyOutpoint), (added, others) => {
      const set = outpointSet(added);
      const strings = new Set(added);
      expect(set.size).toBe(strings.size);
      for (const outpoint of [...added, ...others])
        expect(set.has(inInput(outpoint), 3)).toBe(strings.has(outpoint));
    }),
    { numRuns: 100 },
  );
});

test("outputs of one transaction are told apart up to the last index there is", () => {
  const txid = "ab".repeat(32);
  const set = outpointSet([`${txid}:0`, `${txid}:4294967295`]);
  expect([0, 1, 4294967294, 4294967295].map((vout) => set.has(inInput(`${txid}:${vout}`), 3))).toEqual([
    true,
    false,
    false,
    true,
  ]);
});

test("what is no outpoint is refused, not watched for in vain", () => {
  const txid = "ab".repeat(32);
  for (const wrong of ["", txid, `${txid}:`, `${txid}:-1`, `${txid}:4294967296`, `${txid}:01`, `${txid}0:1`])
    expect(() => outpointSet([wrong])).toThrow(TypeError);
  expect(() => outpointSet([`${txid.toUpperCase()}:1`])).toThrow(TypeError);
});

test("of two sets together, one may grow meanwhile", () => {
  const growing = openOutpointSet();
  const both = eitherOf(outpointSet([`${"01".repeat(32)}:1`]), growing);
  const later = `${"02".repeat(32)}:2`;
  expect(both.has(inInput(later), 3)).toBe(false);
  growing.add(later);
  expect(both.has(inInput(later), 3)).toBe(true);
  expect(both.size).toBe(2);
});
