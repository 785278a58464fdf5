import {
  type FunctionName,
  type FunctionRow,
  functionRow,
  isFunctionName,
  type Overview,
} from "@coinholder/protocol";
import type { Credentials } from "./credentials.ts";
import { exchange } from "./exchange.ts";
import { HubError, withOutcome } from "./hub-error.ts";
import { pause } from "./pause.ts";
import { randomToken } from "./random-token.ts";
import { buildRequest, checkValues } from "./request.ts";
import { isOurs, seedAnswer } from "./seed-answer.ts";
import { isBase64, type KeyReading } from "./signing-key.ts";

/** What all users of one connection share. */
export interface Connection {
  readonly overview: Overview;
  readonly timeoutMs: number;
  /** The hub's clock less ours, in ms; learnt from `nonce_stale`. */
  clockOffsetMs: number;
  /** How the hub reads a key's text; undefined until a signed call of a hub of another make has worked. */
  keyReading: KeyReading | undefined;
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
  row?.errors.includes("client_id_conflict") === true && isOurs(overview);

/** Statuses by which hubs that know the seed alone may refuse a signature. */
const MAY_BE_THE_SIGNATURE = [400, 401, 403];
/** What a read is asked by, to learn how a hub of another make wants calls signed. */
const PROBE: FunctionName = "my-balance";

/**
 * How to sign again after a refusal, if there is another way: with the clock that the hub tells, or with a key's text read the
 * other way, which the seed leaves open. On a hub that knows the seed alone only reads are signed again: what its 4xx is worth
 * nobody knows.
 */
const corrected = (
  connection: Connection,
  signer: Credentials | undefined,
  error: HubError,
  changes: boolean,
  tried: { clock: boolean; keyReading: KeyReading },
): boolean => {
  if (signer === undefined || "pass" in signer) return false;
  const ours = isOurs(connection.overview);
  if (ours ? error.code !== "nonce_stale" : changes || !MAY_BE_THE_SIGNATURE.includes(error.status))
    return false;
  const { now } = error.particulars;
  if (!tried.clock && Number.isSafeInteger(now)) {
    tried.clock = true;
    connection.clockOffsetMs = (now as number) - Date.now();
    return true;
  }
  const isOpen = connection.keyReading === undefined && typeof signer.key === "string";
  if (!isOpen || tried.keyReading === "text") return false;
  tried.keyReading = "text";
  return true;
};

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

/** Whether a refusal holds for now only, so that it says nothing of an earlier try. */
const isPassing = ({ status }: HubError): boolean => status === 429 || status >= 500;

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
  checkValues(given);
  const row = isFunctionName(name) ? functionRow(name) : undefined;
  const signer = signerOf(name, row, given, credentials, options.signed === true);
  const repeatable = isRepeatable(overview, row);
  const params = repeatable && given.client_id === undefined ? { ...given, client_id: randomToken() } : given;
  const timeoutMs = (options.timeoutMs ?? connection.timeoutMs) + waitOf(given);

  const isTextKey = signer !== undefined && !("pass" in signer) && typeof signer.key === "string";
  const firstReading = isTextKey && !isBase64(signer.key as string) ? "text" : "base64";
  const changes = row?.changes !== false;
  if (
    isTextKey &&
    changes &&
    connection.keyReading === undefined &&
    overview.supported_functions.includes(PROBE)
  )
    await callFunction(connection, credentials, PROBE, {}, options).catch(() => {});
  const tried = { clock: false, keyReading: connection.keyReading ?? firstReading };

  const once = async (): Promise<unknown> => {
    const { url, ...request } = await buildRequest(overview, name, params, signer, {
      nowMs: Date.now() + connection.clockOffsetMs,
      keyReading: tried.keyReading,
    });
    const timeout = AbortSignal.timeout(timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    const body = await exchange(url, { ...request, signal });
    if (isTextKey) connection.keyReading = tried.keyReading;
    if (!isOurs(overview)) return seedAnswer(name, body);
    if (body !== undefined) return body;
    throw new HubError("answer_malformed", "The answer is empty.", { status: 200, unknown: true });
  };

  let mayHaveArrived = false;
  let refusedBefore: HubError | undefined;
  let tries = 0;
  for (;;) {
    try {
      return await once();
    } catch (caught) {
      if (!(caught instanceof HubError)) throw caught;
      if (corrected(connection, signer, caught, changes, tried)) {
        refusedBefore = caught;
        continue;
      }
      // Signed another way it is refused as a stranger's: then what was said before is why.
      const strangers = caught.status === 401 || caught.status === 403;
      const error = strangers && tried.keyReading !== firstReading ? (refusedBefore ?? caught) : caught;
      if (!changes) throw withOutcome(error, false);
      // Once a try may have arrived, only a refusal by the function itself tells that it did not: one for want of
      // a connection, a nonce, a permission or room is decided before the hub looks for the client_id.
      const byFunction = row?.errors.some((code) => code === error.code) && !isPassing(error);
      // A nonce is made for one request: used, another copy of this very one came first (browsers send some again by themselves).
      if (error.code === "nonce_used") mayHaveArrived = true;
      const settled = !error.unknown && (!mayHaveArrived || byFunction);
      if (settled) throw error;
      mayHaveArrived = true;
      const next = repeatable && options.signal?.aborted !== true ? PAUSES_MS[tries++] : undefined;
      if (next === undefined)
        throw withOutcome(error, true, repeatable ? { client_id: params.client_id } : {});
      await pause(next, options.signal);
    }
  }
};
