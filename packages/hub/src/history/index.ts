export { SCHEMA_VERSION as HISTORY_VERSION } from "./database.ts";
export type { AskedEntries, Entries, Entry, Place } from "./entries.ts";
export { HistoryError, type HistoryErrorCode } from "./error.ts";
export { type History, openHistory } from "./history.ts";
export { makeKeeper } from "./keeper.ts";
export {
  type ActionEntry,
  type ActionRecord,
  type Besides,
  type CancelledRecord,
  type Candle,
  type Day,
  type EndedRecord,
  INTERVALS,
  type Interval,
  type MarketTradeRecord,
  type Page,
  type PaidRecord,
  type TradeRecord,
  type TransferRecord,
} from "./records.ts";
export type { Thread } from "./thread.ts";
