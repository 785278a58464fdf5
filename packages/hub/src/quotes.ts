import type { Amount, TimeMs } from "@coinholder/protocol";
import { newQuoteId } from "./ids.ts";

export const QUOTE_MS = 30_000;

export interface Quote {
  readonly account: string;
  readonly address: string;
  readonly amount: Amount;
  readonly subtractFee: boolean;
  readonly fee: Amount;
  readonly expires: TimeMs;
}

/** Fees promised for half a minute. They bind only the hub, so they need not outlive it. */
export interface Quotes {
  readonly give: (quote: Omit<Quote, "expires">, now: TimeMs) => { id: string; expires: TimeMs };
  readonly find: (id: string, now: TimeMs) => Quote | undefined;
}

export const makeQuotes = (): Quotes => {
  const quotes = new Map<string, Quote>();
  return {
    give: (quote, now) => {
      for (const [id, { expires }] of quotes) {
        if (expires > now) break;
        quotes.delete(id);
      }
      const id = newQuoteId();
      const expires = (now + QUOTE_MS) as TimeMs;
      quotes.set(id, { ...quote, expires });
      return { id, expires };
    },
    find: (id, now) => {
      const quote = quotes.get(id);
      return quote && quote.expires > now ? quote : undefined;
    },
  };
};
