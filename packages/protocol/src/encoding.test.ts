import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeForm, decodeJson, encodeForm } from "./encoding.ts";

const pairs = (decoded: ReturnType<typeof decodeForm>) =>
  "pairs" in decoded ? [...decoded.pairs] : decoded.refused.code;

describe("form bodies", () => {
  test("pairs, percent-encoding, plus signs, UTF-8", () => {
    expect(pairs(decodeForm("a=1&memo=zwei+Espressi%3D%C3%A9&b="))).toEqual([
      ["a", "1"],
      ["memo", "zwei Espressi=é"],
      ["b", ""],
    ]);
    expect(pairs(decodeForm(""))).toEqual([]);
  });
  test.each([
    ["a=1&a=2", "param_repeated"],
    ["a=1&%61=2", "param_repeated"],
    ["a=%", "body_malformed"],
    ["a=%zz", "body_malformed"],
    ["a=%ff", "body_malformed"],
    ["a", "body_malformed"],
    ["=1", "body_malformed"],
    ["a=1&&b=2", "body_malformed"],
    ["a=1&", "body_malformed"],
  ])("%j is refused, not guessed at", (body, code) => {
    expect(pairs(decodeForm(body))).toBe(code);
  });
  test("what is encoded is decoded, for all texts", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, unit: "grapheme" }), fc.string({ unit: "grapheme" })),
        (values) => {
          expect(pairs(decodeForm(encodeForm(values)))).toEqual(Object.entries(values));
        },
      ),
    );
  });
});

describe("JSON bodies", () => {
  test("strings, whole numbers, lists", () => {
    expect(pairs(decodeJson('{"a":"1","n":5,"l":[["x","y"]],"f":true}'))).toEqual([
      ["a", "1"],
      ["n", 5],
      ["l", [["x", "y"]]],
      ["f", true],
    ]);
  });
  test.each([
    ['{"a":"1","a":"2"}', "param_repeated"],
    ['{"a":"1", "\\u0061" : "2"}', "param_repeated"],
    ['{"a":1.5}', "param_invalid"],
    ['{"a":1e400}', "param_invalid"],
    ['{"a":null}', "param_invalid"],
    ['{"amount":99999999999999999999}', "param_invalid"],
    ["[]", "body_malformed"],
    ["1", "body_malformed"],
    ["null", "body_malformed"],
    ["{", "body_malformed"],
    ['{"a":"1"} x', "body_malformed"],
  ])("%s is refused", (body, code) => {
    expect(pairs(decodeJson(body))).toBe(code);
  });
  test("names inside of values do not count as repeated, and __proto__ is only a name", () => {
    expect(pairs(decodeJson('{"a":{"a":"\\"a\\":"},"b":["a","a"]}'))).toHaveLength(2);
    expect(pairs(decodeJson('{"__proto__":"x"}'))).toEqual([["__proto__", "x"]]);
  });
});
