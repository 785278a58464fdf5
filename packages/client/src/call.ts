import { type FunctionRow, functionRow, isFunctionName, type Overview } from "@coinholder/protocol";
import type { Credentials } from "./credentials.ts";
import { exchange } from "./exchange.ts";
import { HubError, withOutcome } from "./hub-error.ts";
import { randomToken } from "./random-token.ts";
import { buildRequest } from "./request.ts";

/** What all users of one connection share. */
export interface Connection {
  readonly overview: Overview;
  readonly timeoutMs: number;
  /** The hub's clock less ours, in ms; learnt from `nonce_stale`. */
  clockOffsetMs: number;
}

export interface CallOptions {
  /** Ends the call; whether it took effect is then unknown. */
  readonly signal?: AbortSignal;
  /** How long one try may take, beside `wait_ms`. */
  readonly timeoutMs?: number;
  /** Signs a function that is open to all, too: `create-account` while only the operator makes accounts. */
  readonly signed?: true;
}

/** Pauses before the second, third and fourth try, in ms. */
const PAUSES_MS = [200, 600, 1_800];

/**
 * Whether a retry is safe: the function takes a `client_id` as the call's own name (that of `cancel-order` names an
 * order), and the hub is one that knows client ids. The seed's hubs do not: there a second try could pay twice.
 */
const isRepeatable = (overview: Overview, row: FunctionRow | undefined): boolean =>
  row?.errors.includes("client_id_conflict") === true && overview.openapi_url !== undefined;

/** Who signs this call; undefined: nobody. What is open to all is asked without a name, unless signing tells more. */
const signerOf = (
  name: string,
  row: FunctionRow | undefined,
  params: Readonly<Record<string, unknown>>,
  credentials: Credentials | undefined,
  signed: boolean,
): Credentials | undefined => {
  const access = row?.access ?? "account";
  if (signed || access === "account" || access === "operator") {
    if (credentials === undefined)
      throw new HubError("authentication_missing", `${name} needs an account: connect with credentials.`, {
        status: 401,
      });
    return credentials;
  }
  if (access === "self-signed") return params.signature === undefined ? credentials : undefined;
  return name === "invoice-status" ? credentials : undefined;
};

const pause = (ms: number, signal: AbortSignal | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done);
  });

const waitOf = (params: Readonly<Record<string, unknown>>): number => {
  const wait = Number(params.wait_ms ?? 0);
  return Number.isSafeInteger(wait) && wait > 0 ? wait : 0;
};

/** Calls a function, again where that is safe and needed. Throws HubError. */
export const callFunction = async (
  connection: Connection,
  credentials: Credentials | undefined,
  name: string,
  given: Readonly<Record<string, unknown>>,
  options: CallOptions,
): Promise<unknown> => {
  const { overview } = connection;
  if (!overview.supported_functions.includes(name))
    throw new HubError("function_unknown", `This hub has no function ${name}.`, { status: 404 });
  const row = isFunctionName(name) ? functionRow(name) : undefined;
  const signer = signerOf(name, row, given, credentials, options.signed === true);
  const repeatable = isRepeatable(overview, row);
  const params = repeatable && given.client_id === undefined ? { ...given, client_id: randomToken() } : given;
  const timeoutMs = (options.timeoutMs ?? connection.timeoutMs) + waitOf(given);

  const once = async (): Promise<unknown> => {
    const { url, ...request } = await buildRequest(
      overview,
      name,
      params,
      signer,
      Date.now() + connection.clockOffsetMs,
    );
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    return exchange(url, { ...request, signal });
  };

  let mayHaveArrived = false;
  let clockCorrected = false;
  let tries = 0;
  for (;;) {
    try {
      return await once();
    } catch (error) {
      if (!(error instanceof HubError)) throw error;
      const now = error.particulars.now;
      if (error.code === "nonce_stale" && !clockCorrected && Number.isSafeInteger(now)) {
        clockCorrected = true;
        connection.clockOffsetMs = (now as number) - Date.now();
        continue;
      }
      if (row?.changes === false) throw withOutcome(error, false);
      // Once a try may have arrived, only a refusal by the function itself tells that it did not: one for want of
      // a connection, a nonce or a permission is decided before the hub looks for the client_id.
      const settled = !error.unknown && (!mayHaveArrived || row?.errors.some((code) => code === error.code));
      if (settled) throw error;
      mayHaveArrived = true;
      const next = repeatable && options.signal?.aborted !== true ? PAUSES_MS[tries++] : undefined;
      if (next === undefined)
        throw withOutcome(error, true, repeatable ? { client_id: params.client_id } : {});
      await pause(next, options.signal);
    }
  }
};
