import type { Encoding } from "./encoding.ts";

/** What `GET /api/overview.js` answers (seed); members marked (ours) are our addition. */
export interface Overview {
  /** URL template: `(function_name)` is replaced by the function's name. */
  readonly req_url: string;
  readonly req_method: "POST" | "GET";
  readonly post_body_encoding: Encoding;
  readonly req_authentication_type: 1 | 2;
  readonly supported_functions: readonly string[];
  /** (ours) */
  readonly req_authentication_types?: readonly (1 | 2)[];
  readonly post_body_encodings?: readonly Encoding[];
  readonly name?: string;
  readonly network?: string;
  readonly currencies?: readonly { readonly code: string; readonly decimals: number }[];
  readonly markets?: readonly {
    readonly name: string;
    readonly base: string;
    readonly quote: string;
    /** Smallest step of the price, in quote per whole base. */
    readonly tick: string;
    /** Smallest step of the quantity, in base. */
    readonly lot: string;
    /** Not told where a wrapped exchange does not. */
    readonly maker_fee_bps?: number;
    readonly taker_fee_bps?: number;
    /** By rising 30-day volume in quote; the first is for everybody, and says what the two before it say. */
    readonly fee_tiers?: readonly FeeTierText[];
  }[];
  readonly identity?: { readonly url: string; readonly public_key: string };
  readonly stream_url?: string;
  readonly openapi_url?: string;
}

export interface FeeTierText {
  readonly volume: string;
  readonly maker_fee_bps: number;
  readonly taker_fee_bps: number;
}

export const FUNCTION_NAME_PLACE = "(function_name)";

export const functionUrl = (overview: Pick<Overview, "req_url">, functionName: string): string =>
  overview.req_url.replace(FUNCTION_NAME_PLACE, encodeURIComponent(functionName));
