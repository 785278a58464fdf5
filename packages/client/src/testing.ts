import { createHmac, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { functionNames } from "@coinholder/protocol";

// A hub of the seed's rules and nothing else, written from the seed's text with Node's own parts, so that the client is
// judged by another reading than its own.

export interface SeedHubOptions {
  readonly method: "POST" | "GET";
  readonly encoding: "application/x-www-form-urlencoded" | "application/json";
  readonly type: 1 | 2;
  /** Whether the overview says that it is of our kind. */
  readonly ours?: boolean;
  /** The hub's clock less the machine's, in ms. */
  readonly clockAheadMs?: number;
  /** Part of the URL template before the function's name. */
  readonly path?: string;
  /** Answers a call whose authentication stands; undefined: `{}`. */
  readonly answer?: (call: SeenCall, response: ServerResponse) => unknown;
}

export interface SeenCall {
  readonly name: string;
  readonly method: string;
  readonly pairs: Readonly<Record<string, unknown>>;
  readonly signed: boolean;
  /** From 1, over all calls. */
  readonly count: number;
}

export const KEY = {
  account: "ac-7h2k5mq4x2v6b3tz",
  token: "ak-5c2r7wq6x4m5b3td",
  key: Buffer.alloc(32, 7).toString("base64"),
};
export const PASSWORD = { name: "alice", pass: "open sesame, please" };

const WINDOW_MS = 30_000;

const readBody = async (request: IncomingMessage): Promise<Buffer> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts);
};

const sameText = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

export const startSeedHub = async (
  options: SeedHubOptions,
): Promise<{ url: string; calls: SeenCall[]; close: () => Promise<void> }> => {
  const { method, encoding, type, ours = false, clockAheadMs = 0, path = "/code/" } = options;
  const calls: SeenCall[] = [];
  const nonces = new Set<string>();
  let url = "";

  const refuse = (response: ServerResponse, status: number, error: Record<string, unknown>): void => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify({ error }));
  };

  const authenticate = (
    name: string,
    request: IncomingMessage,
    bytes: Buffer,
    pairs: Record<string, unknown>,
  ): Record<string, unknown> | undefined => {
    if (type === 1)
      return pairs.name === PASSWORD.name && pairs.pass === PASSWORD.pass
        ? undefined
        : { code: "authentication_failed" };
    const expected = createHmac("sha256", Buffer.from(KEY.key, "base64")).update(bytes).digest("base64");
    if (
      request.headers["x-authkey-token"] !== KEY.token ||
      !sameText(expected, String(request.headers["x-signature"])) ||
      (pairs.account !== KEY.account && (ours || pairs.account !== KEY.token))
    )
      return { code: "authentication_failed", message: "The signature is wrong." };
    if (pairs.f !== name) return { code: "function_mismatch" };
    const now = Date.now() + clockAheadMs;
    if (Math.abs(Number(pairs.nonce_ms) - now) > WINDOW_MS) return { code: "nonce_stale", message: "", now };
    const nonce = `${pairs.nonce_ms} ${pairs.nonce_random}`;
    if (nonces.has(nonce)) return { code: "nonce_used" };
    nonces.add(nonce);
    return undefined;
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = request.url!;
    if (target === "/api/overview.js") {
      response.end(
        JSON.stringify({
          req_url: `${url}${path}(function_name)${path.includes("?") ? "" : ".php"}`,
          req_method: method,
          post_body_encoding: encoding,
          req_authentication_type: type,
          supported_functions: functionNames,
          ...(ours ? { openapi_url: `${url}/api/openapi.json` } : {}),
        }),
      );
      return;
    }
    const question = target.indexOf("?");
    const query = question < 0 ? "" : target.slice(question + 1);
    const bytes = method === "GET" ? Buffer.from(query) : await readBody(request);
    if (method === "POST" && request.headers["content-type"] !== encoding)
      return refuse(response, 415, { code: "content_type_unsupported" });
    const pairs: Record<string, unknown> =
      method === "POST" && encoding === "application/json"
        ? JSON.parse(bytes.toString("utf8"))
        : Object.fromEntries(new URLSearchParams(bytes.toString("utf8")));
    const name = path.includes("?")
      ? new URLSearchParams(query).get("fn")!
      : decodeURIComponent(target.slice(path.length, question < 0 ? undefined : question)).replace(
          /\.php$/,
          "",
        );
    const signed = request.headers["x-signature"] !== undefined || pairs.pass !== undefined;
    const wrong = signed ? authenticate(name, request, bytes, pairs) : undefined;
    if (wrong !== undefined) return refuse(response, 401, wrong);
    const call: SeenCall = { name, method: request.method!, pairs, signed, count: calls.length + 1 };
    calls.push(call);
    const answer = options.answer?.(call, response);
    if (response.writableEnded || response.destroyed || answer === "nothing") return;
    response.end(JSON.stringify(answer ?? {}));
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};

/** Ends the exchange with an error of the protocol's form. */
export const fail = (response: ServerResponse, status: number, error: Record<string, unknown>): void => {
  response.writeHead(status).end(JSON.stringify({ error }));
};
