import type { TransferEffect } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import type { DatabaseSyncInstance } from "@photostructure/sqlite";
import { type CandleReader, prepareCandleReader } from "./candles.ts";
import { type Asked, readChain } from "./chain.ts";
import type { MarketTradeRecord, Page, TradeRecord, TransferRecord } from "./records.ts";

export type Reader = CandleReader & {
  transfers(asked: Asked): Page<TransferRecord>;
  trades(asked: Asked): Page<TradeRecord>;
  marketTrades(asked: Asked): Page<MarketTradeRecord>;
};

export function prepareReader(db: DatabaseSyncInstance): Reader {
  // A reversal is told in a row of its own, which stays what it says.
  const transfer = db.prepare(
    `SELECT r.row, r.previous, r.account AS owner, r.transfer, r.t, r.kind, r.incoming, r.currency, r.amount, r.fee,
       coalesce(s.status, r.status) AS status, r.address, coalesce(s.txid, r.txid) AS txid, r.vout, r.reference, r.invoice
     FROM transfer r LEFT JOIN transfer_status s ON s.transfer = r.transfer AND r.status <> 'reversed'
     WHERE r.row = ?`,
  );
  const side = db.prepare(
    `SELECT s.row, s.previous, s.account AS owner, s.trade, s.order_number, s.maker, s.gave, s.got, s.fee,
       m.t, m.market, m.price, m.quantity, m.taker_buys
     FROM trade_side s JOIN trade m ON m.trade = s.trade WHERE s.row = ?`,
  );
  const trade = db.prepare(
    "SELECT trade, previous, market AS owner, t, price, quantity, taker_buys FROM trade WHERE trade = ?",
  );
  return {
    ...prepareCandleReader(db),
    transfers: (asked) =>
      records(
        readChain((row) => transfer.get(row) as TransferRow | undefined, asked),
        toTransfer,
      ),
    trades: (asked) =>
      records(
        readChain((row) => side.get(row) as SideRow | undefined, asked),
        toTrade,
      ),
    marketTrades: (asked) =>
      records(
        readChain((row) => trade.get(row) as MarketRow | undefined, asked),
        toMarketTrade,
      ),
  };
}

const records = <Row, Made>({ rows, more }: Page<Row>, made: (row: Row) => Made): Page<Made> => ({
  rows: rows.map(made),
  more,
});

type TransferRow = Pick<
  TransferEffect,
  "row" | "previous" | "transfer" | "t" | "kind" | "currency" | "amount" | "fee" | "status"
> & {
  owner: number;
  incoming: number;
  address: string | null;
  txid: string | null;
  vout: number | null;
  reference: string | null;
  invoice: number;
};

function toTransfer(of: TransferRow): TransferRecord {
  const { row, owner, transfer, t, kind, currency, amount, fee, status } = of;
  return {
    row,
    account: owner,
    transfer,
    t,
    kind,
    incoming: of.incoming === 1,
    currency,
    amount,
    fee,
    status,
    ...(of.address === null ? {} : { address: of.address }),
    ...(of.txid === null ? {} : { txid: of.txid }),
    ...(of.vout === null ? {} : { vout: of.vout }),
    ...(of.reference === null ? {} : { reference: of.reference }),
    ...(of.invoice === 1 ? { invoice: true as const } : {}),
  };
}

type SideRow = Pick<
  TradeRecord,
  "row" | "trade" | "t" | "market" | "price" | "quantity" | "gave" | "got" | "fee"
> & {
  previous: number;
  owner: number;
  order_number: number;
  maker: number;
  taker_buys: number;
};

function toTrade(of: SideRow): TradeRecord {
  const { row, owner, trade, order_number, t, market, price, quantity, gave, got, fee } = of;
  const maker = of.maker === 1;
  const buys = (of.taker_buys === 1) !== maker;
  return {
    row,
    account: owner,
    trade,
    order: order_number,
    t,
    market,
    price,
    quantity,
    buys,
    maker,
    gave,
    got,
    fee,
  };
}

type MarketRow = {
  trade: number;
  previous: number;
  owner: number;
  t: TimeMs;
  price: number;
  quantity: Amount;
  taker_buys: number;
};

const toMarketTrade = ({ trade, t, owner, price, quantity, taker_buys }: MarketRow): MarketTradeRecord => ({
  trade,
  t,
  market: owner,
  price,
  quantity,
  takerBuys: taker_buys === 1,
});
