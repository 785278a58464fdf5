import type { Amount } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import { confirmationsFor } from "./bitcoin/tiers.ts";
import { checkConfig, type EngineConfig } from "./config.ts";
import { CONFIG, confirmations, sat } from "./testing.ts";

const [btc, usd, eur] = CONFIG.currencies as [
  EngineConfig["currencies"][0],
  EngineConfig["currencies"][0],
  EngineConfig["currencies"][0],
];
const market = CONFIG.markets[0]!;
const refuses = (next: Partial<EngineConfig>, before?: EngineConfig) =>
  expect(() => checkConfig({ ...CONFIG, ...next }, before), JSON.stringify(next)).toThrow(/^configuration: /);

describe("a configuration", () => {
  test("that cannot be run is refused with its reason", () => {
    refuses({ currencies: [usd, btc] });
    refuses({ currencies: [{ ...btc, decimals: 2 }] });
    refuses({ currencies: [btc, usd, usd] });
    refuses({ currencies: [btc, { ...usd, code: "usd" }] });
    refuses({ currencies: [btc, { ...usd, decimals: 13 }] });
    refuses({ currencies: [btc, { ...usd, max: sat(2 ** 53) }] });
    refuses({ markets: [{ ...market, quote: "XXX" }] });
    refuses({ markets: [{ ...market, quote: "BTC" }] });
    refuses({ markets: [market, { ...market, base: "USD", quote: "BTC" }] });
    refuses({ markets: [{ ...market, tick: 0 }] });
    refuses({ markets: [{ ...market, lot: 0.5 }] });
    refuses({ markets: [{ ...market, takerFeeBps: 10_001 }] });
    const tier = (volume: number, makerFeeBps = 0) => ({ volume: sat(volume), makerFeeBps, takerFeeBps: 0 });
    for (const feeTiers of [
      [tier(0)],
      [tier(1.5)],
      [tier(2), tier(2)],
      [tier(2), tier(1)],
      [tier(1, -1)],
      [tier(2 ** 53)],
    ])
      refuses({ markets: [{ ...market, feeTiers }] });
    checkConfig({ ...CONFIG, markets: [{ ...market, feeTiers: [tier(1), tier(2, 10_000)] }] });
    for (const depth of [0, 1.5, 201]) {
      refuses({ confirmations: confirmations(depth) });
      refuses({ finalAfter: depth });
      refuses({ deepReorg: depth });
    }
    refuses({ allowlistDelayMs: -1 });
    checkConfig(CONFIG);
  });

  test("asks for more confirmations the more there is at stake, and says so for every sum", () => {
    const tier = (upTo: number | null, blocks: number) => ({ upTo: upTo as Amount | null, blocks });
    refuses({ confirmations: [] });
    refuses({ confirmations: [tier(100, 1)] });
    refuses({ confirmations: [tier(100, 2), tier(null, 1)] });
    refuses({ confirmations: [tier(100, 1), tier(100, 2), tier(null, 3)] });
    refuses({ confirmations: [tier(null, 1), tier(null, 2)] });
    refuses({ confirmations: [tier(0, 1), tier(null, 2)] });
    const confirmations = [tier(100, 1), tier(1000, 3), tier(null, 6)];
    checkConfig({ ...CONFIG, confirmations });
    const needed = [1, 100, 101, 1000, 1001, 21e14].map((sum) =>
      confirmationsFor({ ...CONFIG, confirmations }, sat(sum)),
    );
    expect(needed).toEqual([1, 1, 3, 3, 6, 6]);
  });

  test("has no more currencies than the ledger can number", () => {
    const code = (i: number): string => `C${String(i).padStart(3, "0")}`;
    const some = (n: number) => [
      btc,
      ...Array.from({ length: n - 1 }, (_, i) => ({ ...usd, code: code(i) })),
    ];
    checkConfig({ ...CONFIG, currencies: some(256), markets: [] });
    refuses({ currencies: some(257), markets: [] });
  });

  test("that follows another keeps currencies, markets, ticks and lots where they are; fees may change", () => {
    refuses({ currencies: [btc, eur, usd] }, CONFIG);
    refuses({ currencies: [btc, usd], markets: [market] }, CONFIG);
    refuses({ currencies: [btc, usd, { ...eur, decimals: 3 }] }, CONFIG);
    refuses({ markets: [] }, CONFIG);
    refuses({ markets: [CONFIG.markets[1]!, market] }, CONFIG);
    refuses({ markets: [{ ...market, tick: 2 }, CONFIG.markets[1]!] }, CONFIG);
    refuses({ markets: [{ ...market, lot: 2 }, CONFIG.markets[1]!] }, CONFIG);
    checkConfig(
      {
        ...CONFIG,
        currencies: [...CONFIG.currencies, { ...usd, code: "CAD" }],
        markets: [{ ...market, makerFeeBps: 5 }, CONFIG.markets[1]!, { ...market, quote: "CAD" }],
      },
      CONFIG,
    );
  });
});
