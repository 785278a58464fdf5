import { expect, test } from "vitest";
import { bearingTo, compassPoint, distanceBetween, spotOf } from "./geo.ts";
import { dotsOf, ringAt } from "./layout.ts";

const here = spotOf(45.508888, -73.561668);

test("distances and directions are those of the sphere, over the date line too", () => {
  expect(here).toEqual({ lat: "45.50889", lng: "-73.56167" });
  expect(distanceBetween(here, here)).toBe(0);
  // One degree of latitude is 111.2 km on a sphere of 6371 km.
  expect(distanceBetween(spotOf(0, 0), spotOf(1, 0))).toBeCloseTo(111_195, 0);
  expect(distanceBetween(spotOf(0, 179.5), spotOf(0, -179.5))).toBeCloseTo(111_195, 0);
  expect(bearingTo(here, spotOf(45.6, -73.561668))).toBeCloseTo(0, 1);
  expect(bearingTo(spotOf(0, 179.5), spotOf(0, -179.5))).toBeCloseTo(90, 6);
  expect(bearingTo(spotOf(1, 0), spotOf(0, 0))).toBeCloseTo(180, 6);
  expect(bearingTo(spotOf(0, 1), spotOf(0, 0))).toBeCloseTo(270, 6);
  expect([0, 44, 46, 181, 359].map(compassPoint)).toEqual([0, 1, 1, 4, 0]);
});

test("on the radar north is up, near ones stand farther in, and many at one place do not hide each other", () => {
  const [north, east] = dotsOf(
    [
      { distance: 400, bearing: 0 },
      { distance: 100, bearing: 90 },
    ],
    400,
  );
  expect(north!.y).toBeCloseTo(-1);
  expect(east!.x).toBeCloseTo(ringAt(100, 400));
  const crowd = dotsOf(
    Array.from({ length: 8 }, () => ({ distance: 3, bearing: 10 })),
    400,
  );
  for (const [i, a] of crowd.entries())
    for (const b of crowd.slice(0, i)) expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(0.1);
  for (const { x, y } of dotsOf(
    Array.from({ length: 100 }, () => ({ distance: 400, bearing: 1 })),
    400,
  ))
    expect(Math.hypot(x, y)).toBeLessThanOrEqual(1.000001);
});
