import type { Answer } from "@coinholder/protocol";
import {
  type Currencies,
  type Dict,
  type Int,
  type Market,
  NotSupported,
  type OHLCV,
  type OrderBook,
  type Status,
  type Strings,
  type Ticker,
  type Tickers,
  type Trade,
} from "ccxt";
import { HubExchange } from "./hub-exchange.ts";
import { pagesBack } from "./pages.ts";
import {
  type OverviewCurrency,
  type OverviewMarket,
  type OwnTrade,
  ownTrade,
  type PublicTrade,
  publicTrade,
  shareOf,
  unitOf,
} from "./structures.ts";

const PAGES_WITHOUT_SINCE = 10;
const DEFAULT_TRADES = 50;
const MOST_CANDLES = 1000;
const MOST_LEVELS = 1000;

/** What a hub tells everyone: markets, currencies, prices, books, trades, candles. */
export class PublicData extends HubExchange {
  override async fetchCurrencies(_params: Dict = {}): Promise<Currencies> {
    const { currencies = [], supported_functions } = await this.readOverview();
    const has = (name: string): boolean => supported_functions.includes(name);
    const one = (currency: OverviewCurrency): Dict => {
      const isBitcoin = currency.code === "BTC";
      const can = {
        deposit: isBitcoin && has("new-btc-address"),
        withdraw: has(isBitcoin ? "send-btc" : "withdraw-fiat"),
        active: true,
      };
      const limits = { deposit: {}, withdraw: { min: this.parseNumber(unitOf(currency.decimals)) } };
      const precision = this.parseNumber(unitOf(currency.decimals));
      return this.safeCurrencyStructure({
        id: currency.code,
        code: currency.code,
        type: isBitcoin ? "crypto" : "fiat",
        precision,
        ...can,
        limits,
        networks: isBitcoin
          ? { BTC: { id: "BTC", network: "BTC", precision, ...can, limits, info: currency } }
          : {},
        info: currency,
      });
    };
    return Object.fromEntries(currencies.map((currency) => [currency.code, one(currency)])) as Currencies;
  }

  override async fetchMarkets(_params: Dict = {}): Promise<Market[]> {
    const { currencies = [], markets = [] } = await this.readOverview();
    const unit = (code: string): number =>
      this.parseNumber(unitOf(currencies.find((one) => one.code === code)?.decimals ?? 8));
    const one = (market: OverviewMarket): Market =>
      this.safeMarketStructure({
        id: market.name,
        symbol: `${market.base}/${market.quote}`,
        base: market.base,
        quote: market.quote,
        baseId: market.base,
        quoteId: market.quote,
        type: "spot",
        spot: true,
        margin: false,
        swap: false,
        future: false,
        option: false,
        contract: false,
        active: true,
        maker: this.parseNumber(shareOf(market.maker_fee_bps)),
        taker: this.parseNumber(shareOf(market.taker_fee_bps)),
        feeSide: "get",
        precision: {
          amount: this.parseNumber(market.lot),
          price: this.parseNumber(market.tick),
          base: unit(market.base),
          quote: unit(market.quote),
        },
        limits: {
          amount: { min: this.parseNumber(market.lot), max: undefined },
          price: { min: this.parseNumber(market.tick), max: undefined },
          cost: { min: unit(market.quote), max: undefined },
          leverage: { min: undefined, max: undefined },
        },
        marginModes: { cross: false, isolated: false },
        info: market,
      });
    return markets.map(one);
  }

  override async fetchStatus(_params: Dict = {}): Promise<Status> {
    const info = await this.readOverview();
    return { status: "ok", updated: undefined, eta: undefined, url: undefined, info } as unknown as Status;
  }

  /** The hub's clock, as its first market's ticker tells it. */
  override async fetchTime(params: Dict = {}): Promise<Int> {
    await this.loadMarkets();
    const symbol = this.symbols[0];
    if (symbol === undefined) throw new NotSupported(`${this.id}: only a hub with a market tells its time`);
    const { t } = await this.call("ticker", { market: this.market(symbol).id, ...params });
    return t;
  }

  override async fetchTicker(symbol: string, params: Dict = {}): Promise<Ticker> {
    await this.loadMarkets();
    const market = this.market(symbol);
    return this.parseTicker(await this.call("ticker", { market: market.id, ...params }), market);
  }

  override async fetchTickers(symbols: Strings = undefined, params: Dict = {}): Promise<Tickers> {
    await this.loadMarkets();
    const all = await Promise.all(
      (symbols ?? this.symbols).map((symbol: string) => this.fetchTicker(symbol, params)),
    );
    return Object.fromEntries(all.map((ticker) => [ticker.symbol, ticker]));
  }

  override parseTicker(ticker: Dict, market?: Market): Ticker {
    const told = ticker as Answer<"ticker">;
    return this.safeTicker(
      {
        symbol: this.safeMarket(told.market, market).symbol,
        timestamp: told.t,
        datetime: this.iso8601(told.t),
        high: told.high,
        low: told.low,
        bid: told.bid,
        ask: told.ask,
        last: told.last,
        close: told.last,
        baseVolume: told.volume,
        info: ticker,
      },
      market,
    );
  }

  override async fetchOrderBook(
    symbol: string,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<OrderBook> {
    await this.loadMarkets();
    const market = this.market(symbol);
    const levels = limit === undefined ? undefined : Math.min(limit, MOST_LEVELS);
    const book = await this.call("depth", { market: market.id, limit: levels, ...params });
    return { ...this.parseOrderBook(book, market.symbol, book.t), nonce: book.seq };
  }

  override async fetchTrades(
    symbol: string,
    since: Int = undefined,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<Trade[]> {
    await this.loadMarkets();
    const market = this.market(symbol);
    const { rows } = await pagesBack<PublicTrade>(
      async (page) => {
        const { trades, more_exist, next_before } = await this.call("trades", {
          market: market.id,
          ...page,
          ...params,
        });
        return { rows: trades, more_exist, next_before };
      },
      () => true,
      since === undefined ? { count: limit ?? DEFAULT_TRADES, pages: PAGES_WITHOUT_SINCE } : { since },
    );
    return this.parseTrades(rows, market, since, limit ?? (since === undefined ? DEFAULT_TRADES : undefined));
  }

  /** Both of the public ones and of one's own. */
  override parseTrade(trade: Dict, market?: Market): Trade {
    const told = trade as OwnTrade | PublicTrade;
    const fields = "oid" in told ? ownTrade(told) : publicTrade(told);
    return this.safeTrade(
      {
        ...fields,
        datetime: this.iso8601(told.t),
        symbol: this.safeMarket("market" in told ? told.market : undefined, market).symbol,
        type: undefined,
      },
      market,
    );
  }

  override async fetchOHLCV(
    symbol: string,
    timeframe = "1m",
    since: Int = undefined,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<OHLCV[]> {
    await this.loadMarkets();
    const market = this.market(symbol);
    // The hub counts back from the newest: from a time on, what is wanted may be the first of many.
    const count = since === undefined ? Math.min(limit ?? MOST_CANDLES, MOST_CANDLES) : MOST_CANDLES;
    const { candles } = await this.call("candles", {
      market: market.id,
      interval: this.timeframes[timeframe] ?? timeframe,
      from_t: since,
      limit: count,
      ...params,
    });
    return this.parseOHLCVs(candles as object[], market, timeframe, since, limit);
  }

  override parseOHLCV(candle: Dict, _market?: Market): OHLCV {
    const number = (key: string): number => this.parseNumber(candle[key]);
    return [candle.t, number("open"), number("high"), number("low"), number("close"), number("volume")];
  }
}
