import { emptyLine, hasNumber, insertInLine, type Line, newest, removeFromLine } from "./line.ts";
import { type Near, nearest, type Reached, someWithin } from "./nearest.ts";
import { emptyTree, insertPlace, type PlaceTree, removePlace } from "./place-tree.ts";
import { fits, type Placed, positionOf, type Times } from "./placed.ts";
import { distanceM } from "./sphere.ts";

/** Items by the order in which they came and by place. */
interface Shelf<T extends Placed> {
  readonly line: Line<T>;
  readonly tree: PlaceTree<T>;
}

/** Everything that is looked for: all, and those of each code. */
export interface Nearby<T extends Placed> extends Shelf<T> {
  /** Most codes have few: those are a list, oldest first, that is looked through. */
  readonly byCode: Map<string, T[] | Shelf<T>>;
}

/** A list of more becomes a shelf, a shelf of half as many a list. */
const MOST_IN_LIST = 32;

const emptyShelf = <T extends Placed>(): Shelf<T> => ({ line: emptyLine(), tree: emptyTree() });

export const emptyNearby = <T extends Placed>(): Nearby<T> => ({ ...emptyShelf(), byCode: new Map() });

const putOn = <T extends Placed>(shelf: Shelf<T>, item: T): void => {
  insertInLine(shelf.line, item);
  if (item.lat !== undefined) insertPlace(shelf.tree, item);
};
const takeOff = <T extends Placed>(shelf: Shelf<T>, item: T): void => {
  removeFromLine(shelf.line, item);
  if (item.lat !== undefined) removePlace(shelf.tree, item);
};

export const isNearby = <T extends Placed>(nearby: Nearby<T>, { number }: Placed): boolean =>
  hasNumber(nearby.line, number);

/** Where it is already, nothing happens. */
export const insertNearby = <T extends Placed>(nearby: Nearby<T>, item: T): void => {
  if (isNearby(nearby, item)) return;
  putOn(nearby, item);
  const { byCode } = nearby;
  if (item.random === undefined) return;
  const same = byCode.get(item.random);
  if (!same) byCode.set(item.random, [item]);
  else if (!Array.isArray(same)) putOn(same, item);
  else {
    same.splice(positionOf(same, item.number), 0, item);
    if (same.length <= MOST_IN_LIST) return;
    const shelf = emptyShelf<T>();
    for (const one of same) putOn(shelf, one);
    byCode.set(item.random, shelf);
  }
};

/** Where it is not, nothing happens. */
export const removeNearby = <T extends Placed>(nearby: Nearby<T>, item: T): void => {
  if (!isNearby(nearby, item)) return;
  takeOff(nearby, item);
  const { byCode } = nearby;
  const same = item.random === undefined ? undefined : byCode.get(item.random);
  if (!same) return;
  if (Array.isArray(same)) {
    same.splice(positionOf(same, item.number), 1);
    if (same.length === 0) byCode.delete(item.random!);
    return;
  }
  takeOff(same, item);
  if (same.line.count <= MOST_IN_LIST / 2)
    byCode.set(
      item.random!,
      same.line.blocks.flatMap(({ items }) => items),
    );
};

const inReach = <T extends Placed>(items: readonly T[], near: Near): Reached<T>[] => {
  const found: Reached<T>[] = [];
  for (const item of items) {
    if (item.lat === undefined || !fits(item, near)) continue;
    const distance = distanceM(near.lat, near.lng, item.lat, item.lng!);
    const { after, radiusM } = near;
    if (distance > radiusM) continue;
    if (after && (distance < after.distance || (distance === after.distance && item.number <= after.number)))
      continue;
    found.push({ item, distance });
  }
  return found.sort((a, b) => a.distance - b.distance || a.item.number - b.item.number);
};

/** Within the radius, with that code if one is given: nearest first, at one distance by number. Found as they are taken. */
export const nearestFirst = <T extends Placed>(
  nearby: Nearby<T>,
  code: string | undefined,
  near: Near,
): Iterable<Reached<T>> => {
  const among = code === undefined ? nearby : (nearby.byCode.get(code) ?? []);
  return Array.isArray(among) ? inReach(among, near) : nearest(among.tree, near);
};

/** Whether it is so for one within the radius with that code; asked in no order. */
export const someNearby = <T extends Placed>(
  nearby: Nearby<T>,
  code: string,
  near: Near,
  is: (item: T) => boolean,
): boolean => {
  const among = nearby.byCode.get(code) ?? [];
  return Array.isArray(among)
    ? inReach(among, near).some(({ item }) => is(item))
    : someWithin(among.tree, near, is);
};

/** Those below a number, with that code if one is given: newest first. Found as they are taken. */
export const newestFirst = <T extends Placed>(
  nearby: Nearby<T>,
  code: string | undefined,
  below: number,
  times: Times,
): Iterable<T> => {
  const among = code === undefined ? nearby : (nearby.byCode.get(code) ?? []);
  return Array.isArray(among)
    ? among.filter((item) => item.number < below && fits(item, times)).reverse()
    : newest(among.line, below, times);
};
