import type { Currency, State } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Logger } from "pino";
import { bookPrice } from "./book-price.ts";
import type { DeskConfig, DeskPair } from "./config.ts";
import { type Guard, guarded, trusted } from "./guard.ts";
import { medianPrice } from "./median-price.ts";
import { outsidePrice } from "./outside-price.ts";
import { fixedPrice, type PartTold, type PriceProblem, type PriceSource } from "./price.ts";
import { type Asked, type Terms, termsOf } from "./terms.ts";

/** What the desk says to somebody who wants an option. */
export type Quoted =
  | { readonly terms: Terms }
  | { readonly problem: PriceProblem | "not_traded" | "too_small" }
  /** Smallest base units. */
  | { readonly problem: "too_large"; readonly most: Amount; readonly base: string };

export interface Desk {
  /** Identifier or name of the account that it sells from. */
  readonly account: string;
  /** How long an option of its lives. */
  readonly lifeMs: number;
  readonly quote: (give: string, want: string, asked: Amounts, now: TimeMs) => Quoted;
  /** How the sources stand of those markets whose price is made of several. */
  readonly sources: () => readonly SourceTold[];
  readonly close: () => void;
}
export interface SourceTold extends PartTold {
  /** base/quote */
  readonly market: string;
}
type Amounts = { readonly give: Amount } | { readonly want: Amount };

/** How often prices are looked at while nobody asks: what is wild is judged by it. */
const LOOK_MS = 1000;
const ASK_OUTSIDE_MS = 2000;

interface Trading {
  readonly pair: DeskPair;
  readonly source: PriceSource;
  readonly guard: Guard;
  readonly scale: number;
  /** What was the matter at the last look: told once. */
  problem: PriceProblem | undefined;
}

const nameOf = ({ base, quote }: DeskPair): string => `${base}/${quote}`;

const sourceOf = (pair: DeskPair, state: State, quote: Currency, log: Logger): PriceSource => {
  const { price, most } = pair;
  switch (price.from) {
    case "rate":
      return fixedPrice(price.rate);
    case "book":
      return bookPrice(state, price.market, most);
    case "url":
      return outsidePrice(price.url, quote.decimals, ASK_OUTSIDE_MS);
    case "sources": {
      const rules = { ...price, staleMs: pair.staleMs, decimals: quote.decimals, everyMs: ASK_OUTSIDE_MS };
      return medianPrice(nameOf(pair), rules, log);
    }
  }
};

const ofPair = ({ pair: { base, quote } }: Trading, a: string, b: string): boolean =>
  (base === a && quote === b) || (base === b && quote === a);

/** Opens the desk: its sources begin to be watched. */
export const openDesk = (
  config: DeskConfig,
  { state, now }: { readonly state: State; readonly now: () => TimeMs },
  log: Logger,
): Desk => {
  const currency = (code: string): Currency => state.config.currencies.find((one) => one.code === code)!;
  const trading: readonly Trading[] = config.pairs.map((pair) => {
    const source = sourceOf(pair, state, currency(pair.quote), log);
    return {
      pair,
      source,
      guard: pair.price.from === "rate" ? trusted(source) : guarded(source, pair),
      scale: 10 ** currency(pair.base).decimals,
      problem: undefined,
    };
  });

  const lookAt = (one: Trading, t: TimeMs) => {
    const price = one.guard.look(t);
    const problem = "problem" in price ? price.problem : undefined;
    if (problem !== one.problem) {
      const market = nameOf(one.pair);
      if (problem === undefined) log.info({ market }, "the desk quotes again");
      else log.warn({ market, problem }, "the desk does not quote");
      one.problem = problem;
    }
    return price;
  };
  const timer = setInterval(() => {
    for (const one of trading) lookAt(one, now());
  }, LOOK_MS);
  timer.unref();

  return {
    account: config.account,
    lifeMs: config.lifeMs,
    quote: (give, want, asked, t) => {
      const one = trading.find((of) => ofPair(of, give, want));
      if (!one) return { problem: "not_traded" };
      const price = lookAt(one, t);
      if ("problem" in price) return price;
      const { pair, scale } = one;
      const givesBase = pair.base === give;
      const terms = termsOf(price, scale, pair, { givesBase, ...asked } as Asked);
      if (terms === undefined) return { problem: "too_small" };
      const size = givesBase ? terms.give : terms.want;
      return size > pair.most ? { problem: "too_large", most: pair.most, base: pair.base } : { terms };
    },
    sources: () =>
      trading.flatMap(({ pair, source }) =>
        (source.parts?.() ?? []).map((part) => ({ market: nameOf(pair), ...part })),
      ),
    close: () => {
      clearInterval(timer);
      for (const { guard } of trading) guard.close();
    },
  };
};
