import { assert } from "../assert.ts";
import type { State } from "../state.ts";
import { type Markets, ordersOf } from "./markets.ts";
import { findOrder, type Order, openQuantity } from "./order.ts";
import { levels, MOST_IN_CHUNK, type Side } from "./side.ts";
import { needOf, type Venue, venueOf } from "./venue.ts";
import { checkVolumes } from "./volumes.ts";

/** Throws where what is kept of books and open orders does not hang together. */
export const checkBooks = (state: State): void => {
  const { markets } = state;
  const seen = new Set<Order>();
  for (const [i, { bids, asks, volumes }] of markets.books.entries()) {
    for (const side of [bids, asks]) checkSide(markets, venueOf(state, i), side, seen);
    const [bid, ask] = [bids.best?.price, asks.best?.price];
    assert(bid === undefined || ask === undefined || bid < ask, "a book is never crossed");
    checkVolumes(volumes, i);
  }
  const { byNumber, watched } = markets.orders;
  assert(seen.size === byNumber.count, "every open order rests");
  for (const number of watched.keys())
    assert(findOrder(markets.orders, number) !== undefined, "only open orders are watched");
  for (let free = markets.orders.free; free; free = free.behind)
    assert(!seen.has(free), "an open order is not used for another one");
  checkTraders(markets, seen);
};

const checkSide = ({ orders }: Markets, venue: Venue, side: Side, seen: Set<Order>): void => {
  for (const chunk of side.chunks)
    assert(
      chunk.length <= MOST_IN_CHUNK && (chunk.length > 0 || side.chunks.length === 1),
      "chunks of prices are neither empty nor too long",
    );
  let before: number | undefined;
  let count = 0;
  for (const level of levels(side)) {
    assert(
      before === undefined ? side.best === level : side.buys ? level.price < before : level.price > before,
      "levels are in order, the best one at hand",
    );
    before = level.price;
    count++;
    let open = 0;
    let ahead: Order | undefined;
    for (let order = level.first; order; order = order.behind) {
      assert(
        order.ahead === ahead && order.level === level && order.price === level.price,
        "a queue is linked both ways",
      );
      assert(openQuantity(order) > 0 && order.buys === side.buys, "what rests is open");
      assert(order.market === venue.index, "an order rests in its market");
      assert(order.held === needOf(order, venue), `order ${order.number} holds just what it needs`);
      assert(
        order.price % venue.market.tick === 0 && order.quantity % venue.market.lot === 0,
        "ticks and lots",
      );
      assert(findOrder(orders, order.number) === order, "a resting order is known by its number");
      open += openQuantity(order);
      seen.add(order);
      ahead = order;
    }
    assert(level.last === ahead && level.quantity === open && open > 0, "a level counts what is open in it");
    assert(open <= side.most, "a side knows the most that a level had open");
  }
  assert(count === side.byPrice.count, "every level has a price in order");
  assert(count > 0 || side.best === undefined, "a side without levels has no best one");
};

const checkTraders = ({ traders }: Markets, seen: ReadonlySet<Order>): void => {
  let own = 0;
  for (const trader of traders) {
    const orders = ordersOf(trader.account);
    assert(trader.account.trader === trader, "a trader is its account's");
    assert(orders.length === trader.open && orders.at(-1) === trader.last, "an account's orders are counted");
    for (const order of orders)
      assert(
        order.account === trader.account.index && order.trader === trader && seen.has(order),
        "an account's orders are open and its own",
      );
    own += orders.length;
  }
  assert(own === seen.size, "every order belongs to an account");
};
