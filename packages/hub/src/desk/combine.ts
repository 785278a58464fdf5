import type { TimeMs } from "@coinholder/protocol";
import type { Price, PriceProblem } from "./price.ts";

/** How several sources make one price. */
export interface Combining {
  /** A price that is further than this from the hub's clock does not count. */
  readonly staleMs: number;
  /** Nor does a source whose bid or ask is further than so many hundredths of a percent from the median. */
  readonly outlierBps: number;
  /** So many must be left, or there is no price. */
  readonly quorum: number;
}

/** What became of one source's price. `crossed`: its bid is not below its ask, or one is no price at all. */
export type Standing = "used" | "missing" | "stale" | "crossed" | "outlier";

const isSound = ({ bid, ask }: Price): boolean =>
  Number.isSafeInteger(bid) && Number.isSafeInteger(ask) && bid > 0 && bid < ask;

const standingOf = (price: Price | undefined, now: TimeMs, staleMs: number): Standing => {
  if (price === undefined) return "missing";
  // Not as `> staleMs`: a time that is no number is not fresh either.
  if (!(Math.abs(now - price.t) <= staleMs)) return "stale";
  return isSound(price) ? "used" : "crossed";
};

const ascending = <T extends number | bigint>(values: readonly T[]): T[] =>
  [...values].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));

/** The one in the middle, or of two the lower and the upper. */
const middles = <T extends number | bigint>(values: readonly T[]): [lower: T, upper: T] => {
  const sorted = ascending(values);
  return [sorted[(sorted.length - 1) >> 1]!, sorted[sorted.length >> 1]!];
};

/**
 * One price of several. Counted are those that are fresh and sound. The middle of each is half of bid and ask, and the median of
 * those (of an even number: the mean of the two in the middle) is what each source's bid and ask are held against; it is not
 * rounded. Of the sources that are near enough the bid is the median bid and the ask the median ask, of an even number the lower
 * bid and the higher ask: what the desk then takes is never to its loss.
 *
 * As long as fewer than half of those that count lie, the bid is not above all honest bids and the ask not below all honest asks
 * where honest sources are near to one another (desk.md tells how near).
 */
export const combine = (
  prices: readonly (Price | undefined)[],
  now: TimeMs,
  { staleMs, outlierBps, quorum }: Combining,
): {
  readonly standings: readonly Standing[];
  readonly price: Price | { readonly problem: PriceProblem };
} => {
  const standings = prices.map((price) => standingOf(price, now, staleMs));
  const used = (): Price[] => prices.filter((_, i) => standings[i] === "used") as Price[];

  const fresh = used();
  if (fresh.length < quorum) {
    const stale = standings.filter((standing) => standing === "stale").length;
    return {
      standings,
      price: { problem: fresh.length + stale >= quorum ? "price_stale" : "price_missing" },
    };
  }
  // Four times the median: what is in the middle of the two middles is whole, too.
  const [lower, upper] = middles(fresh.map(({ bid, ask }) => BigInt(bid) + BigInt(ask)));
  const median4 = lower + upper;
  const isFar = (side: number): boolean => {
    const apart4 = 4n * BigInt(side) - median4;
    return 10_000n * (apart4 < 0n ? -apart4 : apart4) > BigInt(outlierBps) * median4;
  };
  for (const [i, price] of prices.entries())
    if (standings[i] === "used" && (isFar(price!.bid) || isFar(price!.ask))) standings[i] = "outlier";

  const near = used();
  if (near.length < quorum) return { standings, price: { problem: "price_missing" } };
  return {
    standings,
    price: {
      bid: middles(near.map(({ bid }) => bid))[0],
      ask: middles(near.map(({ ask }) => ask))[1],
      t: Math.min(...near.map(({ t }) => t)) as TimeMs,
    },
  };
};
