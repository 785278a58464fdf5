import { isUtf8 } from "node:buffer";
import {
  decodeForm,
  decodeJson,
  type Encoding,
  FORM,
  type FunctionName,
  functionRow,
  isFunctionName,
  JSON_BODY,
  type Refusal,
  refusal,
  TYPE_2_PARAMS,
} from "@coinholder/protocol";
import { type Claim, checkSignature, type Secret } from "./signature.ts";

/** A request for a function, as the web server hands it over. */
export interface Request {
  readonly fn: string;
  readonly method: "GET" | "POST";
  /** The body, or the query string of a GET, byte for byte. */
  readonly bytes: Buffer;
  readonly contentType: string | undefined;
  readonly token: string | undefined;
  readonly signature: string | undefined;
  /** Of a call that another hub makes in its own name. */
  readonly identitySignature?: string | undefined;
  readonly source: string;
}

/** Another hub says that it calls; the body as text, which has one form only in bytes. */
export interface IdentityClaim {
  readonly identitySignature: string;
  readonly body: string;
}

/** A call that may go in: read, and its signature checked where it has one. Everything else is decided beside the state. */
export interface Entered {
  readonly fn: FunctionName;
  readonly source: string;
  /** The parameters, without those of authentication. */
  readonly pairs: Map<string, unknown>;
  /** Authentication type 2, or type 1, or another hub's, or none. */
  readonly by: Claim | { readonly name: string; readonly pass: string } | IdentityClaim | undefined;
}

export type Refused = { readonly refused: Refusal };
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

/** Takes what serves for authentication out of the parameters. */
const claimOf = (
  request: Request,
  fn: FunctionName,
  pairs: Map<string, unknown>,
  secret: Secret | undefined,
): { by: Entered["by"] } | Refused => {
  const { bytes, token, signature, method } = request;
  if (token !== undefined || signature !== undefined) {
    const claim = checkSignature({ fn, pairs, bytes, token, signature }, secret);
    if ("refused" in claim) return claim;
    for (const param of TYPE_2_PARAMS) pairs.delete(param);
    return { by: claim };
  }
  // `name` and `pass` are create-account's own parameters; there they make a password instead of proving one.
  const [name, pass] = fn === "create-account" ? [] : [pairs.get("name"), pairs.get("pass")];
  if (typeof name === "string" && typeof pass === "string") {
    if (method === "GET") return refuse("authentication_type_refused");
    if (name.length > 64 || pass.length > 200)
      return refuse("param_too_long", { param: name.length > 64 ? "name" : "pass" });
    pairs.delete("name");
    pairs.delete("pass");
    return { by: { name, pass } };
  }
  const { access, byIdentity } = functionRow(fn);
  const { identitySignature } = request;
  // Its parameters of authentication are looked at beside the state.
  if (byIdentity && identitySignature !== undefined && method === "POST")
    return { by: { identitySignature, body: bytes.toString("utf8") } };
  if (access === "account" || access === "operator") return refuse("authentication_missing");
  // Those of authentication are known to all functions, also where nobody needs them.
  for (const param of TYPE_2_PARAMS) pairs.delete(param);
  return { by: undefined };
};

/**
 * Reads a request and checks its signature, knowing nothing of the hub but that one key.
 * @param secret of the key that the request names; undefined where there is none of that name
 */
export const enter = (request: Request, secret: Secret | undefined): Entered | Refused => {
  const { fn, source } = request;
  if (!isFunctionName(fn)) return refuse("function_unknown", { function: fn });
  const signed = request.token !== undefined && request.signature !== undefined;
  if (request.method === "GET" && functionRow(fn).changes && !signed)
    return refuse(
      "method_not_allowed",
      { allowed: ["POST"] },
      "What changes something is called by POST, or signed.",
    );
  const decoded = decode(request);
  if ("refused" in decoded) return decoded;
  const claim = claimOf(request, fn, decoded.pairs, secret);
  return "refused" in claim ? claim : { fn, source, pairs: decoded.pairs, by: claim.by };
};
