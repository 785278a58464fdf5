import {
  BODY_LIMIT,
  type FunctionName,
  functionRow,
  IDENTITY_SIGNATURE_HEADER,
  isFunctionName,
  SIGNATURE_HEADER,
  TOKEN_HEADER,
} from "@coinholder/protocol";

/** The call of a function, as nearly every program sends it. */
export interface PlainRequest {
  readonly fn: FunctionName;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/**
 * Headers that say nothing of where a request ends, nor of what its connection is to do: what the hub reads, and what browsers,
 * HTTP libraries and proxies add by themselves.
 */
const HARMLESS: ReadonlySet<string> = new Set([
  ...["host", "content-length", "connection", "content-type"],
  ...[TOKEN_HEADER, SIGNATURE_HEADER, IDENTITY_SIGNATURE_HEADER],
  ...["user-agent", "accept", "accept-encoding", "accept-language", "cache-control", "pragma", "cookie"],
  ...[
    "origin",
    "referer",
    "dnt",
    "priority",
    "sec-gpc",
    "sec-ch-ua",
    "sec-ch-ua-mobile",
    "sec-ch-ua-platform",
  ],
  ...["sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-storage-access"],
  ...[
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-port",
    "x-forwarded-proto",
    "x-real-ip",
    "forwarded",
  ],
]);

const START = "POST /api/";
const VERSION = " HTTP/1.1";
/** Half of what Node's own parser takes. */
const MOST_HEAD_BYTES = 8192;
/** Visible ASCII, with spaces inside only. */
const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
const LENGTH = /^(?:0|[1-9][0-9]{0,8})$/;
const KEEP_ALIVE = /^keep-alive$/i;

/**
 * Reads bytes that are one whole call of a function, to the very last byte, in the plainest form that there is. Undefined for
 * all else, however right it may be: that Node's own parser judges. So it must never take what that one would refuse, or would
 * read otherwise; refusing what that one takes costs some time only.
 */
export const readPlainRequest = (bytes: Buffer): PlainRequest | undefined => {
  const text = bytes.toString("latin1", 0, MOST_HEAD_BYTES);
  if (!text.startsWith(START)) return undefined;
  let at = text.indexOf("\r\n");
  const fn = text.slice(START.length, at - VERSION.length);
  if (!text.startsWith(VERSION, START.length + fn.length) || !isFunctionName(fn)) return undefined;

  const headers: Record<string, string> = {};
  for (;;) {
    at += 2;
    const end = text.indexOf("\r\n", at);
    if (end === at) break;
    const colon = text.indexOf(":", at);
    if (end < 0 || colon < 0 || colon > end) return undefined;
    const name = text.slice(at, colon).toLowerCase();
    const value = text.slice(text.startsWith(" ", colon + 1) ? colon + 2 : colon + 1, end);
    if (!HARMLESS.has(name) || headers[name] !== undefined || !VALUE.test(value)) return undefined;
    headers[name] = value;
    at = end;
  }

  const { host, connection, "content-length": length } = headers;
  if (host === undefined || length === undefined || !LENGTH.test(length)) return undefined;
  if (connection !== undefined && !KEEP_ALIVE.test(connection)) return undefined;
  const body = bytes.subarray(at + 2);
  if (body.length !== Number(length) || body.length > (functionRow(fn).bodyLimit ?? BODY_LIMIT))
    return undefined;
  return { fn, headers, body };
};
