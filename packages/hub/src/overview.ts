import type { EngineConfig, Market } from "@coinholder/engine";
import { FORM, formatAmount, functionNames, JSON_BODY, type Overview } from "@coinholder/protocol";
import type { HubConfig } from "./config-file.ts";
import type { OwnIdentity } from "./identity/own.ts";

/** What trading costs, by the 30-day volume from which on; the first is for everybody. */
export const feeTiers = (
  config: EngineConfig,
  { quote, makerFeeBps, takerFeeBps, feeTiers = [] }: Market,
) => {
  const { decimals } = config.currencies.find((currency) => currency.code === quote)!;
  return [{ volume: 0, makerFeeBps, takerFeeBps }, ...feeTiers].map((tier) => ({
    volume: formatAmount(tier.volume, decimals),
    maker_fee_bps: tier.makerFeeBps,
    taker_fee_bps: tier.takerFeeBps,
  }));
};

export const IDENTITY_PATH = "/identity.js";

/** How this hub describes itself at /api/overview.js. */
export const overviewOf = (
  config: HubConfig,
  publicUrl: string,
  network: string,
  identity: Pick<OwnIdentity, "publicKey">,
  hasFaucet: boolean,
): Overview => {
  const { currencies, markets } = config.engine;
  const decimals = (code: string): number => currencies.find((currency) => currency.code === code)!.decimals;
  return {
    req_url: `${publicUrl}/api/(function_name)`,
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: functionNames.filter((name) => hasFaucet || name !== "play-money"),
    req_authentication_types: [1, 2],
    post_body_encodings: [FORM, JSON_BODY],
    name: config.name,
    network,
    currencies: currencies.map(({ code, decimals: places }) => ({ code, decimals: places })),
    markets: markets.map((market) => {
      const { base, quote, tick, lot, makerFeeBps, takerFeeBps } = market;
      return {
        name: `${base}/${quote}`,
        base,
        quote,
        tick: formatAmount(tick, decimals(quote)),
        lot: formatAmount(lot, decimals(base)),
        maker_fee_bps: makerFeeBps,
        taker_fee_bps: takerFeeBps,
        fee_tiers: feeTiers(config.engine, market),
      };
    }),
    identity: {
      url: `${publicUrl}${IDENTITY_PATH}`,
      // Asked for each time: the operator may give the hub another one.
      get public_key() {
        return identity.publicKey();
      },
    },
    stream_url: `${publicUrl}/api/stream`,
    openapi_url: `${publicUrl}/api/openapi.json`,
  };
};
