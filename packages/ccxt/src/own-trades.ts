import type { Answer } from "@coinholder/protocol";
import type { Dict, Int, Str, Trade } from "ccxt";
import { pagesBack } from "./pages.ts";
import { PublicData } from "./public-data.ts";
import type { OwnTrade } from "./structures.ts";

const PAGES_WITHOUT_SINCE = 10;
const PAGES_FOR_ORDER = 20;
const DEFAULT_TRADES = 50;
/** An order's trades are not older than this before it was placed, whatever the clocks say. */
const CLOCKS_MS = 120_000;

/** The account's trades. */
export class OwnTrades extends PublicData {
  private readonly tradesPage = (params: Dict) => async (page: Dict) => {
    const { trades, more_exist, next_before }: Answer<"my-trades"> = await this.call("my-trades", {
      ...page,
      ...params,
    });
    return { rows: trades, more_exist, next_before };
  };

  /**
   * An order's trades, newest first; `all` is false where they may reach back further than was looked.
   * @param placed when, ms since 1970, if it is known
   */
  protected tradesOf(
    id: string,
    placed: number | undefined,
    params: Dict = {},
  ): Promise<{ rows: OwnTrade[]; all: boolean }> {
    return pagesBack<OwnTrade>(
      this.tradesPage(params),
      ({ oid }) => oid === id,
      placed === undefined ? { pages: PAGES_FOR_ORDER } : { since: placed - CLOCKS_MS },
    );
  }

  override async fetchMyTrades(
    symbol: Str = undefined,
    since: Int = undefined,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<Trade[]> {
    await this.loadMarkets();
    const market = symbol === undefined ? undefined : this.market(symbol);
    const { rows } = await pagesBack<OwnTrade>(
      this.tradesPage(params),
      (trade) => market === undefined || trade.market === market.id,
      since === undefined ? { count: limit ?? DEFAULT_TRADES, pages: PAGES_WITHOUT_SINCE } : { since },
    );
    const newest = since === undefined ? rows.slice(0, limit ?? DEFAULT_TRADES) : rows;
    return this.parseTrades(newest, market, since, limit);
  }
}
