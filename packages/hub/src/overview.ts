import { FORM, formatAmount, functionNames, JSON_BODY, type Overview } from "@coinholder/protocol";
import type { HubConfig } from "./config-file.ts";

/** How this hub describes itself at /api/overview.js. */
export const overviewOf = (config: HubConfig, publicUrl: string, network: string): Overview => {
  const { currencies, markets } = config.engine;
  const decimals = (code: string): number => currencies.find((currency) => currency.code === code)!.decimals;
  return {
    req_url: `${publicUrl}/api/(function_name)`,
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: functionNames,
    req_authentication_types: [1, 2],
    post_body_encodings: [FORM, JSON_BODY],
    name: config.name,
    network,
    currencies: currencies.map(({ code, decimals: places }) => ({ code, decimals: places })),
    markets: markets.map(({ base, quote, tick, lot, makerFeeBps, takerFeeBps }) => ({
      name: `${base}/${quote}`,
      base,
      quote,
      tick: formatAmount(tick, decimals(quote)),
      lot: formatAmount(lot, decimals(base)),
      maker_fee_bps: makerFeeBps,
      taker_fee_bps: takerFeeBps,
    })),
    openapi_url: `${publicUrl}/api/openapi.json`,
  };
};
