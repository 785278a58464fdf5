import { NONCE_WINDOW_MS } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { asTexts } from "../columns.ts";
import { at } from "../testing.ts";
import {
  emptyCallNonces,
  hasCallNonce,
  loadNonce,
  loadNonces,
  noncesOf,
  rememberCallNonce,
} from "./call-nonces.ts";
import { emptyNonces, hasNonce, nonceKey, rememberNonce, SLICE_MS } from "./nonces.ts";

const START = 1_795_348_800_000;

test("tells what a set of all nonces tells: late and early, many in one millisecond, several keys of an account, after a load", () => {
  const call = fc.record({
    home: fc.nat(2),
    key: fc.nat(1),
    // Mostly on and on; now and then back, and often the same time again.
    on: fc.constantFrom(0, 0, 0, 1, 700, -1, -700, -SLICE_MS),
    random: fc.nat(3),
    load: fc.constantFrom(...Array<false>(18).fill(false), "together" as const, "singly" as const),
  });
  fc.assert(
    fc.property(fc.array(call, { size: "max", maxLength: 400 }), (calls) => {
      let nonces = emptyCallNonces();
      const twin = emptyNonces();
      let t = START;
      let ms = START;
      for (const { home, key, load, on, random } of calls) {
        ms += on;
        t = Math.max(t, ms);
        if (ms + NONCE_WINDOW_MS < t) ms = t;
        const caller = { home, token: `ak-${home}-${key}` };
        const as = nonceKey(caller.token, ms, `r ${random}`);
        if (load) {
          const loaded = emptyCallNonces();
          for (const [number, slice] of nonces.slices) {
            const all = [...noncesOf(slice)];
            // As dumps have them now, some at a time, and as old ones had them.
            for (let i = 0; i < all.length && load !== "singly"; i += 3) {
              const some = all.slice(i, i + 3);
              const [tokens, randoms] = [some.map(([token]) => token), some.map(([, , random]) => random)];
              const times = some.map(([, time]) => time);
              loadNonces(loaded, number, asTexts(tokens), times, asTexts(randoms));
            }
            if (load === "singly") for (const nonce of all) loadNonce(loaded, number, ...nonce);
          }
          nonces = loaded;
        }
        const known = hasNonce(twin, ms, as);
        expect(hasCallNonce(nonces, caller, ms, `r ${random}`)).toBe(known);
        if (known) continue;
        rememberCallNonce(nonces, caller, ms, `r ${random}`, at(t));
        rememberNonce(twin, ms, as, at(t));
      }
      const all = [...nonces.slices].flatMap(([, slice]) =>
        [...noncesOf(slice)].map((nonce) => nonceKey(...nonce)),
      );
      expect(all).toEqual([...twin.values()].flatMap((keys) => [...keys]));
    }),
    { numRuns: 200, seed: 417 },
  );
});

test("hundreds in one millisecond by one key are all remembered", () => {
  const nonces = emptyCallNonces();
  const caller = { home: 100, token: "ak" };
  for (let i = 0; i < 300; i++) {
    expect(hasCallNonce(nonces, caller, START, `r${i}`)).toBe(false);
    rememberCallNonce(nonces, caller, START, `r${i}`, at(START));
  }
  for (let i = 0; i < 300; i++) expect(hasCallNonce(nonces, caller, START, `r${i}`)).toBe(true);
});
