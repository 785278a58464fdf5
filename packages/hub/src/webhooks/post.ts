import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { AddressRefused, publicLookup } from "../outside/public-lookup.ts";
import { urlProblem } from "../outside/url.ts";

/** What became of one try. A status is what the other side answered, whatever it means. */
export type Posted = { readonly status: number } | { readonly problem: PostProblem };

export type PostProblem =
  /** The URL is none that is called. */
  | "url_refused"
  /** Its name leads to an address that is not of the public Internet. */
  | "address_refused"
  | "timeout"
  /** No connection, a broken one, a bad certificate. */
  | "unreachable";

export interface PostLimits {
  readonly timeoutMs: number;
  /** For tests and networks of one's own: plain http, and addresses of any kind. */
  readonly anywhere: boolean;
  /** Breaks it off, as a `timeout`. */
  readonly signal?: AbortSignal;
}

/** Posts once to a stranger's address. Redirects are not followed, and the answer's body is not read. Never rejects. */
export const post = (
  to: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { timeoutMs, anywhere, signal }: PostLimits,
): Promise<Posted> => {
  const problem = urlProblem(to, anywhere);
  if (problem !== undefined)
    return Promise.resolve({ problem: problem === "not_public" ? "address_refused" : "url_refused" });
  const url = new URL(to);
  return new Promise((done) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      agent: false,
      signal: signal
        ? AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
        : AbortSignal.timeout(timeoutMs),
      ...(anywhere ? {} : { lookup: publicLookup }),
    });
    request.on("response", (response) => {
      done({ status: response.statusCode! });
      response.destroy();
    });
    request.on("error", (error: Error) => {
      if (error instanceof AddressRefused) done({ problem: "address_refused" });
      else
        done({
          problem: error.name === "AbortError" || error.name === "TimeoutError" ? "timeout" : "unreachable",
        });
    });
    // A 101 that nobody asked for: Node destroys the request, and tells neither a response nor an error.
    request.on("close", () => done({ problem: "unreachable" }));
    request.end(body);
  });
};
