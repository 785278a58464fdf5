import fc from "fast-check";
import { expect, test } from "vitest";
import { KEYS, type Key, press, typedText } from "./keypad-text.ts";

const typed = (keys: string, decimals = 2): string =>
  [...keys].reduce((shown, key) => press(shown, key === "<" ? "erase" : (key as Key), decimals), "");

test("the keys type an amount as one would, and nothing that is none", () => {
  expect(typed("3.42")).toBe("3.42");
  expect(typed("3.425")).toBe("3.42");
  expect(typed("..5")).toBe("0.5");
  expect(typed("007")).toBe("7");
  expect(typed("12.<<<")).toBe("");
  expect(typed("1.5", 0)).toBe("15");
  expect(typed("0.00000001", 8)).toBe("0.00000001");
  expect(typedText(" 1 234,567 CAD", 2)).toBe("1234.56");
  expect(typedText("-5", 2)).toBe("5");
});

test("a sum that is pasted with its thousands parted is not a thousandth of it", () => {
  expect(typedText("1,234.50", 2)).toBe("1234.50");
  expect(typedText("1.234,50", 2)).toBe("1234.50");
  expect(typedText("CAD 1,234,567", 2)).toBe("1234567");
  expect(typedText("3,5", 2)).toBe("3.5");
  expect(typedText(".5", 2)).toBe("0.5");
  expect(typedText("3.", 2)).toBe("3.");
});

test("whatever is pressed, the display is empty or the beginning of an amount", () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...KEYS)), fc.integer({ min: 0, max: 8 }), (keys, decimals) => {
      const shown = keys.reduce((text, key) => press(text, key, decimals), "");
      expect(shown).toMatch(new RegExp(`^(?:(?:0|[1-9][0-9]{0,9})(?:\\.[0-9]{0,${decimals}})?)?$`));
    }),
    { seed: 7 },
  );
});
