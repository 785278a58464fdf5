/** What `before` (ms since 1970 here, as `next_before` tells it) and `limit` ask for. */
interface Page {
  readonly before?: number;
  readonly limit?: number;
}
interface Found<T> {
  rows: T[];
  more_exist: boolean;
  next_before?: number;
}

/** Newest first, cut to what is older than `before` and to `limit`, but never between two of the same time. */
export const newest = <T extends { readonly t: number }>(
  rows: readonly T[],
  { before = Number.POSITIVE_INFINITY, limit = 50 }: Page,
): Found<T> => {
  const older = rows.filter(({ t }) => t < before).sort((a, b) => b.t - a.t);
  let end = Math.min(limit, older.length);
  while (end > 0 && older[end]?.t === older[end - 1]!.t) end++;
  const more_exist = end < older.length;
  return {
    rows: older.slice(0, end),
    more_exist,
    ...(more_exist ? { next_before: older[end - 1]!.t } : {}),
  };
};

/** Lists of an exchange that are asked for one page of ours at most: theirs have 50 rows or more. */
const MOST_LISTS = 12;

/**
 * A page of what an exchange lists up to a time, `hasUntil`: again and again until there are more rows than the page wants
 * or no older ones, so that `more_exist` is true; else from its newest list alone, as far back as that reaches.
 */
export const collectPage = async <T extends { readonly t: number }>(
  list: (untilMs: number | undefined) => Promise<readonly T[]>,
  page: Page,
  { hasUntil, idOf }: { readonly hasUntil: boolean; readonly idOf: (row: T) => string },
): Promise<Found<T>> => {
  const found = new Map<string, T>();
  let until = hasUntil && page.before !== undefined ? page.before - 1 : undefined;
  for (let lists = 0; lists < MOST_LISTS; lists++) {
    const size = found.size;
    const rows = await list(until);
    for (const row of rows) found.set(idOf(row), row);
    const cut = newest([...found.values()], page);
    if (cut.more_exist || !hasUntil || found.size === size) return cut;
    // Those of the same time once more: the list may have ended between them.
    until = Math.min(...[...found.values()].map(({ t }) => t));
  }
  const cut = newest([...found.values()], page);
  const oldest = cut.rows.at(-1)?.t;
  return oldest === undefined ? cut : { ...cut, more_exist: true, next_before: oldest };
};
