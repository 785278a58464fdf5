import {
  type Dict,
  InvalidOrder,
  type MarketInterface,
  NotSupported,
  type Num,
  type Order,
  OrderNotFillable,
  OrderNotFound,
  type OrderSide,
  type OrderType,
  type Str,
} from "ccxt";
import { randomToken } from "./hub-exchange.ts";
import { type OrderAmounts, orderAmounts, worstPrice } from "./order-amounts.ts";
import { OrderReading } from "./order-reading.ts";
import { filledOf, type KnownOrder, statusOf } from "./structures.ts";

const UNKNOWN_KINDS = [
  "triggerPrice",
  "stopPrice",
  "stopLossPrice",
  "takeProfitPrice",
  "stopLoss",
  "takeProfit",
  "trailingAmount",
  "trailingPercent",
  "reduceOnly",
];

/** Placing orders, changing and ending them. */
export class Orders extends OrderReading {
  private amountsOf(
    market: MarketInterface,
    side: OrderSide,
    amount: Num,
    price: Num,
    now = false,
  ): OrderAmounts {
    if (amount === undefined || price === undefined)
      throw new InvalidOrder(`${this.id}: an order needs an amount and a price`);
    if (side !== "buy" && side !== "sell") throw new InvalidOrder(`${this.id}: side must be buy or sell`);
    const decimals = (code: string): number => Number(this.currency(code).info.decimals);
    return orderAmounts(
      side === "buy",
      this.numberToString(amount)!,
      this.numberToString(price)!,
      {
        baseDecimals: decimals(market.base),
        quoteDecimals: decimals(market.quote),
        tick: market.info.tick,
        lot: market.info.lot,
        byName: this.isOurs(),
      },
      now,
    );
  }

  /** A market order's bound: the price given, else the worst that the book needs now and `options.marketSlippage` beyond. */
  private async boundOf(market: MarketInterface, side: OrderSide, amount: Num, price: Num): Promise<Num> {
    if (price !== undefined) return price;
    const book = await this.call("depth", { market: market.id, limit: 1000 });
    const levels = side === "buy" ? book.asks : book.bids;
    const slippage = String(this.options.marketSlippage);
    const worst = worstPrice(side === "buy", this.numberToString(amount)!, levels, slippage);
    if (worst === undefined)
      throw new OrderNotFillable(`${this.id}: nobody offers anything in ${market.symbol}`);
    return worst as unknown as number;
  }

  /**
   * A limit order, or a market order: one that trades at once or is cancelled, within `price` or, without one, within what the book
   * and `options.marketSlippage` say. `params`: `timeInForce` (GTC, IOC, FOK, PO), `postOnly`, `clientOrderId` (one is
   * made up otherwise, so that ccxt's own retries place nothing twice).
   */
  override async createOrder(
    symbol: string,
    type: OrderType,
    side: OrderSide,
    amount: number,
    price: Num = undefined,
    params: Dict = {},
  ): Promise<Order> {
    await this.loadMarkets();
    const market = this.market(symbol);
    const isMarket = type === "market";
    if (!isMarket && type !== "limit")
      throw new InvalidOrder(`${this.id}: orders are limit or market, not ${type}`);
    const unknown = UNKNOWN_KINDS.find((name) => params[name] !== undefined && params[name] !== false);
    if (unknown !== undefined) throw new NotSupported(`${this.id}: orders have no ${unknown}`);
    const postOnly = this.isPostOnly(isMarket, false, params);
    const timeInForce = isMarket ? "ioc" : (this.handleTimeInForce(params) ?? "gtc");
    const {
      clientOrderId,
      client_id = clientOrderId ?? randomToken(),
      ...others
    } = this.omit(params, [...UNKNOWN_KINDS, "timeInForce", "postOnly", "post_only"]);
    const limit = isMarket ? await this.boundOf(market, side, amount, price) : price;
    const amounts = this.amountsOf(market, side, amount, limit, isMarket);
    const [trade_cur, for_cur] =
      side === "buy" ? [market.quoteId, market.baseId] : [market.baseId, market.quoteId];
    const started = this.milliseconds();
    const answer = await this.call("place-order", {
      ...amounts.said,
      trade_cur,
      for_cur,
      time_in_force: timeInForce,
      post_only: postOnly ? "true" : undefined,
      client_id,
      ...others,
    });
    const order: KnownOrder = {
      oid: answer.oid,
      market: market.id,
      side: side as "buy" | "sell",
      type: isMarket ? "market" : "limit",
      price: isMarket ? undefined : amounts.price,
      amount: amounts.amount,
      ...filledOf(side as "buy" | "sell", answer),
      fee: answer.fee === undefined ? undefined : { cost: answer.fee, currency: for_cur! },
      status: statusOf(answer.state),
      client_id,
      timeInForce: postOnly ? "PO" : timeInForce.toUpperCase(),
      post_only: postOnly,
      info: answer,
    };
    // By the hub's clock, which the call may have made known. An id of the caller's own may be that of an order placed long ago.
    const isNew = clientOrderId === undefined && params.client_id === undefined;
    this.remember(order, isNew ? this.nonce() - (this.milliseconds() - started) : undefined);
    return this.parseOrder(order, market);
  }

