import { expect, test } from "vitest";
import { legacySigops } from "./sigops.ts";

const count = (hex: string): number => legacySigops(Buffer.from(hex, "hex"));

test("operations are counted as consensus does, those within pushed data are none", () => {
  expect(count("")).toBe(0);
  expect(count(`76a914${"00".repeat(20)}88ac`)).toBe(1); // p2pkh
  expect(count(`0014${"ac".repeat(20)}`)).toBe(0); // p2wpkh
  expect(count(`5120${"ae".repeat(32)}`)).toBe(0); // p2tr
  expect(count(`5121${"02".repeat(33)}51ae`)).toBe(20); // bare 1 of 1
  expect(count("adaf")).toBe(21);
  expect(count(`4c03acacacac`)).toBe(1);
  expect(count(`4d0200acacac`)).toBe(1);
  expect(count(`4e02000000acacac`)).toBe(1);
  // Cut off in the middle of its data: all that is left is data.
  expect(count("4bac")).toBe(0);
  expect(count("4d")).toBe(0);
});
