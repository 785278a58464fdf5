import {
  type Answer,
  callNonce,
  encodeForm,
  FORM,
  FUNCTION_NAME_PLACE,
  type FunctionName,
  functionRow,
  functionUrl,
  JSON_BODY,
  type Overview,
  SIGNATURE_HEADER,
  signCall,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import {
  ArgumentsRequired,
  BadResponse,
  type Dict,
  Exchange,
  InvalidNonce,
  type int,
  NotSupported,
  type Str,
} from "ccxt";
import { description } from "./describe.ts";
import { classOfStatus } from "./errors.ts";

/** The call was refused for its time, and the difference between the clocks is known now. */
class ClockCorrected extends InvalidNonce {}

/** 128 random bits in hex. */
export const randomToken = (): string =>
  Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );

const DEFAULTS = { req_method: "POST", post_body_encoding: FORM } as const;

const isOverview = (told: unknown): told is Overview => {
  const overview = told as Partial<Overview> | null;
  return (
    typeof overview === "object" &&
    overview !== null &&
    typeof overview.req_url === "string" &&
    overview.req_url.includes(FUNCTION_NAME_PLACE) &&
    (overview.req_method === "POST" || overview.req_method === "GET") &&
    Array.isArray(overview.supported_functions)
  );
};

/** How a hub is called, in ccxt's terms: by its overview, signed, with the protocol's errors as ccxt's classes. */
export class HubExchange extends Exchange {
  private overview: Overview | undefined;

  override describe(): Dict {
    return this.deepExtend(super.describe(), description);
  }

  /** ms since 1970 by the hub's clock, as far as it is known. */
  override nonce(): number {
    return this.milliseconds() - Number(this.options.timeDifference ?? 0);
  }

  private hubUrl(): string {
    const { api } = this.urls;
    const given = typeof api === "string" ? api : String(api?.public);
    if (given.includes("{hostname}") && !this.hostname)
      throw new ArgumentsRequired(`${this.id}: which hub? Give its hostname, or its URL as urls.api`);
    const url = this.hostname?.includes("://") ? this.hostname : this.implodeHostname(given);
    return url.replace(/\/+$/, "");
  }

  /** Whether the hub is of our kind, and takes what the protocol adds to the seed. Known once the overview was read. */
  protected isOurs(): boolean {
    return this.overview?.openapi_url !== undefined;
  }

  protected async readOverview(): Promise<Overview> {
    const told: unknown = await this.request("overview.js", "public", "GET");
    if (!isOverview(told)) throw new BadResponse(`${this.id}: ${this.hubUrl()} has no overview of a hub`);
    const types = told.req_authentication_types ?? [told.req_authentication_type];
    if (!types.includes(2)) throw new NotSupported(`${this.id}: this hub takes no signed calls`);
    this.overview = told;
    return told;
  }

  override sign(
    path: string,
    api = "public",
    method = "POST",
    params: Dict = {},
    headers: Dict | undefined = undefined,
    body: Str = undefined,
  ): Dict {
    if (path === "overview.js") return { url: `${this.hubUrl()}/api/overview.js`, method, headers, body };
    const template = this.overview ?? { req_url: `${this.hubUrl()}/api/${FUNCTION_NAME_PLACE}` };
    const { post_body_encoding: encoding } = this.overview ?? DEFAULTS;
    const isSigned = api === "private";
    if (isSigned) this.checkRequiredCredentials();
    const values = isSigned
      ? { ...params, ...callNonce(path, this.uid, this.nonce(), randomToken()) }
      : { ...params };
    const signature = (bytes: string): Dict =>
      isSigned
        ? {
            [TOKEN_HEADER]: this.apiKey,
            [SIGNATURE_HEADER]: signCall(this.secret, new TextEncoder().encode(bytes)),
          }
        : {};
    const base = functionUrl(template, path);
    if (method === "GET") {
      const query = encodeForm(values);
      const url = query === "" ? base : `${base}${base.includes("?") ? "&" : "?"}${query}`;
      // The whole query string is signed, with what the template itself may have in it.
      const signedBytes = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
      return { url, method, headers: { ...headers, ...signature(signedBytes) }, body: undefined };
    }
    const sent = encoding === JSON_BODY ? JSON.stringify(values) : encodeForm(values);
    return {
      url: base,
      method,
      headers: { ...headers, "Content-Type": encoding, ...signature(sent) },
      body: sent,
    };
  }

  /** What was refused for its time did nothing: it is signed anew, once, by the hub's clock. */
  override async request(
    path: string,
    api = "public",
    method = "POST",
    params: Dict = {},
    headers: unknown = undefined,
    body: unknown = undefined,
    config = {},
  ): Promise<unknown> {
    const once = (): Promise<unknown> =>
      super.request(path, api, method, params, headers, body, config) as Promise<unknown>;
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof ClockCorrected)) throw error;
      return await once();
    }
  }

  override handleErrors(
    status: int,
    _reason: string,
    _url: string,
    _method: string,
    _headers: Dict,
    body: string,
    response: unknown,
  ): undefined {
    const error = (response as { error?: { code?: unknown; now?: unknown } } | undefined)?.error;
    if (typeof error?.code !== "string") return;
    const told = `${this.id} ${body}`;
    if (error.code === "nonce_stale" && Number.isSafeInteger(error.now)) {
      this.options.timeDifference = this.milliseconds() - Number(error.now);
      throw new ClockCorrected(told);
    }
    this.throwExactlyMatchedException(this.exceptions.exact, error.code, told);
    throw new (classOfStatus(status))(told);
  }

  /** A function of the hub by its name in the protocol. Throws ccxt's errors. */
  protected async call<N extends FunctionName>(name: N, params: Dict = {}): Promise<Answer<N>> {
    const overview = this.overview ?? (await this.readOverview());
    if (!overview.supported_functions.includes(name))
      throw new NotSupported(`${this.id}: this hub does not have ${name}`);
    const api = functionRow(name).access === "account" ? "private" : "public";
    const answer: unknown = await this.request(name, api, overview.req_method, params);
    // The status was good and the answer is none: what the call did is unknown.
    if (typeof answer !== "object" || answer === null)
      throw new BadResponse(`${this.id} ${name} answered ${String(answer).slice(0, 200)}`);
    return answer as Answer<N>;
  }
}