  /** Changes the order in place (`amend-order`). `amount` is the whole new amount, with what is filled; what is left out stays. */
  override async editOrder(
    id: string,
    symbol: string,
    type: OrderType,
    side: OrderSide,
    amount: Num = undefined,
    price: Num = undefined,
    params: Dict = {},
  ): Promise<Order> {
    await this.loadMarkets();
    const market = this.market(symbol);
    if (type !== "limit") throw new InvalidOrder(`${this.id}: only limit orders can be changed`);
    const open =
      amount === undefined || price === undefined ? await this.openOrder(id, {}) : this.seen.get(id);
    if (open === undefined) {
      if (amount === undefined || price === undefined)
        throw new OrderNotFound(`${this.id}: ${id} is not open`);
    } else if (open.side !== undefined && open.side !== side)
      throw new InvalidOrder(`${this.id}: ${id} is a ${open.side}`);
    const amounts = this.amountsOf(
      market,
      side,
      amount ?? (open?.amount as unknown as Num),
      price ?? (open?.price as unknown as Num),
    );
    const { clientOrderId, client_id = clientOrderId ?? randomToken(), ...others } = params;
    const answer = await this.call("amend-order", {
      oid: id,
      ...amounts.said,
      client_id,
      ...others,
    });
    const order: KnownOrder = {
      ...this.seen.get(id),
      oid: id,
      market: market.id,
      side: side as "buy" | "sell",
      type: "limit",
      price: amounts.price,
      amount: amounts.amount,
      ...filledOf(side as "buy" | "sell", answer),
      fee: undefined,
      status: statusOf(answer.state),
      info: answer,
    };
    this.remember(order);
    return this.parseOrder(order, market);
  }

  /** By its id, or by `params.clientOrderId`. */
  override async cancelOrder(id: string, symbol: Str = undefined, params: Dict = {}): Promise<Order> {
    await this.loadMarkets();
    const { clientOrderId, ...others } = params;
    const named = clientOrderId === undefined ? { oid: id } : { client_id: clientOrderId };
    const answer = await this.call("cancel-order", { ...named, ...others });
    const known: KnownOrder | undefined = this.seen.get(answer.oid);
    const order: KnownOrder = {
      ...known,
      oid: answer.oid,
      market: known?.market ?? (symbol === undefined ? undefined : this.market(symbol).id),
      ...(known?.side === undefined ? {} : filledOf(known.side, answer)),
      fee: undefined,
      status: "canceled",
      info: answer,
    };
    if (known !== undefined) this.remember(order);
    return this.parseOrder(order);
  }

  override async cancelAllOrders(symbol: Str = undefined, params: Dict = {}): Promise<Order[]> {
    await this.loadMarkets();
    const market = symbol === undefined ? undefined : this.market(symbol);
    const { cancelled } = await this.call("cancel-all-orders", { market: market?.id, ...params });
    return cancelled.map((oid) => {
      const { filled: _, cost: __, ...known }: Partial<KnownOrder> = this.seen.get(oid) ?? {};
      return this.parseOrder(
        { market: market?.id, ...known, oid, status: "canceled", info: { oid } },
        market,
      );
    });
  }
}
