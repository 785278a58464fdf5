import { pop, push, type Ranked } from "./heap.ts";
import { nextFrom } from "./line.ts";
import { isPile, type Pile, type PlaceTree } from "./place-tree.ts";
import { fits, mayFit, type Placed, type Times } from "./placed.ts";
import { type Circle, circleAround, distanceM, farthestM, mayHold, mayTouch, nearestM } from "./sphere.ts";

export interface Near extends Times {
  readonly lat: number;
  readonly lng: number;
  readonly radiusM: number;
  /** Where the page before ended. */
  readonly after?: { readonly distance: number; readonly number: number } | undefined;
}

export interface Reached<T extends Placed> {
  readonly item: T;
  readonly distance: number;
}

interface Entry<T extends Placed> extends Ranked {
  readonly tree?: PlaceTree<T>;
  readonly item?: T;
  /** Where the item lies with others. */
  readonly pile?: Pile<T>;
}

/**
 * Nearest first, at one distance by number; found as they are taken: areas wait in one queue with the items, by how near
 * anything in them can be (Hjaltason and Samet, Distance browsing in spatial databases, 1999).
 */
export function* nearest<T extends Placed>(whole: PlaceTree<T>, near: Near): Generator<Reached<T>> {
  const { lat, lng, radiusM, after } = near;
  const circle = circleAround(lat, lng, radiusM);
  const heap: Entry<T>[] = [];

  const addTree = (tree: PlaceTree<T>): void => {
    if (!mayFit(tree, near) || !mayTouch(circle, tree)) return;
    const distance = nearestM(lat, lng, tree);
    if (distance > radiusM) return;
    if (after && farthestM(lat, lng, tree) < after.distance) return;
    // Before the items at the same distance: it may have some with lower numbers.
    push(heap, { rank: distance, number: 0, tree });
  };
  const addPile = (pile: Pile<T>, distance: number, from: number): void => {
    const item = nextFrom(pile.pile, from, near);
    if (item) push(heap, { rank: distance, number: item.number, item, pile });
  };

  addTree(whole);
  for (let next = pop(heap); next; next = pop(heap)) {
    const { tree, item, pile, rank: distance } = next;
    if (item) {
      yield { item, distance };
      if (pile) addPile(pile, distance, item.number + 1);
    } else {
      for (const part of tree!.parts ?? []) if (part) addTree(part);
      for (const spot of tree!.spots) {
        if (!mayHold(circle, spot.lat!, spot.lng!)) continue;
        const away = distanceM(lat, lng, spot.lat!, spot.lng!);
        if (away > radiusM || (after && away < after.distance)) continue;
        const past = after && away === after.distance ? after.number : 0;
        if (isPile(spot)) addPile(spot, away, past + 1);
        else if (spot.number > past && fits(spot, near))
          push(heap, { rank: away, number: spot.number, item: spot });
      }
    }
  }
}

const look = <T extends Placed>(
  tree: PlaceTree<T>,
  circle: Circle,
  times: Times,
  is: (item: T, distance: number) => boolean,
): boolean => {
  if (!mayFit(tree, times) || !mayTouch(circle, tree)) return false;
  if (tree.parts) {
    for (const part of tree.parts) if (part && look(part, circle, times, is)) return true;
    return false;
  }
  const { lat, lng, radiusM } = circle;
  for (const spot of tree.spots) {
    if (!mayHold(circle, spot.lat!, spot.lng!)) continue;
    const distance = distanceM(lat, lng, spot.lat!, spot.lng!);
    if (distance > radiusM) continue;
    if (!isPile(spot)) {
      if (fits(spot, times) && is(spot, distance)) return true;
      continue;
    }
    for (let one = nextFrom(spot.pile, 0, times); one; one = nextFrom(spot.pile, one.number + 1, times))
      if (is(one, distance)) return true;
  }
  return false;
};

/** Whether it is so for one within the radius; asked in no order. */
export const someWithin = <T extends Placed>(
  tree: PlaceTree<T>,
  { lat, lng, radiusM, since, t }: Near,
  is: (item: T, distance: number) => boolean,
): boolean => look(tree, circleAround(lat, lng, radiusM), { since, t }, is);
