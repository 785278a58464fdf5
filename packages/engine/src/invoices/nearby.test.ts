import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { emptyNearby, insertNearby, type Nearby, nearestFirst, newestFirst, removeNearby } from "./nearby.ts";
import { someWithin } from "./nearest.ts";
import type { Placed } from "./placed.ts";
import { distanceM, farthestM, nearestM } from "./sphere.ts";

const EVER = Number.NEGATIVE_INFINITY;
const place = (number: number, lat: number, lng: number, more: Partial<Placed> = {}): Placed => ({
  number,
  lat,
  lng,
  random: undefined,
  posted: undefined,
  expires: undefined,
  ...more,
});

// Degrees, often near the date line and the poles, and often the very same.
const latitude = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, 90, 89.9999, -89.995, 0, 45.5),
);
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, 180, 179.9999, -179.9999, 0, 7),
);
const radius = fc.oneof(
  fc.double({ min: 1, max: 3_000, noNaN: true }),
  fc.constant(100_000),
  fc.double({ min: 1, max: 20_100_000, noNaN: true }),
);
const shift = fc.tuple(
  fc.double({ min: -0.02, max: 0.02, noNaN: true }),
  fc.double({ min: -0.5, max: 0.5, noNaN: true }),
);
const shifted = (lat: number, lng: number, [dLat, dLng]: readonly [number, number]): [number, number] => [
  Math.max(-90, Math.min(90, lat + dLat)),
  ((lng + dLng + 540) % 360) - 180,
];
const time = fc.integer({ min: 0, max: 5 });
const kind = fc.record({ random: fc.constantFrom(undefined, "417", "418"), posted: time, expires: time });

const empty = (nearby: Nearby<Placed>) => [
  nearby.line.count,
  nearby.line.blocks.length,
  nearby.tree.count,
  nearby.tree.spots.length,
  nearby.tree.parts,
  nearby.byCode.size,
];

