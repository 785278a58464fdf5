// «Buy or sell an amount at a price» as what `place-order` takes. All in whole smallest units.

export type SideOfOrder = "buy" | "sell";

/** What a market counts in. */
export interface Steps {
  readonly baseDecimals: number;
  /** Smallest step of a price, in smallest units of quote per whole base. */
  readonly tick: bigint;
  /** Smallest step of an amount, in smallest units of base. */
  readonly lot: bigint;
}

export interface OrderAmounts {
  readonly base: bigint;
  readonly quote: bigint;
  /** The price by name, in smallest units of quote per whole base. */
  readonly limit: bigint;
}

const divided = (value: bigint, by: bigint, up: boolean): bigint =>
  up ? (value + by - 1n) / by : value / by;

const scaleOf = ({ baseDecimals }: Steps): bigint => 10n ** BigInt(baseDecimals);

/** `base` at `price`, in smallest units of quote. */
export const costAt = (base: bigint, price: bigint, steps: Steps, up: boolean): bigint =>
  divided(base * price, scaleOf(steps), up);

/**
 * An amount at a price, with the amount of quote that the hub wants to see beside it: rounded up for a buy, down for a sale
 * (docs/reference/place-order.md). Undefined where a sale comes to nothing.
 */
export const amountsAt = (
  side: SideOfOrder,
  base: bigint,
  price: bigint,
  steps: Steps,
): OrderAmounts | undefined => {
  const quote = costAt(base, price, steps, side === "buy");
  return quote > 0n ? { base, quote, limit: price } : undefined;
};

/** A level of the book in smallest units. */
export interface Level {
  readonly price: bigint;
  readonly base: bigint;
}

/** How much worse than the worst level it needs an order may trade that is to trade now: one percent. */
export const GENEROUS = 100n;

/**
 * The amounts of an order that trades now or never, bound by the worst level that it needs and one percent beyond. Undefined where
 * nobody offers anything, or a sale comes to nothing. `levels`: of the other side, best first.
 */
export const amountsNow = (
  side: SideOfOrder,
  base: bigint,
  levels: readonly Level[],
  steps: Steps,
): OrderAmounts | undefined => {
  let found = 0n;
  let worst: bigint | undefined;
  for (const level of levels) {
    worst = level.price;
    found += level.base;
    if (found >= base) break;
  }
  if (worst === undefined) return undefined;
  const buys = side === "buy";
  const beyond = divided(worst, GENEROUS, true);
  const aim = divided(buys ? worst + beyond : worst - beyond, steps.tick, buys) * steps.tick;
  return amountsAt(side, base, aim > steps.tick ? aim : steps.tick, steps);
};

/** The most that `quote` buys at a price, in whole lots. */
export const mostBought = (quote: bigint, price: bigint, steps: Steps): bigint =>
  price <= 0n ? 0n : ((quote * scaleOf(steps)) / price / steps.lot) * steps.lot;

/** The most that `quote` buys now, in whole lots. `levels`: asks, best first. */
export const mostBoughtNow = (quote: bigint, levels: readonly Level[], steps: Steps): bigint => {
  // In units of quote times the scale, so that nothing is rounded on the way.
  let left = quote * scaleOf(steps);
  let base = 0n;
  for (const level of levels) {
    const most = left / level.price;
    const taken = most < level.base ? most : level.base;
    base += taken;
    left -= taken * level.price;
    if (taken < level.base) break;
  }
  return (base / steps.lot) * steps.lot;
};

export const inLots = (base: bigint, { lot }: Steps): bigint => (base / lot) * lot;

/** What an order will come to, as far as the book tells. */
export interface Preview {
  /** Of base, traded at once. */
  readonly now: bigint;
  /** Of base, which rests in the book (or, of an order for now, is not bought or sold). */
  readonly later: bigint;
  /** Of quote: what the part that trades at once costs or brings. */
  readonly quoteNow: bigint;
  /** Of quote: what the rest costs or brings at its limit. */
  readonly quoteLater: bigint;
  /** In what is received. */
  readonly feeNow: bigint;
  readonly feeLater: bigint;
}

const BPS = 10_000n;

/** @param levels of the other side, best first */
export const preview = (
  side: SideOfOrder,
  { base, limit }: OrderAmounts,
  levels: readonly Level[],
  fees: { readonly taker: number; readonly maker: number },
  steps: Steps,
): Preview => {
  const buys = side === "buy";
  let left = base;
  let exact = 0n;
  for (const level of levels) {
    if (left === 0n || (buys ? level.price > limit : level.price < limit)) break;
    const taken = left < level.base ? left : level.base;
    exact += taken * level.price;
    left -= taken;
  }
  const now = base - left;
  const quoteNow = divided(exact, scaleOf(steps), buys);
  const quoteLater = costAt(left, limit, steps, buys);
  const fee = (received: bigint, bps: number): bigint => (received * BigInt(bps)) / BPS;
  return {
    now,
    later: left,
    quoteNow,
    quoteLater,
    feeNow: fee(buys ? now : quoteNow, fees.taker),
    feeLater: fee(buys ? left : quoteLater, fees.maker),
  };
};
