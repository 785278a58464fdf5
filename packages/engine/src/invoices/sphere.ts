/** Distances on the earth as a sphere, in metres; places in degrees north and east. */

/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

/** An area between two parallels and two meridians, edges included; it does not cross the date line. */
export interface Area {
  readonly south: number;
  readonly west: number;
  readonly height: number;
  readonly width: number;
}

// The haversine of the central angle, the square of its sine by half: it grows with the distance and is exact for near places.
const haversine = (lat1: number, lat2: number, turn: number): number => {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS) / 2);
  const sinLng = Math.sin((turn * RADIANS) / 2);
  return sinLat * sinLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * sinLng * sinLng;
};

const metres = (h: number): number => 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(Math.max(0, h))));

/** Great-circle distance. */
export const distanceM = (lat1: number, lng1: number, lat2: number, lng2: number): number =>
  metres(haversine(lat1, lat2, lng2 - lng1));

// What rounding can make of a haversine: a bound of an area must hold for the computed distances of all places in it.
const RELATIVE = 1e-12;
const ABSOLUTE = 1e-18;
const below = (h: number): number => metres(h * (1 - RELATIVE) - ABSOLUTE);
const above = (h: number): number => metres(h * (1 + RELATIVE) + ABSOLUTE);

/** Degrees between two meridians, 0 to 180. */
const turnBetween = (lng1: number, lng2: number): number => {
  const turn = Math.abs(lng1 - lng2) % 360;
  return turn > 180 ? 360 - turn : turn;
};

// Along a meridian `turn` degrees away the distance from a place grows with the angle from this latitude, which may lie
// beyond a pole (-180 to 180).
const nearestOnMeridian = (lat: number, turn: number): number =>
  Math.atan2(Math.sin(lat * RADIANS), Math.cos(lat * RADIANS) * Math.cos(turn * RADIANS)) / RADIANS;

/** No place in the area is nearer. */
export const nearestM = (lat: number, lng: number, { south, west, height, width }: Area): number => {
  const [north, east] = [south + height, west + width];
  if (lng >= west && lng <= east) {
    if (lat >= south && lat <= north) return 0;
    return below(haversine(lat, lat < south ? south : north, 0));
  }
  const turn = Math.min(turnBetween(lng, west), turnBetween(lng, east));
  let h = Math.min(haversine(lat, south, turn), haversine(lat, north, turn));
  const at = nearestOnMeridian(lat, turn);
  if (at > south && at < north) h = Math.min(h, haversine(lat, at, turn));
  return below(h);
};

/** No place in the area is farther. */
export const farthestM = (lat: number, lng: number, { south, west, height, width }: Area): number => {
  const [north, east] = [south + height, west + width];
  const opposite = lng > 0 ? lng - 180 : lng + 180;
  const turn =
    opposite >= west && opposite <= east ? 180 : Math.max(turnBetween(lng, west), turnBetween(lng, east));
  let h = Math.max(haversine(lat, south, turn), haversine(lat, north, turn));
  const at = nearestOnMeridian(lat, turn);
  const farthest = at > 0 ? at - 180 : at + 180;
  if (farthest > south && farthest < north) h = Math.max(h, haversine(lat, farthest, turn));
  return above(h);
};

/** A circle around a place, with the degrees of latitude and longitude that it spans to each side, a little more than less. */
export interface Circle {
  readonly lat: number;
  readonly lng: number;
  readonly radiusM: number;
  readonly up: number;
  readonly aside: number;
}

const MORE = 1e-6;

export const circleAround = (lat: number, lng: number, radiusM: number): Circle => {
  const angle = radiusM / EARTH_M / RADIANS;
  const up = angle * (1 + MORE) + 1e-9;
  // The meridians that touch a circle on a sphere: the sine of its radius by the cosine of the latitude.
  const sine = Math.sin(Math.min(angle, 90) * RADIANS) / Math.cos(lat * RADIANS);
  const holdsPole = Math.abs(lat) + up >= 90 - MORE || sine >= 1 - MORE;
  const aside = holdsPole ? 180 : (Math.asin(sine) / RADIANS) * (1 + MORE) + 1e-9;
  return { lat, lng, radiusM, up, aside };
};

/** Whether an area may have some of the circle: by a few comparisons. */
export const mayTouch = ({ lat, lng, up, aside }: Circle, { south, west, height, width }: Area): boolean =>
  south <= lat + up &&
  south + height >= lat - up &&
  (aside >= 180 ||
    (lng >= west && lng <= west + width) ||
    turnBetween(lng, west) <= aside ||
    turnBetween(lng, west + width) <= aside);

/** Whether a place may lie in the circle: by a few comparisons. */
export const mayHold = ({ lat, lng, up, aside }: Circle, atLat: number, atLng: number): boolean =>
  Math.abs(lat - atLat) <= up && (aside >= 180 || turnBetween(lng, atLng) <= aside);
