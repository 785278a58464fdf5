import type { EngineConfig, Market } from "@coinholder/engine";

/** All that was traded at Mt Gox. */
export const MTGOX_MARKET = "BTC/USD";

const find = ({ markets }: Pick<EngineConfig, "markets">): Market | undefined =>
  markets.find(({ base, quote }) => base === "BTC" && quote === "USD");

/** Throws where a hub cannot answer as Mt Gox did. */
export const checkMtgoxMarket = (config: Pick<EngineConfig, "markets">): void => {
  if (find(config) === undefined)
    throw new Error(
      `--mtgox needs a market ${MTGOX_MARKET}: this hub has none. Add it to the configuration file, or start without --mtgox`,
    );
};

/** Places of both currencies, and the step of the price in the smallest unit of USD. */
export const mtgoxMarket = (
  config: EngineConfig,
): { readonly btcPlaces: number; readonly usdPlaces: number; readonly tick: number } => {
  const places = (code: string): number => config.currencies.find((one) => one.code === code)!.decimals;
  return { btcPlaces: places("BTC"), usdPlaces: places("USD"), tick: find(config)!.tick };
};
