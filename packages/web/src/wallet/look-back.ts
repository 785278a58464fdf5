import { useEffect, useState } from "preact/hooks";
import type { Transfers } from "./use-transfers.ts";

/** Rows of one answer, and of one go: then it waits to be told to look further. */
const PAGE = 500;
const MOST_AT_ONCE = 5_000;
/** Nobody has stopped typing before, in ms. */
const TYPED_MS = 400;

export interface LookBack {
  /** Older rows are being asked for. */
  readonly looking: boolean;
  /** Whether there may be older ones that match. */
  readonly mayFindMore: boolean;
  readonly stop: () => void;
  readonly further: () => void;
}

/**
 * Looks a search up in older rows, page after page, since the hub does not search: at most so many in one go, until it is stopped or
 * nothing older can match. `search`: what is searched for, as text; undefined: nothing. `from`: ms since 1970, nothing older matches.
 */
export const useLookBack = (
  search: string | undefined,
  from: number | undefined,
  { rows, error, more, loadMore, loadingMore }: Transfers,
): LookBack => {
  const [go, setGo] = useState<{ readonly search: string | undefined; readonly upTo: number }>();
  // Another search begins another go.
  const upTo = go?.search === search ? (go?.upTo ?? 0) : MOST_AT_ONCE;
  const looked = rows?.length ?? 0;
  const oldest = rows?.at(-1)?.t;
  const mayFindMore =
    search !== undefined && more && !(from !== undefined && oldest !== undefined && oldest < from);
  const goesOn = mayFindMore && rows !== undefined && error === undefined && looked < upTo;
  useEffect(() => {
    if (!goesOn || loadingMore) return undefined;
    const timer = setTimeout(() => void loadMore(PAGE), looked < PAGE ? TYPED_MS : 0);
    return () => clearTimeout(timer);
  }, [goesOn, loadingMore, looked, search]);
  return {
    looking: goesOn || (mayFindMore && loadingMore),
    mayFindMore,
    stop: () => setGo({ search, upTo: 0 }),
    further: () => {
      setGo({ search, upTo: looked + MOST_AT_ONCE });
      // After a failure it does not go on by itself.
      if (error !== undefined) void loadMore(PAGE);
    },
  };
};