describe("nearby", () => {
  test("finds exactly what looking at every point finds, in order, anywhere on earth, from any cursor on", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(latitude, longitude, kind), { maxLength: 60 }),
        fc.array(fc.tuple(shift, kind), { maxLength: 120 }),
        fc.tuple(latitude, longitude),
        radius,
        fc.constantFrom(undefined, "417"),
        fc.record({ since: time, t: time }),
        fc.array(fc.nat(200), { maxLength: 60 }),
        fc.nat(100),
        (far, near, [lat, lng], radiusM, code, times, removed, page) => {
          const points = [
            ...near.map(([by, k]): [number, number, typeof k] => [...shifted(lat, lng, by), k]),
            ...far,
          ].map(([a, b, k], i) => place(i + 1, a, b, k));
          const nearby = emptyNearby<Placed>();
          for (const point of points) insertNearby(nearby, point);
          for (const i of removed) if (points[i]) removeNearby(nearby, points[i]);
          const left = points.filter(
            (p, i) =>
              !removed.includes(i) &&
              (code === undefined || p.random === code) &&
              p.posted! >= times.since &&
              p.expires! > times.t,
          );
          const naive = left
            .map((item) => ({ item, distance: distanceM(lat, lng, item.lat!, item.lng!) }))
            .filter(({ distance }) => distance <= radiusM)
            .sort((a, b) => a.distance - b.distance || a.item.number - b.item.number);
          const query = { lat, lng, radiusM, ...times };
          expect([...nearestFirst(nearby, code, query)]).toEqual(naive);
          const last = naive[page % Math.max(1, naive.length)];
          const within = new Map<number, number>();
          const all = someWithin(nearby.tree, query, ({ number, random }, distance) => {
            if (code === undefined || random === code) within.set(number, distance);
            return false;
          });
          expect([all, within]).toEqual([
            false,
            new Map(naive.map(({ item, distance }) => [item.number, distance])),
          ]);
          if (last) expect(someWithin(nearby.tree, query, (item) => item === last.item)).toBe(true);
          if (last) {
            const after = { distance: last.distance, number: last.item.number };
            expect([...nearestFirst(nearby, code, { ...query, after })]).toEqual(
              naive.slice(naive.indexOf(last) + 1),
            );
          }
          expect([...newestFirst(nearby, code, page + 1, times)]).toEqual(
            left.filter(({ number }) => number <= page).reverse(),
          );
          for (const point of points) removeNearby(nearby, point);
          expect(empty(nearby)).toEqual([0, 0, 0, 0, undefined, 0]);
        },
      ),
      { numRuns: 1000 },
    );
  });

  test("no place in an area is nearer or farther than its bounds say", () => {
    fc.assert(
      fc.property(
        fc.tuple(latitude, longitude),
        fc.tuple(latitude, longitude),
        fc.tuple(latitude, longitude),
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })),
        ([lat, lng], a, b, [up, right]) => {
          const [south, north] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
          const [west, east] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
          const area = { south, west, height: north - south, width: east - west };
          const inside = [
            Math.min(south + area.height, south + up * area.height),
            Math.min(west + area.width, west + right * area.width),
          ] as const;
          const distance = distanceM(lat, lng, ...inside);
          expect(nearestM(lat, lng, area)).toBeLessThanOrEqual(distance);
          expect(farthestM(lat, lng, area)).toBeGreaterThanOrEqual(distance);
        },
      ),
      { numRuns: 5000 },
    );
  });

  test("thousands in one house, and at one door, come and go, each found in turn", () => {
    const nearby = emptyNearby<Placed>();
    const items = Array.from({ length: 4000 }, (_, i) =>
      place(i + 1, 45.5 + (i % 2 === 0 ? 0 : (i % 1000) * 1e-9), 7, { random: i % 4 === 0 ? "1" : `x${i}` }),
    );
    // Not in the order in which they came.
    for (let i = 0; i < items.length; i++) insertNearby(nearby, items[(i * 1237) % items.length]!);
    const query = { lat: 45.5, lng: 7, radiusM: 1, since: EVER, t: EVER };
    const numbers = [...nearestFirst(nearby, undefined, query)].map(({ item }) => item.number);
    expect(numbers.slice(0, 2000)).toEqual(Array.from({ length: 2000 }, (_, i) => 2 * i + 1));
    expect(new Set(numbers).size).toBe(4000);
    expect([...nearestFirst(nearby, "1", query)]).toHaveLength(1000);
    expect([...newestFirst(nearby, "1", 4001, query)].map(({ number }) => number)).toEqual(
      Array.from({ length: 1000 }, (_, i) => 3997 - 4 * i),
    );
    const within: number[] = [];
    someWithin(nearby.tree, query, ({ number }) => {
      within.push(number);
      return false;
    });
    expect(within.sort((a, b) => a - b)).toEqual(items.map(({ number }) => number));
    for (const item of items) removeNearby(nearby, item);
    expect(empty(nearby)).toEqual([0, 0, 0, 0, undefined, 0]);
  });

  test("a neighbour across the date line is near", () => {
    const nearby = emptyNearby<Placed>();
    insertNearby(nearby, place(1, 0, -179.9999));
    const query = { lat: 0, lng: 179.9999, radiusM: 400, since: EVER, t: EVER };
    expect([...nearestFirst(nearby, undefined, query)]).toHaveLength(1);
  });

  test("inserted or removed twice is as once", () => {
    const nearby = emptyNearby<Placed>();
    const one = place(1, 45, 7, { random: "417" });
    insertNearby(nearby, one);
    insertNearby(nearby, one);
    expect([nearby.line.count, nearby.tree.count]).toEqual([1, 1]);
    removeNearby(nearby, one);
    removeNearby(nearby, one);
    expect(empty(nearby)).toEqual([0, 0, 0, 0, undefined, 0]);
  });

  test("distance agrees with a known one", () => {
    // Paris to London, 343.5 km on a sphere of the mean radius.
    expect(distanceM(48.8566, 2.3522, 51.5074, -0.1278) / 1000).toBeCloseTo(343.56, 1);
  });
});
