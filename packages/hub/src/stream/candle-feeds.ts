import type { TradeEffect } from "@coinholder/engine";
import { CANDLE_INTERVALS, CANDLES_MS, type CandleInterval } from "@coinholder/protocol";
import { type InDecimals, toldCandle } from "../functions/market-data.ts";
import { type Candle, INTERVALS } from "../history/index.ts";
import { type Feed, makeFeed } from "./feed.ts";
import type { MarketContext } from "./market-feeds.ts";

/** Candles that a newcomer is told at once, of each interval. */
const RECENT_CANDLES = 200;

export interface CandleFeeds {
  readonly feeds: Readonly<Record<CandleInterval, Feed>>;
  readonly tell: (trade: TradeEffect) => void;
  readonly stop: () => void;
}

type Growing = { -readonly [name in keyof Candle]: Candle[name] };

/** One interval's candles as they are on disk, and what of them was not told yet. */
interface Line {
  readonly length: number;
  candles: Growing[];
  /** The first that was not told as it stands; none where all were. */
  changedFrom: number;
  /** As they were told. */
  told: Candle[];
}

const NOTHING = Number.POSITIVE_INFINITY;

const newestOf = <One>(candles: One[]): One[] =>
  candles.length > 2 * RECENT_CANDLES ? candles.slice(-RECENT_CANDLES) : candles;

/** What was not told of it yet, which is told from here on. */
const take = (line: Line): Candle[] => {
  const changed = line.candles.filter(({ t }) => t >= line.changedFrom).map((candle) => ({ ...candle }));
  line.told = newestOf([...line.told.filter(({ t }) => t < line.changedFrom), ...changed]);
  line.changedFrom = NOTHING;
  return changed;
};

const grow = (line: Line, { t, price, quantity, trade }: TradeEffect): void => {
  const start = (t - (t % line.length)) as Candle["t"];
  const newest = line.candles.at(-1);
  line.changedFrom = Math.min(line.changedFrom, start);
  if (newest?.t === start) {
    newest.high = Math.max(newest.high, price);
    newest.low = Math.min(newest.low, price);
    newest.close = price;
    newest.volume += BigInt(quantity);
    newest.lastTrade = trade;
    return;
  }
  const volume = BigInt(quantity);
  line.candles.push({
    t: start,
    open: price,
    high: price,
    low: price,
    close: price,
    volume,
    lastTrade: trade,
  });
  line.candles = newestOf(line.candles);
};

/**
 * A market's candles, a channel for each interval. They begin with what history has, and grow by what is told once it is
 * durable.
 * @param number the market's last trade, which history has
 */
export const makeCandleFeeds = async (
  { history, pump, sequencer }: MarketContext,
  market: string,
  index: number,
  number: number,
  decimals: InDecimals,
): Promise<CandleFeeds> => {
  const lines = new Map<CandleInterval, Line>();
  for (const interval of CANDLE_INTERVALS) {
    // A history that cannot be read is no reason not to begin.
    const known =
      number === 0 ? [] : await history.candles(index, interval, undefined, RECENT_CANDLES).catch(() => []);
    const told = known.at(-1)?.lastTrade === number ? known : [];
    const candles = told.map((candle) => ({ ...candle }));
    lines.set(interval, { length: INTERVALS[interval], candles, told, changedFrom: NOTHING });
  }
  let t: number = sequencer.state.t;
  let last = number;
  let toldAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  const written = (of: readonly Candle[]) => ({ candles: of.map((candle) => toldCandle(decimals, candle)) });

  const feedOf = (interval: CandleInterval): Feed =>
    makeFeed(pump, {
      channel: `candles:${market}:${interval}`,
      seq: number,
      // What came since it was told follows with its own number.
      snapshot: () => ({ t, data: written(lines.get(interval)!.told.slice(-RECENT_CANDLES)) }),
    });
  const feeds = Object.fromEntries(CANDLE_INTERVALS.map((one) => [one, feedOf(one)])) as Record<
    CandleInterval,
    Feed
  >;

  const tellAll = (): void => {
    timer = undefined;
    toldAt = performance.now();
    for (const [interval, line] of lines) feeds[interval].publish(last, t, written(take(line)));
  };

  return {
    feeds,
    tell: (trade) => {
      t = trade.t;
      last = trade.trade;
      for (const line of lines.values()) grow(line, trade);
      // The first one after a while is told at once: with all that came with it.
      const wait = CANDLES_MS - (performance.now() - toldAt);
      timer ??= setTimeout(tellAll, Math.max(0, wait));
    },
    stop: () => clearTimeout(timer),
  };
};
