/** Degrees north and east. */
export interface Point {
  readonly lat: number;
  readonly lng: number;
}

/** Where the invoices are: one city, or towns all over the world of which a few are very large. */
export type World = "city" | "world";

/** mulberry32: the same places in every run. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

const TOWNS = 5_000;
/** Most of a town lies within twice as many metres from its middle. */
const CITY_SPREAD_M = 4_000;
const TOWN_SPREAD_M = 3_000;
const METRES_A_DEGREE = 111_195;

const MONTREAL: Point = { lat: 45.5089, lng: -73.5617 };

/** Places of invoices, and of those who look for them: near where there are some. */
export const makePoints = (world: World, random: () => number): (() => Point) => {
  const bell = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const around = ({ lat, lng }: Point, spread: number): Point => {
    const north = (bell() * spread) / METRES_A_DEGREE;
    const east = (bell() * spread) / (METRES_A_DEGREE * Math.cos((lat * Math.PI) / 180));
    return {
      lat: Math.round((lat + north) * 1e6) / 1e6,
      lng: Math.round((((lng + east + 540) % 360) - 180) * 1e6) / 1e6,
    };
  };
  if (world === "city") return () => around(MONTREAL, CITY_SPREAD_M);
  const towns = Array.from({ length: TOWNS }, () => ({
    lat: random() * 125 - 55,
    lng: random() * 360 - 180,
  }));
  // The n-th largest town has 1/n of the largest one's invoices (Zipf).
  const shares = towns.map((_, i) => 1 / (i + 1));
  const sums = shares.map(
    (
      (sum) => (share) =>
        (sum += share)
    )(0),
  );
  const whole = sums.at(-1)!;
  return () => {
    const at = random() * whole;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! < at) low = middle + 1;
      else high = middle;
    }
    return around(towns[low]!, TOWN_SPREAD_M);
  };
};
