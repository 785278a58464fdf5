import { randomInt } from "node:crypto";
import { openPackedBytes } from "./packed.ts";

/** Finds byte strings by their content, among millions, without making an object or a string. */
export type ByteTable = {
  readonly size: number;
  /** The number of the bytes from `start` up to `end`, counted from 0 in the order of adding; -1 if they are not there. */
  readonly find: (bytes: Uint8Array, start: number, end: number) => number;
  /** False if they were there already. */
  readonly add: (bytes: Uint8Array, start: number, end: number) => boolean;
};

const word = (bytes: Uint8Array, at: number): number =>
  bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);

/**
 * Open addressing with linear probing, at most half full. Nearly everything that is asked for is not there: one byte of the
 * hash for each slot stands apart from the entries' numbers, so that a look for a stranger costs one access to an array
 * that fits a processor's cache.
 */
export const openByteTable = (): ByteTable => {
  // Whoever pays us chooses txids: without a secret they could make them meet in one place.
  const salt = randomInt(2 ** 32) | 0;
  const keys = openPackedBytes();
  let hashes = new Int32Array(16);
  let mask = 31;
  /** 0 is a free slot. */
  let tags = new Uint8Array(mask + 1);
  let numbers = new Int32Array(mask + 1);

  const hashOf = (bytes: Uint8Array, start: number, end: number): number => {
    let h = salt;
    let at = start;
    for (; at + 4 <= end; at += 4) {
      h = Math.imul(h ^ word(bytes, at), 0x9e3779b1);
      h ^= h >>> 15;
    }
    for (; at < end; at++) h = Math.imul(h ^ bytes[at]!, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
    return h ^ (h >>> 16);
  };
  const tagOf = (hash: number): number => hash >>> 24 || 1;

  const lookUp = (hash: number, bytes: Uint8Array, start: number, end: number): number => {
    const wanted = tagOf(hash);
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const tag = tags[slot];
      if (tag === 0) return -1;
      if (tag === wanted && keys.is(numbers[slot]!, bytes, start, end)) return numbers[slot]!;
    }
  };
  const put = (hash: number, number: number): void => {
    let slot = hash & mask;
    while (tags[slot] !== 0) slot = (slot + 1) & mask;
    tags[slot] = tagOf(hash);
    numbers[slot] = number;
  };
  const grow = (): void => {
    mask = 2 * mask + 1;
    tags = new Uint8Array(mask + 1);
    numbers = new Int32Array(mask + 1);
    const larger = new Int32Array(2 * hashes.length);
    larger.set(hashes);
    hashes = larger;
    for (let number = 0; number < keys.size; number++) put(hashes[number]!, number);
  };

  return {
    get size() {
      return keys.size;
    },
    find: (bytes, start, end) => lookUp(hashOf(bytes, start, end), bytes, start, end),
    add: (bytes, start, end) => {
      const hash = hashOf(bytes, start, end);
      if (lookUp(hash, bytes, start, end) >= 0) return false;
      if (keys.size === hashes.length) grow();
      const number = keys.size;
      keys.push(bytes, start, end);
      hashes[number] = hash;
      put(hash, number);
      return true;
    },
  };
};
