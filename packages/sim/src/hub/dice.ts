import crypto from "node:crypto";
import { syncBuiltinESMExports } from "node:module";
import { prng } from "../prng.ts";

/** Has all randomness of this process come from a seed; answers how to end that. */
export const loadDice = (seed: number): (() => void) => {
  const { randomBytes, randomInt } = crypto;
  const { getRandomValues } = globalThis.crypto;
  const { below } = prng(seed);
  crypto.randomBytes = ((size: number) => {
    const bytes = Buffer.alloc(size);
    for (let i = 0; i < size; i++) bytes[i] = below(256);
    return bytes;
  }) as typeof randomBytes;
  crypto.randomInt = ((least: number, end?: number) =>
    end === undefined ? below(least) : least + below(end - least)) as typeof randomInt;
  // What keys are blinded with and signatures salted: always the same, since how often it is asked for depends on what was derived before.
  globalThis.crypto.getRandomValues = (array) => {
    new Uint8Array(array.buffer, array.byteOffset, array.byteLength).fill(7);
    return array;
  };
  syncBuiltinESMExports();
  return () => {
    crypto.randomBytes = randomBytes;
    crypto.randomInt = randomInt;
    globalThis.crypto.getRandomValues = getRandomValues;
    syncBuiltinESMExports();
  };
};
