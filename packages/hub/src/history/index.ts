export { HistoryError, type HistoryErrorCode } from "./error.ts";
export { type History, openHistory } from "./history.ts";
export {
  type CancelledRecord,
  type Candle,
  type Day,
  INTERVALS,
  type Interval,
  type MarketTradeRecord,
  type Page,
  type TradeRecord,
  type TransferRecord,
} from "./records.ts";
