import { overview } from "../hub/current.ts";
import { decimalsOf, unitsOf } from "../hub/money.ts";
import type { Level, Steps } from "./order-amounts.ts";

/** A market, with what is counted in it. */
export interface Venue extends Steps {
  readonly name: string;
  readonly base: string;
  readonly quote: string;
  readonly quoteDecimals: number;
  /** What everybody pays; `my-fees` knows what the account does. */
  readonly makerFeeBps: number | undefined;
  readonly takerFeeBps: number | undefined;
}

export const venues = (): Venue[] =>
  (overview.value?.markets ?? []).map((market): Venue => {
    const [baseDecimals, quoteDecimals] = [decimalsOf(market.base), decimalsOf(market.quote)];
    return {
      name: market.name,
      base: market.base,
      quote: market.quote,
      baseDecimals,
      quoteDecimals,
      tick: unitsOf(market.tick, quoteDecimals),
      lot: unitsOf(market.lot, baseDecimals),
      makerFeeBps: market.maker_fee_bps,
      takerFeeBps: market.taker_fee_bps,
    };
  });

/** As it stands in an address: `BTC-USD`. */
export const slugOf = ({ name }: Pick<Venue, "name">): string => name.replace("/", "-");

/** Levels as the hub tells them, in smallest units. */
export const levelsOf = (
  levels: readonly (readonly [price: string, quantity: string])[],
  { baseDecimals, quoteDecimals }: Venue,
): Level[] =>
  levels.map(([price, quantity]) => ({
    price: unitsOf(price, quoteDecimals),
    base: unitsOf(quantity, baseDecimals),
  }));
