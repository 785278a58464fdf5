import { HubError } from "./hub-error.ts";

// Failures before a connection came about, as Node names them. Browsers do not tell, so there nothing is certain.
const NOT_CONNECTED = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

// Node's codes for a certificate that it does not take; the request is sent only after that.
const NOT_TRUSTED =
  /^(?:CERT_|DEPTH_ZERO_SELF_SIGNED_CERT$|SELF_SIGNED_CERT_IN_CHAIN$|UNABLE_TO_VERIFY_LEAF_SIGNATURE$|UNABLE_TO_GET_ISSUER_CERT|ERR_TLS_CERT_ALTNAME_INVALID$)/;

// 5xx leaves the outcome unknown, but for these codes, which say that nothing was changed (protocol: errors.ts).
const CHANGED_NOTHING = new Set([
  "unsupported",
  "node_unreachable",
  "overloaded",
  "disk_full",
  "peer_unreachable",
  "coins_not_ready",
]);

/** A clock this far from ours, in ms, may be why a signature was refused. */
const CLOCK_DIFFERS_MS = 5_000;

export const noAnswer = (error: unknown, signal: AbortSignal, address: string): HubError => {
  if (signal.aborted)
    return (signal.reason as Error | undefined)?.name === "TimeoutError"
      ? new HubError("timeout", `No answer from ${address} in time.`, { unknown: true, cause: error })
      : new HubError("aborted", "The caller gave the call up.", { unknown: true, cause: error });
  const cause = (error as Error | undefined)?.cause as { code?: string; message?: string } | undefined;
  const why = cause?.code ?? cause?.message ?? (error as Error | undefined)?.message ?? String(error);
  if (NOT_TRUSTED.test(cause?.code ?? ""))
    return new HubError(
      "certificate_refused",
      `The certificate of ${address} is not trusted here (${why}). Nothing was sent. If it is of an authority of your own, let the environment variable NODE_EXTRA_CA_CERTS name that authority's file.`,
      { cause: error },
    );
  return NOT_CONNECTED.has(cause?.code ?? "")
    ? new HubError("hub_unreachable", `No hub answers at ${address} (${why}).`, { cause: error })
    : new HubError("connection_lost", `The connection to ${address} was lost (${why}).`, {
        unknown: true,
        cause: error,
      });
};

/** What a hub of another make says to people, in a line. */
const foreignWords = (body: unknown, text: string): string => {
  const { error, message } = (typeof body === "object" && body !== null ? body : {}) as Record<
    string,
    unknown
  >;
  const told = [error, message, text.replace(/<[^>]*>/g, " ")].find((words) => typeof words === "string");
  return (told as string).replace(/\s+/g, " ").trim().slice(0, 300);
};

/** The seed leaves the body of an error open: then the status is all there is. */
const foreignRefusal = (status: number, words: string, clock: number | undefined): HubError => {
  const about = words === "" ? `HTTP ${status}, without a word.` : `HTTP ${status}: ${words}`;
  if (status >= 500) return new HubError("hub_failed", about, { status, unknown: true });
  // A redirect or the like can come from anything on the way.
  if (status < 400) return new HubError("answer_malformed", about, { status, unknown: true });
  const code = status === 401 ? "authentication_failed" : status === 429 ? "rate_limited" : "refused";
  return new HubError(code, about, { status, particulars: clock === undefined ? {} : { now: clock } });
};

/** The clock of who answered, in whole seconds, where it differs from ours by more than `CLOCK_DIFFERS_MS`. */
const otherClock = (date: string | null): number | undefined => {
  const now = Date.parse(date ?? "");
  return Math.abs(now - Date.now()) > CLOCK_DIFFERS_MS ? now : undefined;
};

/** `date`: the header of that name. */
export const refused = (status: number, body: unknown, text = "", date: string | null = null): HubError => {
  const answered = (body as { error?: unknown } | null | undefined)?.error;
  const { code, message, ...particulars } = (
    typeof answered === "object" && answered !== null ? answered : {}
  ) as Record<string, unknown>;
  // Only 4xx is surely without effect: a redirect or the like can come from anything on the way.
  const unsure = status < 400 || status >= 500;
  if (typeof code !== "string") return foreignRefusal(status, foreignWords(body, text), otherClock(date));
  return new HubError(code, typeof message === "string" ? message : code, {
    status,
    unknown: unsure && !CHANGED_NOTHING.has(code),
    particulars,
  });
};

/** One HTTP exchange: the JSON of a 200 (undefined when that is empty), anything else as a HubError. */
export const exchange = async (
  url: string,
  request: RequestInit & { readonly signal: AbortSignal },
): Promise<unknown> => {
  const address = new URL(url).origin;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, { credentials: "omit", redirect: "manual", ...request });
    text = await response.text();
  } catch (error) {
    throw noAnswer(error, request.signal, address);
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = undefined;
  }
  if (response.status !== 200) throw refused(response.status, body, text, response.headers.get("date"));
  if (body === undefined && text.trim() !== "")
    throw new HubError("answer_malformed", `What ${address} answered is not JSON.`, {
      status: response.status,
      unknown: true,
    });
  return body;
};
