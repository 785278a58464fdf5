import fc from "fast-check";
import { expect, test } from "vitest";
import { repeatedName } from "./json-names.ts";

test.each([
  ['{"a":1,"a":2}', "a"],
  ['{"a":1,"\\u0061":2}', "a"],
  ['{"x":{"a":1,"b":[{"c":1},{"c":2,"c":3}]}}', "c"],
  ['{"a" \n\t: 1, "a" : 2}', "a"],
  ['{"__proto__":1,"__proto__":2}', "__proto__"],
  ['{"\\"":1,"\\"":2}', '"'],
  ['{"a":"\\"a\\":","b":"a","c":["a","a"]}', undefined],
  ['{"a":{"a":{"a":"a:"}},"b":{"a":1}}', undefined],
  ["[]", undefined],
  ['"a"', undefined],
])("two readers of %s cannot see different things", (json, name) => {
  expect(repeatedName(json, JSON.parse(json))).toBe(name);
});

test("nothing that JSON.stringify writes is taken for a repetition, and every doubled member is found", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), (value) => {
      const json = JSON.stringify(value);
      expect(repeatedName(json, value)).toBeUndefined();
      const [name] = Object.keys(value) as [string];
      const doubled = `${json.slice(0, -1)},${JSON.stringify(name)}:0}`;
      expect(repeatedName(doubled, JSON.parse(doubled))).toBe(name);
    }),
  );
});
