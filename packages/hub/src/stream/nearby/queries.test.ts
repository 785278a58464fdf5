import { distanceM } from "@coinholder/engine";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeQueries, type Query } from "./queries.ts";

const degrees = (most: number) =>
  fc.oneof(fc.double({ min: -most, max: most, noNaN: true }), fc.constantFrom(-most, most, 0, most - 1e-5));
const code = fc.constantFrom(undefined, "417", "");
const place = fc.record({ lat: degrees(90), lng: degrees(180), random: code });

test("a place concerns exactly the queries that looking at each of them finds, also after some are gone", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ place, radiusM: fc.integer({ min: 1, max: 100_000 }) }), { maxLength: 80 }),
      fc.array(fc.nat(79)),
      place,
      fc.integer({ min: 1, max: 1000 }),
      (given, removed, at, metres) => {
        const queries = makeQueries<Query>();
        // Half of them around the place, each at about the edge of its radius.
        const all = given.map(({ place, radiusM }, i): Query => {
          const near = { lat: Math.max(-90, at.lat - (radiusM / 111_195) * (metres / 999)), lng: at.lng };
          return {
            ...place,
            ...(i % 2 === 0 ? near : {}),
            number: i + 1,
            radiusM,
            posted: undefined,
            expires: undefined,
          };
        });
        for (const query of all) queries.add(query);
        for (const i of removed) if (all[i]) queries.remove(all[i]);
        const left = all.filter((_, i) => !removed.includes(i));
        expect(queries.count()).toBe(left.length);
        const found: [number, number][] = [];
        queries.concerned(at, ({ number }, distance) => found.push([number, distance]));
        const naive = left
          .filter(({ random }) => random === undefined || random === at.random)
          .map((one): [Query, number] => [one, distanceM(one.lat, one.lng, at.lat, at.lng)])
          .filter(([{ radiusM }, distance]) => distance <= radiusM)
          .map(([{ number }, distance]) => [number, distance]);
        expect(found.sort(([a], [b]) => a - b)).toEqual(naive);
      },
    ),
    { numRuns: 500 },
  );
});
