/**
 * Finds what is near a place, by a grid of cells over latitude and longitude: a query looks only at the cells that its
 * circle can touch. Exact at the date line and the poles (nearby.test.ts holds it against looking at everything).
 */
export interface Placed {
  /** Order in which they came, from 1. */
  readonly number: number;
  /** Degrees north and east; both or none. */
  readonly lat: number | undefined;
  readonly lng: number | undefined;
  /** The short code. */
  readonly random: string | undefined;
}

export interface Nearby<T extends Placed> {
  readonly cells: Map<number, Set<T>>;
  readonly byCode: Map<string, Set<T>>;
  readonly byNumber: Map<number, T>;
}

export const emptyNearby = <T extends Placed>(): Nearby<T> => ({
  cells: new Map(),
  byCode: new Map(),
  byNumber: new Map(),
});

/** Side of a cell in degrees: about 1.1 km from south to north, a few times the usual radius. */
const CELL = 0.01;
const ROWS = Math.round(180 / CELL);
const COLUMNS = Math.round(360 / CELL);
/** Mean radius of the earth in metres (IUGG). */
const EARTH_M = 6_371_008.8;
const RADIANS = Math.PI / 180;

const rowOf = (lat: number): number => Math.min(ROWS - 1, Math.max(0, Math.floor((lat + 90) / CELL)));
const columnOf = (lng: number): number => {
  const column = Math.floor((lng + 180) / CELL) % COLUMNS;
  return column < 0 ? column + COLUMNS : column;
};
const cellOf = (row: number, column: number): number => row * COLUMNS + column;

const addTo = <K, T>(sets: Map<K, Set<T>>, key: K, item: T): void => {
  const set = sets.get(key);
  if (set) set.add(item);
  else sets.set(key, new Set([item]));
};
const removeFrom = <K, T>(sets: Map<K, Set<T>>, key: K, item: T): void => {
  const set = sets.get(key);
  if (set?.delete(item) && set.size === 0) sets.delete(key);
};

export const insertNearby = <T extends Placed>(nearby: Nearby<T>, item: T): void => {
  nearby.byNumber.set(item.number, item);
  if (item.lat !== undefined && item.lng !== undefined)
    addTo(nearby.cells, cellOf(rowOf(item.lat), columnOf(item.lng)), item);
  if (item.random !== undefined) addTo(nearby.byCode, item.random, item);
};

export const removeNearby = <T extends Placed>(nearby: Nearby<T>, item: T): void => {
  if (!nearby.byNumber.delete(item.number)) return;
  if (item.lat !== undefined && item.lng !== undefined)
    removeFrom(nearby.cells, cellOf(rowOf(item.lat), columnOf(item.lng)), item);
  if (item.random !== undefined) removeFrom(nearby.byCode, item.random, item);
};

/** Great-circle distance in metres (haversine, which is exact enough for near points). */
export const distanceM = (lat1: number, lng1: number, lat2: number, lng2: number): number => {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS) / 2);
  const sinLng = Math.sin(((lng2 - lng1) * RADIANS) / 2);
  const h = sinLat * sinLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * sinLng * sinLng;
  return 2 * EARTH_M * Math.asin(Math.min(1, Math.sqrt(h)));
};

// The cells a circle can touch: rows by latitude; columns by the widest meridian distance of a circle on a sphere,
// asin(sin r / cos lat), or all of them when the circle holds a pole.
function* cellsWithin(lat: number, lng: number, radiusM: number): Generator<number> {
  const angle = radiusM / EARTH_M / RADIANS;
  const south = rowOf(lat - angle);
  const north = rowOf(lat + angle);
  const reach = Math.sin(Math.min(angle, 90) * RADIANS) / Math.cos(lat * RADIANS);
  const holdsPole = angle >= 90 || Math.abs(lat) + angle >= 90 || reach >= 1;
  const width = holdsPole ? 180 : Math.asin(reach) / RADIANS;
  const columns = Math.min(COLUMNS, Math.ceil((2 * width) / CELL) + 2);
  const west = columnOf(lng - width) - (columns === COLUMNS ? 0 : 1);
  for (let row = south; row <= north; row++)
    for (let i = 0; i < columns + (columns === COLUMNS ? 0 : 1); i++)
      yield cellOf(row, (west + i + COLUMNS) % COLUMNS);
}

const cellsTouched = (lat: number, radiusM: number): number => {
  const angle = radiusM / EARTH_M / RADIANS;
  const cos = Math.cos(Math.min(90, Math.abs(lat) + angle) * RADIANS);
  return ((2 * angle) / CELL + 2) * Math.min(COLUMNS, cos <= 0 ? COLUMNS : (2 * angle) / cos / CELL + 4);
};

/** Everything within the radius, in no order. */
export function* within<T extends Placed>(
  nearby: Nearby<T>,
  lat: number,
  lng: number,
  radiusM: number,
): Generator<{ item: T; distance: number }> {
  const sets =
    cellsTouched(lat, radiusM) > nearby.cells.size
      ? nearby.cells.values()
      : (function* () {
          for (const cell of cellsWithin(lat, lng, radiusM)) {
            const set = nearby.cells.get(cell);
            if (set) yield set;
          }
        })();
  for (const set of sets)
    for (const item of set) {
      const distance = distanceM(lat, lng, item.lat!, item.lng!);
      if (distance <= radiusM) yield { item, distance };
    }
}
