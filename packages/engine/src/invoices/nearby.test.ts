import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { distanceM, emptyNearby, insertNearby, type Placed, removeNearby, within } from "./nearby.ts";

const place = (number: number, lat: number, lng: number): Placed => ({ number, lat, lng, random: undefined });
const numbers = (found: Iterable<{ item: Placed }>): number[] =>
  [...found].map(({ item }) => item.number).sort((a, b) => a - b);

// Degrees, often near the date line and the poles.
const latitude = fc.oneof(
  fc.double({ min: -90, max: 90, noNaN: true }),
  fc.constantFrom(-90, 90, 89.9999, -89.995, 0),
);
const longitude = fc.oneof(
  fc.double({ min: -180, max: 180, noNaN: true }),
  fc.constantFrom(-180, 180, 179.9999, -179.9999, 0),
);
const radius = fc.oneof(
  fc.double({ min: 1, max: 3_000, noNaN: true }),
  fc.double({ min: 1, max: 20_100_000, noNaN: true }),
);

describe("nearby", () => {
  test("finds exactly what looking at every point finds, anywhere on earth", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(latitude, longitude), { maxLength: 60 }),
        fc.array(
          fc.tuple(
            fc.double({ min: -0.02, max: 0.02, noNaN: true }),
            fc.double({ min: -0.5, max: 0.5, noNaN: true }),
          ),
          {
            maxLength: 60,
          },
        ),
        latitude,
        longitude,
        radius,
        (far, near, lat, lng, r) => {
          const points = [
            ...far,
            ...near.map(([dLat, dLng]): [number, number] => [
              Math.max(-90, Math.min(90, lat + dLat)),
              ((lng + dLng + 540) % 360) - 180,
            ]),
          ].map(([a, b], i) => place(i + 1, a, b));
          const nearby = emptyNearby<Placed>();
          for (const point of points) insertNearby(nearby, point);
          const naive = points.filter((p) => distanceM(lat, lng, p.lat!, p.lng!) <= r).map((p) => p.number);
          expect(numbers(within(nearby, lat, lng, r))).toEqual(naive);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("a neighbour across the date line is near", () => {
    const nearby = emptyNearby<Placed>();
    insertNearby(nearby, place(1, 0, -179.9999));
    expect(numbers(within(nearby, 0, 179.9999, 400))).toEqual([1]);
  });

  test("what was removed is not found, and leaves nothing behind", () => {
    const nearby = emptyNearby<Placed>();
    const one = { ...place(1, 45, 7), random: "417" };
    insertNearby(nearby, one);
    removeNearby(nearby, one);
    removeNearby(nearby, one);
    expect([nearby.cells.size, nearby.byCode.size, nearby.byNumber.size]).toEqual([0, 0, 0]);
  });

  test("distance agrees with a known one", () => {
    // Paris to London, 343.5 km on a sphere of the mean radius.
    expect(distanceM(48.8566, 2.3522, 51.5074, -0.1278) / 1000).toBeCloseTo(343.56, 1);
  });
});
