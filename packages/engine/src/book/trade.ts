import type { Amount, TimeMs } from "@coinholder/protocol";
import { HUB, ROUNDING } from "../accounts/accounts.ts";
import type { Effect, TradeSide } from "../effects.ts";
import { payTrade, slotOf } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { sideOf } from "./book.ts";
import type { Order, Price } from "./order.ts";
import { restOf, wholeOf } from "./price.ts";
import { touch } from "./side.ts";
import type { Venue } from "./venue.ts";
import { addVolume, type Day, dayOf, reached, tierOf, volumeToday } from "./volumes.ts";

interface Share {
  /** Whole quote units that this trade moves on the order's side. */
  readonly quote: Amount;
  readonly fee: Amount;
  readonly feeBps: number;
}

// The order's part of a trade, by its own running fraction: buyers round up, sellers down (see Order.fraction). The fee is
// that of the volume before this trade, which is then counted.
const shareOf = (
  order: Order,
  isMaker: boolean,
  quantity: Amount,
  price: Price,
  { index, market, book, scale }: Venue,
  day: Day,
): Share => {
  const before = order.fraction;
  const whole = wholeOf(quantity, price, before, scale);
  const fraction = restOf(quantity, price, before, scale, whole);
  const quote = (order.buys ? whole + (fraction > 0 ? 1 : 0) - (before > 0 ? 1 : 0) : whole) as Amount;
  order.fraction = fraction;
  order.done = (order.done + quantity) as Amount;
  const given = order.buys ? quote : quantity;
  const received = order.buys ? quantity : quote;
  order.given = (order.given + given) as Amount;
  order.received = (order.received + received) as Amount;
  const volume = volumeToday(book.volumes, order.trader, index, day);
  const fees = tierOf(market, reached(volume));
  addVolume(volume, quote);
  const feeBps = isMaker ? fees.makerFeeBps : fees.takerFeeBps;
  // Rounded down, in the favour of who pays it.
  const fee = wholeOf(received, feeBps, 0, 10_000);
  order.fees = (order.fees + fee) as Amount;
  return { quote, fee, feeBps };
};

const sideOfTrade = (state: State, order: Order, quantity: Amount, share: Share): TradeSide => {
  const { trader } = order;
  const row = ++state.last.tradeRow;
  const previous = trader.lastTrade;
  trader.lastTrade = row;
  return {
    row,
    previous,
    account: order.account,
    order: order.number,
    gave: order.buys ? share.quote : quantity,
    got: ((order.buys ? quantity : share.quote) - share.fee) as Amount,
    fee: share.fee,
    feeBps: share.feeBps,
  };
};

/** Trades so much between two orders, at the resting one's price. */
export const trade = (
  state: State,
  venue: Venue,
  maker: Order,
  taker: Order,
  quantity: Amount,
  t: TimeMs,
  effects: Effect[],
): void => {
  const { ledger, last } = state;
  const { book, base, quote } = venue;
  const { price } = maker;
  const day = dayOf(t);
  maker.level!.quantity -= quantity;
  touch(sideOf(book, maker.buys), maker.level!);
  const made = shareOf(maker, true, quantity, price, venue, day);
  const took = shareOf(taker, false, quantity, price, venue, day);
  const buyer = taker.buys ? taker : maker;
  const seller = taker.buys ? maker : taker;
  const bought = taker.buys ? took : made;
  const sold = taker.buys ? made : took;

  // What a maker gives was held when it began to rest; a taker gives of what is available. Fees come out of what is under way, not
  // out of the receiver's balance: that can be a debt, which pays nothing.
  const proceeds = (sold.quote - sold.fee) as Amount;
  const delivered = (quantity - bought.fee) as Amount;
  // In sight from the first trade on.
  slotOf(ledger, ROUNDING, quote);
  payTrade(
    ledger,
    quote,
    buyer.account,
    !taker.buys,
    bought.quote,
    seller.account,
    proceeds,
    sold.fee,
    HUB,
    ROUNDING,
  );
  payTrade(
    ledger,
    base,
    seller.account,
    taker.buys,
    quantity,
    buyer.account,
    delivered,
    bought.fee,
    HUB,
    ROUNDING,
  );
  maker.held = (maker.held - (maker.buys ? bought.quote : quantity)) as Amount;

  const number = ++last.trade;
  effects.push({
    is: "trade",
    trade: number,
    previous: book.lastTrade,
    market: venue.index,
    t,
    price,
    quantity,
    takerBuys: taker.buys,
    afterRow: last.transferRow,
    maker: sideOfTrade(state, maker, quantity, made),
    taker: sideOfTrade(state, taker, quantity, took),
  });
  book.lastTrade = number;
  book.lastPrice = price;
};
