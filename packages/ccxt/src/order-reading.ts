import {
  type Dict,
  type Int,
  type Market,
  type Order,
  OrderNotFound,
  Precise,
  type Str,
  type Trade,
} from "ccxt";
import { OwnTrades } from "./own-trades.ts";
import { type KnownOrder, knownOpen } from "./structures.ts";

const REMEMBERED_ORDERS = 10_000;

type Seen = KnownOrder & {
  /** When this object placed it, ms since 1970; the hub's own time of an order is that of its last change. */
  readonly placed: number | undefined;
};

/** What is known of the account's orders: the hub tells the open ones, and the trades of all. */
export class OrderReading extends OwnTrades {
  /** What this object placed or saw open, the newest last: a hub does not list orders that have ended. */
  protected readonly seen = new Map<string, Seen>();

  protected remember(order: KnownOrder, placed = this.seen.get(order.oid)?.placed): void {
    this.seen.delete(order.oid);
    this.seen.set(order.oid, { ...order, placed });
    if (this.seen.size > REMEMBERED_ORDERS) this.seen.delete(this.seen.keys().next().value!);
  }

  private async openOrders(params: Dict): Promise<KnownOrder[]> {
    const { orders } = await this.call("my-open-orders", params);
    const open = orders.map(knownOpen);
    for (const order of open) this.remember(order);
    return open;
  }

  protected async openOrder(id: string, params: Dict): Promise<KnownOrder | undefined> {
    return (await this.openOrders(params)).find(({ oid }) => oid === id);
  }

  override async fetchOpenOrders(
    symbol: Str = undefined,
    since: Int = undefined,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<Order[]> {
    await this.loadMarkets();
    const market = symbol === undefined ? undefined : this.market(symbol);
    const open = (await this.openOrders(params)).filter(
      (order) => market === undefined || order.market === market.id,
    );
    return this.parseOrders(open as Dict[], market, since, limit);
  }

  /**
   * What is open is told by the hub. Of what has ended it tells the trades only: `filled` is their sum, and the amount and
   * whether it was filled or cancelled are told where this object has placed the order or seen it open, else left undefined.
   */
  override async fetchOrder(id: string, symbol: Str = undefined, params: Dict = {}): Promise<Order> {
    await this.loadMarkets();
    const open = await this.openOrder(id, params);
    if (open !== undefined) return this.parseOrder(open);
    const known = this.seen.get(id);
    const { rows, all } = await this.tradesOf(id, known?.placed);
    const first = rows[0];
    if (first === undefined && known === undefined)
      throw new OrderNotFound(`${this.id}: ${id} is not open and has no trades`);
    const trades = this.parseTrades(rows);
    const sum = (of: (trade: Trade) => unknown): string =>
      trades.reduce((total, trade) => Precise.stringAdd(total, this.numberToString(of(trade)))!, "0");
    const filled = all ? sum(({ amount }) => amount) : undefined;
    const isWhole =
      known?.amount !== undefined && filled !== undefined && Precise.stringGe(filled, known.amount);
    const { fee: _, ...before }: Partial<KnownOrder> = known ?? {};
    const order: KnownOrder = {
      ...before,
      oid: id,
      market: first?.market ?? known?.market,
      side: first?.side ?? known?.side,
      filled,
      cost: all ? sum(({ cost }) => cost) : undefined,
      fee:
        first === undefined || !all
          ? undefined
          : { cost: sum(({ fee }) => fee?.cost), currency: first.got_cur },
      status: isWhole ? "closed" : known?.amount === undefined || !all ? undefined : "canceled",
      info: { trades: rows },
    };
    const market = symbol === undefined ? undefined : this.market(symbol);
    return { ...this.parseOrder(order, market), trades };
  }

  /** An order as this class knows it (`KnownOrder`). */
  override parseOrder(order: Dict, market?: Market): Order {
    const known = order as KnownOrder;
    return this.safeOrder(
      {
        id: known.oid,
        clientOrderId: known.client_id,
        symbol: this.safeMarket(known.market, market).symbol,
        type: known.type,
        side: known.side,
        price: known.price,
        amount: known.amount,
        filled: known.filled,
        cost: known.cost,
        fee: known.fee,
        status: known.status,
        timeInForce: known.timeInForce,
        postOnly: known.post_only,
        timestamp: known.t,
        datetime: known.t === undefined ? undefined : this.iso8601(known.t),
        info: known.info,
      },
      market,
    );
  }

  override async fetchOrderTrades(
    id: string,
    symbol: Str = undefined,
    since: Int = undefined,
    limit: Int = undefined,
    params: Dict = {},
  ): Promise<Trade[]> {
    await this.loadMarkets();
    const market = symbol === undefined ? undefined : this.market(symbol);
    const { rows } = await this.tradesOf(id, this.seen.get(id)?.placed, params);
    return this.parseTrades(rows, market, since, limit);
  }
}
