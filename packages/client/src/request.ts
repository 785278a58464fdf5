import {
  callNonce,
  encodeForm,
  functionUrl,
  JSON_BODY,
  type Overview,
  SIGNATURE_HEADER,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import type { Credentials } from "./credentials.ts";
import { randomToken } from "./random-token.ts";
import { type KeyReading, signBytes } from "./signing-key.ts";

export interface HubRequest {
  readonly url: string;
  readonly method: "POST" | "GET";
  readonly headers: Record<string, string>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Throws for what has no form as a parameter: our caller's own bug. */
export const checkValues = (values: Readonly<Record<string, unknown>>): void => {
  for (const [name, value] of Object.entries(values)) {
    if (value === null || typeof value === "function" || typeof value === "bigint")
      throw new TypeError(`${name} must be a string, a whole number, true or false, or a list`);
    if (typeof value === "number" && !Number.isSafeInteger(value))
      throw new TypeError(`${name} must be a whole number; amounts are strings, never numbers`);
  }
};

const authentication = (
  name: string,
  credentials: Credentials | undefined,
  nowMs: number,
): Record<string, string> => {
  if (credentials === undefined) return {};
  if ("pass" in credentials) return { name: credentials.name, pass: credentials.pass };
  return callNonce(name, credentials.account, nowMs, randomToken());
};

/** `nowMs`: the hub's clock. `keyReading`: how the hub reads a key's text. */
export interface SigningTerms {
  readonly nowMs: number;
  readonly keyReading: KeyReading;
}

/** One call of a function as the hub's overview wants it, signed with a fresh nonce. */
export const buildRequest = async (
  overview: Overview,
  name: string,
  params: Readonly<Record<string, unknown>>,
  credentials: Credentials | undefined,
  { nowMs, keyReading }: SigningTerms,
): Promise<HubRequest> => {
  const added = authentication(name, credentials, nowMs);
  const clash = Object.keys(added).find((key) => params[key] !== undefined);
  if (clash !== undefined)
    throw new TypeError(
      `${name} has a parameter ${clash} of its own, which this authentication needs: sign with an HMAC authkey`,
    );
  const values = { ...params, ...added };
  const headers: Record<string, string> = {};
  const sign = async (bytes: Uint8Array<ArrayBuffer>): Promise<void> => {
    if (credentials === undefined || "pass" in credentials) return;
    headers[TOKEN_HEADER] = credentials.token;
    headers[SIGNATURE_HEADER] = await signBytes(credentials.key, bytes, keyReading);
  };
  const base = functionUrl(overview, name);

  if (overview.req_method === "GET") {
    const query = encodeForm(values);
    const url = query === "" ? base : `${base}${base.includes("?") ? "&" : "?"}${query}`;
    // The whole query string is signed, with what the template itself may have in it.
    await sign(new TextEncoder().encode(url.includes("?") ? url.slice(url.indexOf("?") + 1) : ""));
    return { url, method: "GET", headers };
  }
  const encoding = overview.post_body_encoding;
  const body = new TextEncoder().encode(encoding === JSON_BODY ? JSON.stringify(values) : encodeForm(values));
  headers["content-type"] = encoding;
  await sign(body);
  return { url: base, method: "POST", headers, body };
};
