import {
  emptyTree,
  insertPlace,
  type Placed,
  type PlaceTree,
  removePlace,
  someWithin,
} from "@coinholder/engine";

/** A standing query: what is near `lat`, `lng`, with that code if one is given. */
export interface Query extends Placed {
  readonly lat: number;
  readonly lng: number;
  readonly radiusM: number;
}

/** Finds the standing queries that a place concerns: by their own places, in one tree for each size of radius and code. */
export interface Queries<Q extends Query> {
  readonly add: (query: Q) => void;
  readonly remove: (query: Q) => void;
  readonly count: () => number;
  /** Calls for each that has the place within its radius, and its code or none. */
  readonly concerned: (
    at: { readonly lat: number; readonly lng: number; readonly random: string | undefined },
    look: (query: Q, distance: number) => void,
  ) => void;
}

/** The radii of one tree are at most so long, of the next twice as long, and so on. */
const SHORTEST_M = 100;
/** Queries have no times. */
const EVER = { since: Number.NEGATIVE_INFINITY, t: Number.NEGATIVE_INFINITY };

export const makeQueries = <Q extends Query>(): Queries<Q> => {
  /** By code, `undefined` for those without; then by size. */
  const trees = new Map<string | undefined, Map<number, PlaceTree<Q>>>();
  let count = 0;
  const sizeOf = ({ radiusM }: Query): number => Math.max(0, Math.ceil(Math.log2(radiusM / SHORTEST_M)));

  return {
    count: () => count,
    add: (query) => {
      const sizes = trees.get(query.random) ?? new Map<number, PlaceTree<Q>>();
      trees.set(query.random, sizes);
      const tree = sizes.get(sizeOf(query)) ?? emptyTree<Q>();
      sizes.set(sizeOf(query), tree);
      insertPlace(tree, query);
      count++;
    },
    remove: (query) => {
      const sizes = trees.get(query.random);
      const tree = sizes?.get(sizeOf(query));
      if (!sizes || !tree || !removePlace(tree, query)) return;
      count--;
      if (tree.count === 0) sizes.delete(sizeOf(query));
      if (sizes.size === 0) trees.delete(query.random);
    },
    concerned: ({ lat, lng, random }, look) => {
      for (const code of random === undefined ? [undefined] : [undefined, random])
        for (const [size, tree] of trees.get(code) ?? [])
          someWithin(tree, { lat, lng, radiusM: SHORTEST_M * 2 ** size, ...EVER }, (query, distance) => {
            if (distance <= query.radiusM) look(query, distance);
            return false;
          });
    },
  };
};
