import { broken } from "./assert.ts";

/**
 * Where things are by a text that each has: a hash table of numbers beside whatever keeps the things, at places 0, 1, 2… A text that is not
 * there is told without looking at another one, and `probable` has the memory of many fetched at once, where each would be waited
 * for (half a microsecond among millions, and a Map goes to six places of memory for one).
 * Texts are the hub's own: who could choose them could choose equal hashes.
 */
export interface TextIndex {
  readonly size: number;
  /** The place, or -1. */
  find(text: string): number;
  /** Answers -1, or the place that the text has already, which it then keeps. */
  add(text: string, place: number): number;
  /** Of these hashes, at places one after the other from this one on. They must be new; `textAt` tells their texts. */
  addAll(hashes: Int32Array, from: number, textAt: (place: number) => string): void;
  /** So many there will be: room for them is made once. */
  expect(count: number): void;
  /** Answers the place that it had, or -1. */
  delete(text: string): number;
  /** Of each text the place that its hash alone suggests, or -1: where the text is, if it is anywhere and no other has its hash. */
  probable(texts: readonly string[]): Int32Array;
  /** All places are others now. */
  move(to: Int32Array): void;
}

const LEAST_SLOTS = 64;
/** Two numbers a slot: the hash, and the place + 1, where 0 is free. */
const WIDTH = 2;

const mixed = (hash: number, letters: number): number => {
  const product = Math.imul(hash ^ letters, 0x9e3779b1);
  return product ^ (product >>> 15);
};

/** Four letters at a time, for it is done millions of times at a start. */
export const hashOf = (text: string): number => {
  const { length } = text;
  let hash = length;
  let i = 0;
  for (; i + 4 <= length; i += 4)
    hash = mixed(
      hash,
      text.charCodeAt(i) ^
        (text.charCodeAt(i + 1) << 8) ^
        (text.charCodeAt(i + 2) << 16) ^
        (text.charCodeAt(i + 3) << 24),
    );
  for (; i < length; i++) hash = mixed(hash, text.charCodeAt(i));
  return hash;
};

/** The same of a text whose letters are one byte each. */
export const hashOfBytes = (bytes: DataView, from: number, length: number): number => {
  let hash = length;
  const end = from + length;
  let i = from;
  for (; i + 4 <= end; i += 4) hash = mixed(hash, bytes.getInt32(i, true));
  for (; i < end; i++) hash = mixed(hash, bytes.getUint8(i));
  return hash;
};

/** @param is whether the thing at this place has this text */
export const emptyTextIndex = (is: (place: number, text: string) => boolean): TextIndex => {
  let slots = new Int32Array(LEAST_SLOTS * WIDTH);
  let mask = LEAST_SLOTS - 1;
  let size = 0;

  // Where the slot of the text is, or the free one where it would be put.
  const slotOf = (text: string, hash: number): number => {
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const at = slot * WIDTH;
      const place = slots[at + 1]!;
      if (place === 0 || (slots[at] === hash && is(place - 1, text))) return slot;
    }
  };

  const put = (hash: number, place: number): void => {
    let slot = hash & mask;
    while (slots[slot * WIDTH + 1] !== 0) slot = (slot + 1) & mask;
    slots[slot * WIDTH] = hash;
    slots[slot * WIDTH + 1] = place + 1;
  };

  /** At most three quarters are in use. */
  const makeRoom = (count: number): void => {
    let length = mask + 1;
    while (4 * count > 3 * length) length *= 2;
    if (length === mask + 1) return;
    const before = slots;
    slots = new Int32Array(length * WIDTH);
    mask = length - 1;
    for (let at = 0; at < before.length; at += WIDTH)
      if (before[at + 1] !== 0) put(before[at]!, before[at + 1]! - 1);
  };

  return {
    get size() {
      return size;
    },
    find: (text) => slots[slotOf(text, hashOf(text)) * WIDTH + 1]! - 1,
    add(text, place) {
      const hash = hashOf(text);
      const at = slotOf(text, hash) * WIDTH;
      if (slots[at + 1] !== 0) return slots[at + 1]! - 1;
      slots[at] = hash;
      slots[at + 1] = place + 1;
      makeRoom(++size);
      return -1;
    },
    addAll(hashes, from, textAt) {
      const count = hashes.length;
      size += count;
      makeRoom(size);
      // Hashed before: what this loop goes to in memory is fetched beside one another.
      for (let i = 0; i < count; i++) {
        const hash = hashes[i]!;
        let slot = hash & mask;
        while (slots[slot * WIDTH + 1] !== 0) {
          if (slots[slot * WIDTH] === hash && is(slots[slot * WIDTH + 1]! - 1, textAt(from + i)))
            broken(`${textAt(from + i)} is added twice`);
          slot = (slot + 1) & mask;
        }
        slots[slot * WIDTH] = hash;
        slots[slot * WIDTH + 1] = from + i + 1;
      }
    },
    expect: makeRoom,
    delete(text) {
      let free = slotOf(text, hashOf(text));
      const place = slots[free * WIDTH + 1]! - 1;
      if (place < 0) return -1;
      size--;
      // Those behind it that it kept from their home move up, so that a search need not go past a gap.
      for (let at = (free + 1) & mask; slots[at * WIDTH + 1] !== 0; at = (at + 1) & mask) {
        const fromHome = (at - slots[at * WIDTH]!) & mask;
        if (fromHome < ((at - free) & mask)) continue;
        slots[free * WIDTH] = slots[at * WIDTH]!;
        slots[free * WIDTH + 1] = slots[at * WIDTH + 1]!;
        free = at;
      }
      slots[free * WIDTH + 1] = 0;
      return place;
    },
    probable(texts) {
      const count = texts.length;
      const hashes = new Int32Array(count);
      const places = new Int32Array(count);
      for (let i = 0; i < count; i++) hashes[i] = hashOf(texts[i]!);
      // A loop of its own, without a branch: none of these has to wait for the one before it. What follows a slot lies beside it.
      for (let i = 0; i < count; i++) places[i] = slots[(hashes[i]! & mask) * WIDTH]!;
      for (let i = 0; i < count; i++) {
        const hash = hashes[i]!;
        let at = (hash & mask) * WIDTH;
        while (slots[at + 1] !== 0 && slots[at] !== hash) at = (at + WIDTH) & (slots.length - 1);
        places[i] = slots[at + 1]! - 1;
      }
      return places;
    },
    move(to) {
      for (let at = 1; at < slots.length; at += WIDTH)
        if (slots[at] !== 0) slots[at] = to[slots[at]! - 1]! + 1;
    },
  };
};
