import type { StreamSnapshot, StreamUpdate } from "./stream.ts";

/** How long candles may be. */
export const CANDLE_INTERVALS = ["1m", "5m", "15m", "1h", "4h", "1d"] as const;
export type CandleInterval = (typeof CANDLE_INTERVALS)[number];

/** As the function `candles` and the stream tell it. */
export interface ToldCandle {
  /** Where it begins, ms since 1970. */
  readonly t: number;
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** What a message of a channel `candles:...` has as `data`: candles that begin now or stand differently, oldest first. */
export interface CandlesData {
  readonly candles: readonly ToldCandle[];
}

/** Candles as they are drawn from the stream. */
export interface DrawnCandles {
  readonly seq: number;
  /** Oldest first; those of the snapshot and all that came after. */
  readonly candles: readonly ToldCandle[];
}

/** The candles after a message of their channel; undefined where the message does not follow: then a snapshot is needed. */
export const drawCandles = (
  drawn: DrawnCandles | undefined,
  message: StreamSnapshot | StreamUpdate,
): DrawnCandles | undefined => {
  const { candles } = message.data as CandlesData;
  if (message.type === "snapshot") return { seq: message.seq, candles };
  if (drawn === undefined || message.first !== drawn.seq + 1) return undefined;
  // Only the newest ones change: what is told takes the place of all from there on.
  const from = candles[0]?.t ?? Number.POSITIVE_INFINITY;
  let kept = drawn.candles.length;
  while (kept > 0 && drawn.candles[kept - 1]!.t >= from) kept--;
  return { seq: message.last, candles: [...drawn.candles.slice(0, kept), ...candles] };
};
