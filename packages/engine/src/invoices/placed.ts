/** What the indices of this folder keep. */
export interface Placed {
  /** Order in which they came, from 1. */
  readonly number: number;
  /** Degrees north and east; both or none. */
  readonly lat: number | undefined;
  readonly lng: number | undefined;
  /** The short code. */
  readonly random: string | undefined;
  /** Times in ms; none: found whatever the time. */
  readonly posted: number | undefined;
  readonly expires: number | undefined;
}

/** The latest times of a group: what has none later need not be looked at. */
export interface Latest {
  posted: number;
  expires: number;
}

export const NEVER = Number.NEGATIVE_INFINITY;
export const postedOf = ({ posted }: Pick<Placed, "posted">): number => posted ?? Number.POSITIVE_INFINITY;
export const expiryOf = ({ expires }: Pick<Placed, "expires">): number => expires ?? Number.POSITIVE_INFINITY;

export const raise = (group: Latest, item: Pick<Placed, keyof Latest>): void => {
  group.posted = Math.max(group.posted, postedOf(item));
  group.expires = Math.max(group.expires, expiryOf(item));
};

/** Which are looked for: posted at or after `since`, and still live at `t`. */
export interface Times {
  readonly since: number;
  readonly t: number;
}

export const fits = (item: Placed, { since, t }: Times): boolean =>
  postedOf(item) >= since && expiryOf(item) > t;
/** Whether a group may have one that fits. */
export const mayFit = ({ posted, expires }: Latest, { since, t }: Times): boolean =>
  posted >= since && expires > t;

/** Where a number stands or would stand among items in order. */
export const positionOf = (items: readonly Placed[], number: number): number => {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (items[middle]!.number < number) low = middle + 1;
    else high = middle;
  }
  return low;
};
