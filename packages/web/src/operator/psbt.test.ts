import { expect, test } from "vitest";
import { readPsbt } from "./psbt.ts";

// The first valid vector of BIP-174, cut after its magic and the first bytes: only the beginning is looked at.
const text = "cHNidP8BAHUCAAAAASaBcTce3/KF6Tet7qSze3gADAVmy7OtZGQXE8pCFxv2AAAAAAD+////";
const bytes = new Uint8Array(Buffer.from(text, "base64"));

test("a PSBT is taken as text with line breaks, as a file with its bytes, and as a file with text in it", () => {
  expect(readPsbt(text)).toBe(text);
  expect(readPsbt(`\n${text.slice(0, 20)}\r\n${text.slice(20)} `)).toBe(text);
  expect(readPsbt(bytes)).toBe(text);
  expect(readPsbt(new Uint8Array(Buffer.from(`${text}\n`)))).toBe(text);
});

test("a raw transaction, hex and what is no base64 are none", () => {
  for (const given of [
    "",
    "AgAAAAEmgXE3Ht/yhek3re6ks3t4AAwFZsuzrWRkFxPKQhcb",
    "70736274ff0100",
    "psbt\xff",
    "<script>",
  ])
    expect(readPsbt(given)).toBeUndefined();
});
