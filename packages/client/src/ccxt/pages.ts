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

/** How an exchange goes on with a list: from a time (ms) downwards, past so many rows, or not at all. */
export type Turning = "until" | "offset" | "none";
/** Rows of the protocol, and how many the exchange listed. */
export interface Listed<T> {
  readonly rows: readonly T[];
  readonly listed: number;
}
export interface Place {
  readonly untilMs: number | undefined;
  readonly offset: number;
}

/**
 * A page of what an exchange lists: asked again and again until there are more rows than the page wants or no further ones,
 * so that `more_exist` is true; where it cannot go on, from its newest list alone, as far back as that reaches.
 */
export const collectPage = async <T extends { readonly t: number }>(
  list: (place: Place) => Promise<Listed<T>>,
  page: Page,
  { turning, idOf }: { readonly turning: Turning; readonly idOf: (row: T) => string },
): Promise<Found<T>> => {
  const found = new Map<string, T>();
  let untilMs = turning !== "none" && page.before !== undefined ? page.before - 1 : undefined;
  let offset = 0;
  for (let lists = 0; lists < MOST_LISTS; lists++) {
    const size = found.size;
    const { rows, listed } = await list({ untilMs, offset });
    for (const row of rows) found.set(idOf(row), row);
    const cut = newest([...found.values()], page);
    if (cut.more_exist || turning === "none") return cut;
    if (turning === "offset" ? listed === 0 : found.size === size) return cut;
    if (turning === "offset") offset += listed;
    // Those of the same time once more: the list may have ended between them.
    else untilMs = Math.min(...[...found.values()].map(({ t }) => t));
  }
  const cut = newest([...found.values()], page);
  const oldest = cut.rows.at(-1)?.t;
  return oldest === undefined ? cut : { ...cut, more_exist: true, next_before: oldest };
};
