import { lookup as resolve } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { isPublicAddress } from "./public-address.ts";

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
}

class AddressRefused extends Error {}

// Checked where the connection is made: what a name leads to can change between a check and a call.
const publicOnly: LookupFunction = (hostname, options, callback) => {
  resolve(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, "");
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused || addresses.length === 0)
      return callback(new AddressRefused(`${hostname} is ${refused?.address}`), "");
    if (options.all) return callback(null, addresses);
    callback(null, addresses[0]!.address, addresses[0]!.family);
  });
};

const readUrl = (text: string, anywhere: boolean): URL | undefined => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.username !== "" || url.password !== "") return undefined;
  return url.protocol === "https:" || (anywhere && url.protocol === "http:") ? url : undefined;
};

/** Posts once to a stranger's address. Redirects are not followed, and the answer's body is not read. Never rejects. */
export const post = (
  to: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  { timeoutMs, anywhere }: PostLimits,
): Promise<Posted> => {
  const url = readUrl(to, anywhere);
  if (!url) return Promise.resolve({ problem: "url_refused" });
  // For an address instead of a name nobody is asked.
  const host = url.hostname.replace(/^\[|\]$/g, "");
  if (!anywhere && isIP(host) !== 0 && !isPublicAddress(host))
    return Promise.resolve({ problem: "address_refused" });
  return new Promise((done) => {
    const send = url.protocol === "https:" ? requestHttps : requestHttp;
    const request = send(url, {
      method: "POST",
      headers: { ...headers, "content-type": "application/json", "content-length": Buffer.byteLength(body) },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(anywhere ? {} : { lookup: publicOnly }),
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
    request.end(body);
  });
};
