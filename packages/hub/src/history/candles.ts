import type { TradeEffect } from "@coinholder/engine";
import type { TimeMs } from "@coinholder/protocol";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { type Candle, type Day, INTERVALS, type Interval } from "./records.ts";

const LENGTHS = Object.values(INTERVALS);
const MINUTE = INTERVALS["1m"];
const DAY_MINUTES = 1440;

export interface Growing {
  readonly market: number;
  readonly interval: number;
  readonly start: number;
  readonly open: number;
  high: number;
  low: number;
  close: number;
  volume: bigint;
  lastTrade: number;
}

/**
 * The most that a candle's volume is told as: what its column holds. Who trades with himself all day can come past it in cheap coins of many
 * places, and a history that could not be written any more would be everybody's.
 */
export const MOST_VOLUME = 2n ** 63n - 1n;

export const storable = (volume: bigint): bigint => (volume < MOST_VOLUME ? volume : MOST_VOLUME);

export type CandleWriter = {
  add(trade: TradeEffect): void;
  /** Merges what was added into the stored candles, in the order of the trades. */
  write(): void;
};

/** Collects the trades of one transaction, so that a candle is written once in it however many trades it got. */
export function collectCandles(upsert: (candle: Growing) => void): CandleWriter {
  const all: Growing[] = [];
  const newest = new Map<number, Growing>();
  return {
    add({ market, t, price, quantity, trade }) {
      for (const [place, interval] of LENGTHS.entries()) {
        const start = t - (t % interval);
        const key = market * LENGTHS.length + place;
        const candle = newest.get(key);
        if (candle?.start === start) {
          candle.high = Math.max(candle.high, price);
          candle.low = Math.min(candle.low, price);
          candle.close = price;
          candle.volume += BigInt(quantity);
          candle.lastTrade = trade;
        } else {
          const volume = BigInt(quantity);
          const begun = {
            market,
            interval,
            start,
            open: price,
            high: price,
            low: price,
            close: price,
            volume,
            lastTrade: trade,
          };
          newest.set(key, begun);
          all.push(begun);
        }
      }
    },
    write() {
      for (const candle of all) upsert(candle);
    },
  };
}

export function prepareUpsert(db: DatabaseSyncInstance): (candle: Growing) => void {
  const statement = db.prepare(
    `INSERT INTO candle (market, interval, start, open, high, low, close, volume, last_trade) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET high = max(high, excluded.high), low = min(low, excluded.low),
       close = excluded.close, last_trade = excluded.last_trade,
       volume = iif(volume > ${MOST_VOLUME} - excluded.volume, ${MOST_VOLUME}, volume + excluded.volume)`,
  );
  return ({ market, interval, start, open, high, low, close, volume, lastTrade }) => {
    statement.run(market, interval, start, open, high, low, close, storable(volume), lastTrade);
  };
}

/** Beginnings of the minutes that make up the last 24 hours. */
export function dayMinutes(now: number): { after: number; upTo: number } {
  const minute = now - (now % MINUTE);
  return { after: minute - DAY_MINUTES * MINUTE, upTo: minute };
}

export type CandleReader = {
  /** The newest ones that begin at or after `from`, oldest first. */
  candles(market: number, interval: Interval, from: number | undefined, limit: number): Candle[];
  day(market: number, now: number): Day;
};

export function prepareCandleReader(db: DatabaseSyncInstance): CandleReader {
  const newest = db.prepare(
    `SELECT start AS t, open, high, low, close, volume, last_trade AS lastTrade FROM candle
     WHERE market = ? AND interval = ? AND start >= ? ORDER BY start DESC LIMIT ?`,
  );
  const minutes = db.prepare(
    // In halves: a sum past 64 bits is an error.
    `SELECT sum(volume >> 32) AS upper, sum(volume & 4294967295) AS lower, max(high) AS high, min(low) AS low FROM candle
     WHERE market = ? AND interval = ${MINUTE} AND start > ? AND start <= ?`,
  );
  newest.setReadBigInts(true);
  minutes.setReadBigInts(true);
  return {
    candles(market, interval, from, limit) {
      const rows = newest.all(market, INTERVALS[interval], from ?? 0, limit) as Record<
        keyof Candle,
        bigint
      >[];
      return rows.reverse().map(({ t, open, high, low, close, volume, lastTrade }) => ({
        t: Number(t) as TimeMs,
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume,
        lastTrade: Number(lastTrade),
      }));
    },
    day(market, now) {
      const { after, upTo } = dayMinutes(now);
      const { upper, lower, high, low } = minutes.get(market, after, upTo) as {
        [name in "upper" | "lower" | "high" | "low"]: bigint | null;
      };
      if (upper === null || lower === null || high === null || low === null) return { volume: 0n };
      return { volume: (upper << 32n) + lower, high: Number(high), low: Number(low) };
    },
  };
}
