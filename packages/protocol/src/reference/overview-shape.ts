import { feeTier } from "../functions/market.ts";
import * as s from "../shape.ts";

const numberOneOrTwo = s.int("1 or 2.");

/** The shape of `GET /api/overview.js`, for the reference. The TypeScript type of the same stands in overview.ts. */
export const overviewShape = s.obj(
  {
    req_url: s.str("URL template: `(function_name)` is replaced by the function's name."),
    req_method: s.oneOf("How to call.", "POST", "GET"),
    post_body_encoding: s.str("How to encode a body."),
    req_authentication_type: numberOneOrTwo,
    supported_functions: s.list(s.str(), "The functions that this hub has."),
  },
  {
    req_authentication_types: s.list(numberOneOrTwo, "All that it takes."),
    post_body_encodings: s.list(s.str(), "All that it takes."),
    name: s.str("What the hub calls itself."),
    network: s.str("The Bitcoin network it is on."),
    currencies: s.list(s.obj({ code: s.str("Upper case."), decimals: s.int("Places after the point.") })),
    markets: s.list(
      s.obj(
        {
          name: s.str("base/quote"),
          base: s.str(),
          quote: s.str(),
          tick: s.dec("Smallest step of the price, in quote per whole base."),
          lot: s.dec("Smallest step of the quantity, in base."),
          maker_fee_bps: s.int("Hundredths of a percent."),
          taker_fee_bps: s.int("Hundredths of a percent."),
        },
        { fee_tiers: s.list(feeTier, "By rising volume of 30 days; the first is for everybody.") },
      ),
    ),
    identity: s.obj(
      {
        url: s.str("Publishes the key."),
        public_key: s.str("Of what the hub signs: x-only secp256k1 (BIP-340), in base64."),
      },
      {},
      "Whose word the hub's options and transfers are.",
    ),
    stream_url: s.str("The stream: server-sent events and WebSocket."),
    openapi_url: s.str("The OpenAPI description."),
  },
);
