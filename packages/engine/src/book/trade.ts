import type { Amount, TimeMs } from "@coinholder/protocol";
import { HUB, ROUNDING } from "../accounts/accounts.ts";
import { counted } from "../counted.ts";
import type { Effect, TradeSide } from "../effects.ts";
import { payTrade, slotOf } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { sideOf } from "./book.ts";
import type { Order, Price } from "./order.ts";
import { restOf, wholeOf } from "./price.ts";
import { touch } from "./side.ts";
import type { Venue } from "./venue.ts";
import { addVolume, type Day, dayOf, reached, tierOf, volumeToday } from "./volumes.ts";

// The order's side of a trade, by its own running fraction: buyers round up, sellers down (see Order.fraction). The fee is that of
// the volume before this trade, which is then counted.
const sideOfTrade = (
  { last }: State,
  order: Order,
  isMaker: boolean,
  quantity: Amount,
  price: Price,
  { index, market, book, scale }: Venue,
  day: Day,
): TradeSide => {
  const { buys, trader, fraction: before } = order;
  const whole = wholeOf(quantity, price, before, scale);
  const fraction = restOf(quantity, price, before, scale, whole);
  const quote = (buys ? whole + (fraction > 0 ? 1 : 0) - (before > 0 ? 1 : 0) : whole) as Amount;
  const gave = buys ? quote : quantity;
  const received = buys ? quantity : quote;
  const volume = volumeToday(book.volumes, trader, index, day);
  const fees = tierOf(market, reached(volume));
  addVolume(volume, quote);
  const feeBps = isMaker ? fees.makerFeeBps : fees.takerFeeBps;
  // Rounded down, in the favour of who pays it.
  const fee = wholeOf(received, feeBps, 0, 10_000);
  order.fraction = fraction;
  order.done = (order.done + quantity) as Amount;
  // An order that is amended again and again may move more than there is.
  order.given = counted(order.given, gave) as Amount;
  order.received = counted(order.received, received) as Amount;
  order.fees = counted(order.fees, fee) as Amount;
  const row = ++last.tradeRow;
  const previous = trader.lastTrade;
  trader.lastTrade = row;
  return {
    row,
    previous,
    account: order.account,
    order: order.number,
    gave,
    got: (received - fee) as Amount,
    fee,
    feeBps,
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
  const made = sideOfTrade(state, maker, true, quantity, price, venue, day);
  const took = sideOfTrade(state, taker, false, quantity, price, venue, day);
  const buyer = taker.buys ? took : made;
  const seller = taker.buys ? made : took;

  // What a maker gives was held when it began to rest; a taker gives of what is available. Fees come out of what is under way, not
  // out of the receiver's balance: that can be a debt, which pays nothing. The account of what rounding leaves is in sight from the
  // first trade on.
  slotOf(ledger, ROUNDING, quote);
  payTrade(
    ledger,
    quote,
    buyer.account,
    !taker.buys,
    buyer.gave,
    seller.account,
    seller.got,
    seller.fee,
    HUB,
    ROUNDING,
  );
  payTrade(
    ledger,
    base,
    seller.account,
    taker.buys,
    seller.gave,
    buyer.account,
    buyer.got,
    buyer.fee,
    HUB,
    ROUNDING,
  );
  maker.held = (maker.held - made.gave) as Amount;

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
    maker: made,
    taker: took,
  });
  book.lastTrade = number;
  book.lastPrice = price;
};
