import { type Agent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { AddressRefused, publicLookup } from "./public-lookup.ts";
import { urlProblem } from "./url.ts";

/** What came of it. A status is what the other side answered, whatever it means. */
export type Fetched = { readonly status: number; readonly body: string } | { readonly problem: FetchProblem };

export type FetchProblem =
  /** The URL is none that is called. */
  | "url_refused"
  /** It, or what its name leads to, is not of the public Internet. */
  | "address_refused"
  | "timeout"
  /** The answer has more bytes than are read; the rest is not. */
  | "too_large"
  /** It answers that it is elsewhere: a redirect is not a way to go, or it would lead past all checks. */
  | "redirected"
  /** Not UTF-8. */
  | "not_text"
  /** No connection, a broken one, a bad certificate. What was sent may have arrived. */
  | "unreachable";

export interface FetchOptions {
  /** For all of it, connection to last byte. */
  readonly timeoutMs: number;
  readonly maxBytes: number;
  /** Plain http and addresses of any kind: on regtest, for tests and networks of one's own. */
  readonly anywhere: boolean;
  /** Posted; without it the call is a GET. */
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** Keeps connections for further calls; else each has its own. */
  readonly agent?: Agent;
}

class TooLarge extends Error {}

const readBody = async (response: IncomingMessage, maxBytes: number): Promise<Buffer> => {
  if (Number(response.headers["content-length"] ?? 0) > maxBytes) throw new TooLarge();
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > maxBytes) throw new TooLarge();
    parts.push(part);
  }
  return Buffer.concat(parts);
};

const problemOf = (error: unknown, stopped: AbortSignal): FetchProblem => {
  if (error instanceof AddressRefused) return "address_refused";
  if (error instanceof TooLarge) return "too_large";
  return stopped.aborted ? "timeout" : "unreachable";
};

const answered = (request: ClientRequest): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.on("response", resolve);
    request.on("error", reject);
    // A 101 that nobody asked for: Node destroys the request, and tells neither a response nor an error.
    request.on("close", () => reject(new Error("closed without an answer")));
  });

/**
 * Calls a URL that somebody else chose: https to the public Internet, unless `anywhere`; every byte and millisecond is bounded, and
 * no redirect is followed. Never rejects.
 */
export const fetchOutside = async (to: string, options: FetchOptions): Promise<Fetched> => {
  const { anywhere, body, headers, maxBytes, signal, timeoutMs } = options;
  const wrong = urlProblem(to, anywhere);
  if (wrong !== undefined) return { problem: wrong === "not_public" ? "address_refused" : "url_refused" };
  const url = new URL(to);
  const late = AbortSignal.timeout(timeoutMs);
  const stopped = signal ? AbortSignal.any([signal, late]) : late;
  const request = (url.protocol === "https:" ? requestHttps : requestHttp)(url, {
    method: body === undefined ? "GET" : "POST",
    headers: {
      ...headers,
      ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
    },
    agent: options.agent ?? false,
    signal: stopped,
    ...(anywhere ? {} : { lookup: publicLookup }),
  });
  try {
    request.end(body);
    const response = await answered(request);
    const status = response.statusCode!;
    if (status >= 300 && status < 400) return { problem: "redirected" };
    const bytes = await readBody(response, maxBytes);
    const text = bytes.toString("utf8");
    return Buffer.from(text).equals(bytes) ? { status, body: text } : { problem: "not_text" };
  } catch (error) {
    return { problem: problemOf(error, stopped) };
  } finally {
    request.destroy();
  }
};
