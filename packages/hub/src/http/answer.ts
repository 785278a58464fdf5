import { isUtf8 } from "node:buffer";
import {
  decodeForm,
  decodeJson,
  type Encoding,
  FORM,
  type FunctionRow,
  functionRow,
  isFunctionName,
  JSON_BODY,
  type Refusal,
  refusal,
  statusOf,
  TYPE_2_PARAMS,
} from "@coinholder/protocol";
import { callFunction } from "../functions/registry.ts";
import type { Hub } from "../hub.ts";
import type { Authenticator, Proven } from "./authenticate.ts";

/** A request for a function, as the web server hands it over. */
export interface Request {
  readonly fn: string;
  readonly method: "GET" | "POST";
  /** The body, or the query string of a GET, byte for byte. */
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly token: string | undefined;
  readonly signature: string | undefined;
  readonly source: string;
}

export interface Response {
  readonly status: number;
  readonly body: unknown;
}

type Refused = { refused: Refusal };
const refuse = (...of: Parameters<typeof refusal>): Refused => ({ refused: refusal(...of) });

/** How the body is written; undefined where this hub does not read it. */
const encodingOf = (contentType = FORM): Encoding | undefined => {
  if (contentType === FORM) return FORM;
  const [type, ...parameters] = contentType.split(";").map((part) => part.trim().toLowerCase());
  const charset = parameters.find((parameter) => parameter.startsWith("charset="));
  if (charset !== undefined && !/^charset="?utf-8"?$/.test(charset)) return undefined;
  return type === FORM || type === JSON_BODY ? type : undefined;
};

const decode = ({ method, contentType, bytes }: Request): ReturnType<typeof decodeForm> => {
  // Without a body there is nothing to be of a type.
  const encoding = method === "GET" || bytes.length === 0 ? FORM : encodingOf(contentType);
  if (encoding === undefined) return refuse("content_type_unsupported");
  if (!isUtf8(bytes)) return refuse("body_malformed", {}, "The bytes are not UTF-8.");
  const text = bytes.toString("utf8");
  return encoding === FORM ? decodeForm(text) : decodeJson(text);
};

/** Proves who calls, and takes what served for that out of the parameters. */
const authenticate = async (
  hub: Hub,
  authenticator: Authenticator,
  request: Request,
  row: FunctionRow,
  pairs: Map<string, unknown>,
): Promise<{ by: Proven | undefined } | Refused> => {
  const { now } = hub.sequencer;
  const { fn, bytes, token, signature, source } = request;
  if (token !== undefined || signature !== undefined) {
    const proven = authenticator.bySignature({ fn, pairs, bytes, token, signature, source }, now());
    if ("refused" in proven) return proven;
    for (const param of TYPE_2_PARAMS) pairs.delete(param);
    return { by: proven };
  }
  // `name` and `pass` are create-account's own parameters; there they make a password instead of proving one.
  const [name, pass] = fn === "create-account" ? [] : [pairs.get("name"), pairs.get("pass")];
  if (typeof name === "string" && typeof pass === "string") {
    if (request.method === "GET") return refuse("authentication_type_refused");
    if (name.length > 64 || pass.length > 200)
      return refuse("param_too_long", { param: name.length > 64 ? "name" : "pass" });
    pairs.delete("name");
    pairs.delete("pass");
    const proven = await authenticator.byPassword(name, pass, source, now);
    return "refused" in proven ? proven : { by: proven };
  }
  if (row.access === "account" || row.access === "operator") return refuse("authentication_missing");
  // Those of authentication are known to all functions, also where nobody needs them.
  for (const param of TYPE_2_PARAMS) pairs.delete(param);
  return { by: undefined };
};

const handle = async (
  hub: Hub,
  authenticator: Authenticator,
  request: Request,
): Promise<{ answer: unknown } | Refused> => {
  const { fn } = request;
  if (!isFunctionName(fn)) return refuse("function_unknown", { function: fn });
  const row = functionRow(fn);
  const signed = request.token !== undefined && request.signature !== undefined;
  if (request.method === "GET" && row.changes && !signed)
    return refuse(
      "method_not_allowed",
      { allowed: ["POST"] },
      "What changes something is called by POST, or signed.",
    );
  const decoded = decode(request);
  if ("refused" in decoded) return decoded;
  const proven = await authenticate(hub, authenticator, request, row, decoded.pairs);
  if ("refused" in proven) return proven;
  return callFunction(
    { hub, by: proven.by, source: request.source, inBatch: false, nonce: { unused: proven.by?.nonce } },
    fn,
    decoded.pairs,
  );
};

/**
 * One call from bytes to answer. Whatever it did or read leaves only when that is durable; when that cannot be, or our own
 * code failed, the outcome is unknown and said to be so.
 */
export const answerCall = async (
  hub: Hub,
  authenticator: Authenticator,
  request: Request,
  onInternal: (error: unknown) => void,
): Promise<Response> => {
  try {
    const outcome = await handle(hub, authenticator, request);
    await hub.sequencer.durable();
    hub.calls.count(request.fn, "refused" in outcome ? outcome.refused.code : "ok");
    return "refused" in outcome
      ? { status: statusOf(outcome.refused.code), body: { error: outcome.refused } }
      : { status: 200, body: outcome.answer };
  } catch (error) {
    onInternal(error);
    const unknown = refusal(
      (error as { code?: unknown } | null)?.code === "outcome_unknown" ? "outcome_unknown" : "internal",
    );
    hub.calls.count(request.fn, unknown.code);
    return { status: statusOf(unknown.code), body: { error: unknown } };
  }
};
