/** A place as the hub takes it: degrees in plain decimal digits. */
export interface Spot {
  readonly lat: string;
  readonly lng: string;
}

const EARTH_M = 6_371_000;
const radians = (degrees: string): number => (Number(degrees) * Math.PI) / 180;

/** Five places after the point are about a metre. */
const PLACES = 5;
export const spotOf = (latitude: number, longitude: number): Spot => ({
  lat: latitude.toFixed(PLACES),
  lng: longitude.toFixed(PLACES),
});

/** Metres between two places, along a great circle. */
export const distanceBetween = (a: Spot, b: Spot): number => {
  const [latA, latB] = [radians(a.lat), radians(b.lat)];
  const half =
    Math.sin((latB - latA) / 2) ** 2 +
    Math.cos(latA) * Math.cos(latB) * Math.sin((radians(b.lng) - radians(a.lng)) / 2) ** 2;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(half)));
};

/** In which direction `to` lies: degrees clockwise from north, 0 up to 360. */
export const bearingTo = (from: Spot, to: Spot): number => {
  const [latA, latB] = [radians(from.lat), radians(to.lat)];
  const east = radians(to.lng) - radians(from.lng);
  const y = Math.sin(east) * Math.cos(latB);
  const x = Math.cos(latA) * Math.sin(latB) - Math.sin(latA) * Math.cos(latB) * Math.cos(east);
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
};

/** One of eight directions, 0 north, clockwise. */
export const compassPoint = (bearing: number): number => Math.round(bearing / 45) % 8;
