import { emptyLine, insertInLine, type Line, removeFromLine } from "./line.ts";
import { expiryOf, type Latest, NEVER, type Placed, postedOf, raise } from "./placed.ts";
import type { Area } from "./sphere.ts";

/** All at one place. */
export interface Pile<T extends Placed> {
  readonly lat: number;
  readonly lng: number;
  readonly pile: Line<T>;
}
export type Spot<T extends Placed> = T | Pile<T>;
export const isPile = <T extends Placed>(spot: Spot<T>): spot is Pile<T> => "pile" in spot;

/** A region quadtree over latitude and longitude: a leaf that has too many places is cut into four. */
export interface PlaceTree<T extends Placed> extends Area, Latest {
  /** Items in it. */
  count: number;
  /** Of a leaf, in no order. */
  spots: Spot<T>[];
  /** South-west, south-east, north-west, north-east; of a leaf none. */
  parts: (PlaceTree<T> | undefined)[] | undefined;
}

const MOST_SPOTS = 24;
/** A tree of so few becomes a leaf again. */
const FEW = 8;
/** Cells of 1.6e-10 degrees, finer than places are written: no leaf there has many. */
const DEEPEST = 40;

const leaf = <T extends Placed>(
  south: number,
  west: number,
  height: number,
  width: number,
): PlaceTree<T> => ({
  south,
  west,
  height,
  width,
  posted: NEVER,
  expires: NEVER,
  count: 0,
  spots: [],
  parts: undefined,
});

export const emptyTree = <T extends Placed>(): PlaceTree<T> => leaf(-90, -180, 180, 360);

const partOf = ({ south, west, height, width }: Area, lat: number, lng: number): number =>
  (lat >= south + height / 2 ? 2 : 0) + (lng >= west + width / 2 ? 1 : 0);

const partAt = <T extends Placed>(tree: PlaceTree<T>, lat: number, lng: number): PlaceTree<T> => {
  const at = partOf(tree, lat, lng);
  const [height, width] = [tree.height / 2, tree.width / 2];
  const part =
    tree.parts![at] ??
    leaf<T>(
      at >= 2 ? tree.south + height : tree.south,
      at % 2 === 1 ? tree.west + width : tree.west,
      height,
      width,
    );
  tree.parts![at] = part;
  return part;
};

const addSpot = <T extends Placed>(spots: Spot<T>[], item: T): void => {
  const { lat, lng } = item;
  for (let i = 0; i < spots.length; i++) {
    const spot = spots[i]!;
    if (spot.lat !== lat || spot.lng !== lng) continue;
    if (isPile(spot)) insertInLine(spot.pile, item);
    else {
      const pile = emptyLine<T>();
      insertInLine(pile, spot);
      insertInLine(pile, item);
      spots[i] = { lat: lat!, lng: lng!, pile };
    }
    return;
  }
  spots.push(item);
};

const removeSpot = <T extends Placed>(spots: Spot<T>[], item: T): boolean => {
  for (let i = 0; i < spots.length; i++) {
    const spot = spots[i]!;
    if (spot.lat !== item.lat || spot.lng !== item.lng) continue;
    if (isPile(spot)) {
      if (!removeFromLine(spot.pile, item)) return false;
      if (spot.pile.count === 1) spots[i] = spot.pile.blocks[0]!.items[0]!;
      return true;
    }
    if (spot.number !== item.number) return false;
    const last = spots.pop()!;
    if (i < spots.length) spots[i] = last;
    return true;
  }
  return false;
};

const heed = <T extends Placed>(tree: PlaceTree<T>, spot: Spot<T>): void => {
  if (isPile(spot)) for (const block of spot.pile.blocks) raise(tree, block);
  else raise(tree, spot);
};

const take = <T extends Placed>(tree: PlaceTree<T>, spot: Spot<T>): void => {
  tree.spots.push(spot);
  tree.count += isPile(spot) ? spot.pile.count : 1;
  heed(tree, spot);
};

const cut = <T extends Placed>(tree: PlaceTree<T>, depth: number): void => {
  if (tree.spots.length <= MOST_SPOTS || depth >= DEEPEST) return;
  const { spots } = tree;
  tree.spots = [];
  tree.parts = [undefined, undefined, undefined, undefined];
  for (const spot of spots) take(partAt(tree, spot.lat!, spot.lng!), spot);
  for (const part of tree.parts) if (part) cut(part, depth + 1);
};

/** To be called once for each item, which has a place. */
export const insertPlace = <T extends Placed>(tree: PlaceTree<T>, item: T): void => {
  let depth = 0;
  let at = tree;
  for (; ; depth++) {
    at.count++;
    raise(at, item);
    if (!at.parts) break;
    at = partAt(at, item.lat!, item.lng!);
  }
  addSpot(at.spots, item);
  cut(at, depth);
};

const gather = <T extends Placed>(tree: PlaceTree<T>, into: Spot<T>[]): void => {
  for (const spot of tree.spots) into.push(spot);
  for (const part of tree.parts ?? []) if (part) gather(part, into);
};

const lower = <T extends Placed>(tree: PlaceTree<T>): void => {
  tree.posted = NEVER;
  tree.expires = NEVER;
  for (const part of tree.parts ?? []) if (part) raise(tree, part);
  for (const spot of tree.spots) heed(tree, spot);
};

/** Answers whether it was there. */
export const removePlace = <T extends Placed>(tree: PlaceTree<T>, item: T): boolean => {
  if (tree.parts) {
    const at = partOf(tree, item.lat!, item.lng!);
    const part = tree.parts[at];
    if (!part || !removePlace(part, item)) return false;
    if (part.count === 0) tree.parts[at] = undefined;
  } else if (!removeSpot(tree.spots, item)) return false;
  tree.count--;
  if (tree.parts && tree.count <= FEW) {
    const spots: Spot<T>[] = [];
    gather(tree, spots);
    tree.parts = undefined;
    tree.spots = spots;
  }
  if (postedOf(item) === tree.posted || expiryOf(item) === tree.expires) lower(tree);
  return true;
};
