import { promises as dns } from "node:dns";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import type { LookupFunction } from "node:net";
import { isOwnName } from "./own-name.ts";
import { isPublicAddress } from "./public-address.ts";
import { urlProblem } from "./url.ts";

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

class AddressRefused extends Error {}

// Not getaddrinfo: that waits in a thread of which there are few, so that names which are slow to answer for would hold up others.
const resolve = async (hostname: string): Promise<{ address: string; family: 4 | 6 }[]> => {
  const [four, six] = await Promise.allSettled([dns.resolve4(hostname), dns.resolve6(hostname)]);
  return [
    ...(four.status === "fulfilled" ? four.value : []).map((address) => ({ address, family: 4 as const })),
    ...(six.status === "fulfilled" ? six.value : []).map((address) => ({ address, family: 6 as const })),
  ];
};

// Checked where the connection is made: what a name leads to can change between a check and a call.
const publicOnly: LookupFunction = (hostname, options, callback) => {
  if (isOwnName(hostname)) return callback(new AddressRefused(hostname), "");
  void resolve(hostname).then((addresses) => {
    const refused = addresses.find(({ address }) => !isPublicAddress(address));
    if (refused) return callback(new AddressRefused(`${hostname} is ${refused.address}`), "");
    const [first] = addresses;
    if (!first) return callback(new Error(`${hostname} has no address`), "");
    if (options.all) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

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
