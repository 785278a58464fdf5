// Builds, signs and shows one call. Knows nothing of the page, so that it can be tested without one.

export const FORM = "application/x-www-form-urlencoded";
export const JSON_BODY = "application/json";

const utf8 = new TextEncoder();
const fromBase64 = (text) => Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

/** Base64 of HMAC-SHA256 over the text's UTF-8 bytes, keyed with the decoded key. Throws if the key is not base64. */
export const sign = async (keyBase64, text) => {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromBase64(keyBase64), algorithm, false, ["sign"]);
  return toBase64(new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8.encode(text))));
};

const randomToken = () =>
  [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** The parameters that authentication adds: of type 2, of type 1, or none. */
const authentication = (fn, credentials, now) => {
  if (credentials.type === 2)
    return { f: fn, account: credentials.account, nonce_ms: String(now), nonce_random: randomToken() };
  return credentials.type === 1 ? { name: credentials.name, pass: credentials.pass } : {};
};

// What is not of the schema's type is sent as it was typed: the hub's error tells more than ours would.
const asJson = (text, type) => {
  if (type === "integer" && /^-?[0-9]{1,15}$/.test(text)) return Number(text);
  if (type === "boolean" && (text === "true" || text === "false")) return text === "true";
  if (type !== "array" && type !== "object") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/**
 * One call, ready to send.
 * @param how `form`, `json` or `get`
 * @param values text by parameter name; what was left empty is not in it
 * @param types JSON Schema types by parameter name
 * @param credentials `{type: 2, account, token, key}`, `{type: 1, name, pass}` or `{type: 0}`
 */
export const buildCall = async ({ url, fn, how, values, types, credentials, now }) => {
  const all = { ...values, ...authentication(fn, credentials, now) };
  const text =
    how === "json"
      ? JSON.stringify(
          Object.fromEntries(Object.entries(all).map(([name, value]) => [name, asJson(value, types[name])])),
        )
      : new URLSearchParams(all).toString();
  const headers = how === "get" ? {} : { "Content-Type": how === "json" ? JSON_BODY : FORM };
  if (credentials.type === 2) {
    headers["X-Authkey-Token"] = credentials.token;
    headers["X-Signature"] = await sign(credentials.key, text);
  }
  return how === "get"
    ? { method: "GET", url: text === "" ? url : `${url}?${text}`, headers, body: undefined }
    : { method: "POST", url, headers, body: text };
};

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

/** The same call as a line for the shell. */
export const curlLine = ({ url, headers, body }) =>
  [
    `curl ${quoted(url)}`,
    ...Object.entries(headers).map(([name, value]) => `--header ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-binary ${quoted(body)}`]),
  ].join(" \\\n  ");
