import type { Seq } from "@coinholder/journal";
import type { Packed } from "./batch.ts";
import type { Asked } from "./chain.ts";
import type { AskedEntries, Entries } from "./entries.ts";
import type { HistoryErrorCode } from "./error.ts";
import type {
  ActionEntry,
  CancelledRecord,
  Candle,
  Day,
  Interval,
  MarketTradeRecord,
  Page,
  PaidRecord,
  TradeRecord,
  TransferRecord,
} from "./records.ts";

/** What is asked of the worker. Answers come in the order of the questions. */
export type Request =
  | { ask: "open"; place: string; journalSeq: Seq | undefined }
  | { ask: "store"; batch: Packed }
  | { ask: "transfers" | "trades" | "cancelled" | "marketTrades"; of: Asked }
  | { ask: "actions"; before: number | undefined; limit: number }
  | { ask: "paid"; addresses: readonly string[] }
  | { ask: "entries"; of: AskedEntries }
  | { ask: "candles"; market: number; interval: Interval; from: number | undefined; limit: number }
  | { ask: "day"; market: number; now: number }
  | { ask: "close" };

export type Answers = {
  open: Opened;
  store: undefined;
  transfers: Page<TransferRecord>;
  trades: Page<TradeRecord>;
  cancelled: Page<CancelledRecord>;
  marketTrades: Page<MarketTradeRecord>;
  actions: Page<ActionEntry>;
  paid: readonly PaidRecord[];
  entries: Entries | undefined;
  candles: Candle[];
  day: Day;
  close: undefined;
};

/** `rebuilt`: why what was there was moved aside or dropped. */
export type Opened = { position: Seq; rebuilt: string | undefined };

export type Answer =
  | { value: Answers[keyof Answers] }
  | { error: { code: HistoryErrorCode; message: string } };
