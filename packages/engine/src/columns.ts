import { assert } from "./assert.ts";

/** Texts of many rows in a line of a dump: a list, or one text where all are of one length, as identifiers are: it is read at once. */
export type Texts = string | readonly string[];

export const asTexts = (list: readonly string[]): Texts => {
  const { length } = list[0]!;
  return length > 0 && list.every((text) => text.length === length) ? list.join("") : list;
};

/** Of a dump whose hash was checked: should it be wrong all the same, then its loading ends in an error. */
export const assertLength = (count: number, ...columns: readonly (Texts | readonly unknown[])[]): void => {
  for (const column of columns)
    assert(
      typeof column === "string"
        ? count > 0 && column.length > 0 && column.length % count === 0
        : column.length === count,
      "a dump's columns are of one length",
    );
};

export const listOf = (texts: Texts, count: number): readonly string[] => {
  assertLength(count, texts);
  if (typeof texts !== "string") return texts;
  const width = texts.length / count;
  return Array.from({ length: count }, (_, i) => texts.slice(i * width, (i + 1) * width));
};

/** Four at a time. */
export const copyBytes = (from: DataView, start: number, to: DataView, at: number, length: number): void => {
  let i = 0;
  for (; i + 4 <= length; i += 4) to.setInt32(at + i, from.getInt32(start + i, true), true);
  for (; i < length; i++) to.setUint8(at + i, from.getUint8(start + i));
};

let room = new Uint8Array(1 << 16);
const encoder = new TextEncoder();

/** All letters, one byte each, and how many each text has, where they are one text and ASCII. They stay until the next call. */
export const lettersOf = (
  texts: Texts,
  count: number,
): { readonly letters: DataView; readonly width: number } | undefined => {
  if (typeof texts !== "string") return undefined;
  assertLength(count, texts);
  if (room.length < texts.length) room = new Uint8Array(texts.length);
  const { read, written } = encoder.encodeInto(texts, room);
  // Any other letter takes more bytes.
  if (read !== written || read !== texts.length) return undefined;
  return { letters: new DataView(room.buffer, 0, written), width: texts.length / count };
};
