import type { EngineConfig, Market } from "../config.ts";
import type { Effect, TradeEffect } from "../effects.ts";
import { CONFIG, type Owner, sat, type TestHub, testHub } from "../testing.ts";

/** For tests: a market and three people with ten bitcoin and ten thousand dollars each. */
export const BITCOIN = 1e8;

export const withMarket = (market: Partial<Market>): EngineConfig => ({
  ...CONFIG,
  markets: [{ ...CONFIG.markets[0]!, ...market }, CONFIG.markets[1]!],
});

export const scene = (config?: EngineConfig) => {
  const hub: TestHub = testHub(config);
  const people = [hub.account(), hub.account(), hub.account()] as const;
  for (const one of people) {
    hub.deposit(one, 10 * BITCOIN);
    hub.credit(one, "USD", 1_000_000);
  }
  const buy = (by: Owner, base: number, quote: number, more = {}) =>
    hub.order(by, quote, "USD", base, "BTC", more);
  const sell = (by: Owner, base: number, quote: number, more = {}) =>
    hub.order(by, base, "BTC", quote, "USD", more);
  return { hub, people, buy, sell };
};

export const tradesOf = (effects: readonly Effect[]): TradeEffect[] =>
  effects.filter((one): one is TradeEffect => one.is === "trade");

export const traded = (effects: readonly Effect[]): [maker: number, quantity: number, price: number][] =>
  tradesOf(effects).map((one) => [one.maker.order, one.quantity, one.price]);

export const cancel = (by: Owner, order: number) =>
  ({ kind: "cancel-order", by: by.calls("cancel-order"), order }) as const;
export const amend = (by: Owner, order: number, give: number, want: number) =>
  ({ kind: "amend-order", by: by.calls("amend-order"), order, give: sat(give), want: sat(want) }) as const;
