import type { TimeMs } from "@coinholder/protocol";
import type { Price, PriceProblem, PriceSource } from "./price.ts";

export interface Caution {
  /** A price that is further than this from the hub's clock is stale. */
  readonly staleMs: number;
  /** One that moved more than so many hundredths of a percent within `wildMs` is wild. */
  readonly wildBps: number;
  readonly wildMs: number;
}

export interface Guard {
  /** The price, if one may quote from it now. To be asked often, also while nobody buys: what it sees is what it judges by. */
  readonly look: (now: TimeMs) => Price | { readonly problem: PriceProblem };
  readonly close: () => void;
}

/** What was seen within one second. */
interface Seen {
  readonly bid: [least: number, most: number];
  readonly ask: [least: number, most: number];
}

const SECOND_MS = 1000;

const isPrice = ({ bid, ask }: Price): boolean =>
  [bid, ask].every((side) => Number.isSafeInteger(side) && side > 0);

const movedMore = (from: number, to: number, bps: number): boolean =>
  10_000n * BigInt(Math.abs(to - from)) > BigInt(bps) * BigInt(from);

const include = (range: [number, number], value: number): void => {
  range[0] = Math.min(range[0], value);
  range[1] = Math.max(range[1], value);
};

/** Stands between a source and the desk: nothing that is stale, wild or makes no sense is quoted from. */
export const guarded = (source: PriceSource, { staleMs, wildBps, wildMs }: Caution): Guard => {
  const seen = new Map<number, Seen>();

  const isOver = (second: number, now: TimeMs): boolean => (second + 1) * SECOND_MS + wildMs <= now;

  const remember = ({ bid, ask }: Price, now: TimeMs): void => {
    const second = Math.floor(now / SECOND_MS);
    // After a pause the last one counts as if it had held until now: else whoever comes first into an empty book could begin anywhere.
    for (const [last, before] of seen)
      if (isOver(last, now)) {
        seen.delete(last);
        seen.set(second - 1, before);
      }
    const same = seen.get(second);
    if (!same) seen.set(second, { bid: [bid, bid], ask: [ask, ask] });
    else {
      include(same.bid, bid);
      include(same.ask, ask);
    }
  };
  const isWild = ({ bid, ask }: Price): boolean => {
    for (const one of seen.values())
      if (
        one.bid.some((before) => movedMore(before, bid, wildBps)) ||
        one.ask.some((before) => movedMore(before, ask, wildBps))
      )
        return true;
    return false;
  };

  return {
    look: (now) => {
      for (const second of seen.keys()) {
        if (!isOver(second, now) || seen.size === 1) break;
        seen.delete(second);
      }
      const price = source.latest(now);
      if (price !== undefined && "problem" in price) return price;
      if (price === undefined || !isPrice(price)) return { problem: "price_missing" };
      if (Math.abs(now - price.t) > staleMs) return { problem: "price_stale" };
      remember(price, now);
      if (price.bid >= price.ask) return { problem: "price_crossed" };
      return isWild(price) ? { problem: "price_wild" } : price;
    },
    close: source.close,
  };
};

/** For what needs no judging: the operator's own word. */
export const trusted = (source: PriceSource): Guard => ({
  look: (now) => source.latest(now) ?? { problem: "price_missing" },
  close: source.close,
});
