import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import {
  BODY_LIMIT,
  type ErrorCode,
  isFunctionName,
  openApi,
  refusal,
  SIGNATURE_HEADER,
  statusOf,
  TOKEN_HEADER,
} from "@coinholder/protocol";
import websocket from "@fastify/websocket";
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import type { Logger } from "pino";
import type { Hub } from "../hub.ts";
import type { HubOptions } from "../options.ts";
import { IDENTITY_PATH, identityText } from "../overview.ts";
import { WEBSOCKET_OPTIONS } from "../stream/websocket.ts";
import { VERSION } from "../version.ts";
import { answerCall, type Response } from "./answer.ts";
import type { Authenticator } from "./authenticate.ts";
import { proofPageRoutes } from "./proof-page.ts";
import { referenceRoutes } from "./reference/index.ts";
import { sourceOf } from "./source.ts";

const NOTHING = Buffer.alloc(0);
/** How long a request may take to come in; who sends a byte now and then is cut off. (Answers may take longer: long polls.) */
const REQUEST_MS = 20_000;
const CHECKED_EVERY_MS = 5_000;
/** How long a stop waits for calls under way. */
const STOP_MS = 10_000;
const JSON_TYPE = "application/json; charset=utf-8";

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": "retry-after",
  "x-content-type-options": "nosniff",
};
/** Of a function's answer: name, value, name, value. */
const ANSWER_HEADERS: readonly string[] = Object.entries({
  "content-type": JSON_TYPE,
  "cache-control": "no-store",
  ...CORS,
}).flat();

const header = (request: FastifyRequest, name: string): string | undefined => {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
};

const send = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).header("content-type", JSON_TYPE).send(JSON.stringify(body));

const sendError = (reply: FastifyReply, code: ErrorCode): FastifyReply =>
  send(reply, statusOf(code), { error: refusal(code) });

const cors = (reply: FastifyReply): FastifyReply => reply.headers(CORS);

/** What the web server itself refuses, in the protocol's words. */
const codeOf = (error: { code?: string; statusCode?: number }): ErrorCode => {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return "body_too_large";
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "content_type_unsupported";
  return error.statusCode !== undefined && error.statusCode < 500 ? "body_malformed" : "internal";
};

/** A request that is not HTTP, or whose line and headers are over what Node takes (16 KiB), has no reply object. */
const refuseUnreadable = (error: { code?: string }, socket: Socket): void => {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  const code: ErrorCode = error.code === "HPE_HEADER_OVERFLOW" ? "body_too_large" : "body_malformed";
  const body = JSON.stringify({ error: refusal(code) });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${statusOf(code)} Refused\r\nconnection: close\r\ncontent-type: ${JSON_TYPE}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  socket.destroySoon();
};

/** The web server: the API under /api, the reference to read and try, and a first page. */
export const makeServer = async (
  options: HubOptions,
  hub: () => Hub,
  authenticator: () => Authenticator,
  log: Logger,
): Promise<FastifyInstance> => {
  const connections = { headersTimeout: REQUEST_MS, connectionsCheckingInterval: CHECKED_EVERY_MS };
  const transport =
    options.tlsCert !== undefined && options.tlsKey !== undefined
      ? {
          https: {
            cert: readFileSync(options.tlsCert),
            key: readFileSync(options.tlsKey),
            ...connections,
          },
        }
      : { http: connections };
  const server: FastifyInstance = Fastify({
    ...transport,
    bodyLimit: BODY_LIMIT,
    trustProxy:
      options.trustProxy === undefined ? false : options.trustProxy.split(",").map((one) => one.trim()),
    logger: false,
    requestTimeout: REQUEST_MS,
    forceCloseConnections: true,
    // We say it in our own words.
    return503OnClosing: false,
    clientErrorHandler: refuseUnreadable,
    // A path that cannot be decoded, or is longer than any function's name.
    frameworkErrors: (_error, _request, reply) => {
      sendError(cors(reply as unknown as FastifyReply), "function_unknown");
    },
  });

  // The signature is over the exact bytes: nothing may parse the body before they were seen.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));

  // Calls that were taken are answered before the connections are closed.
  let underWay = 0;
  let stopping = false;
  let lastAnswered = (): void => {};
  server.addHook("preClose", async () => {
    stopping = true;
    if (underWay > 0)
      await new Promise<void>((resolve) => {
        lastAnswered = resolve;
        setTimeout(resolve, STOP_MS).unref();
      });
    await new Promise((resolve) => setImmediate(resolve));
  });

  const answer = async (request: FastifyRequest): Promise<Response> => {
    const isGet = request.method === "GET";
    const query = request.raw.url?.indexOf("?") ?? -1;
    const { fn } = request.params as { fn: string };
    return answerCall(
      hub(),
      authenticator(),
      {
        fn,
        method: isGet ? "GET" : "POST",
        bytes: isGet
          ? query < 0
            ? NOTHING
            : Buffer.from(request.raw.url!.slice(query + 1), "latin1")
          : ((request.body as Buffer | undefined) ?? NOTHING),
        contentType: header(request, "content-type"),
        token: header(request, TOKEN_HEADER),
        signature: header(request, SIGNATURE_HEADER),
        source: sourceOf(request.ip),
      },
      (error) => log.error({ err: error, fn }, "a call failed"),
    );
  };

  const call = async (request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    underWay++;
    try {
      const { status, body } = stopping
        ? { status: statusOf("overloaded"), body: { error: refusal("overloaded") } }
        : await answer(request);
      const wait = (body as { error?: { retry_after_ms?: number } }).error?.retry_after_ms;
      // Written straight to the connection: nothing of Fastify's way of answering is used, and it is a tenth of what a call costs.
      reply.hijack();
      const text = JSON.stringify(body);
      const more = wait === undefined ? [] : ["retry-after", String(Math.ceil(wait / 1000))];
      const length = ["content-length", String(Buffer.byteLength(text))];
      reply.raw.writeHead(status, [...ANSWER_HEADERS, ...length, ...more]);
      reply.raw.end(text);
    } finally {
      if (--underWay === 0) lastAnswered();
    }
  };

  // In a scope of its own: its hooks are not for every call.
  await server.register(async (scope) => {
    await scope.register(websocket, { options: WEBSOCKET_OPTIONS });
    scope.route({
      method: "GET",
      url: "/api/stream",
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        const refused = await hub().stream.sse(request.raw, reply.raw, sourceOf(request.ip), CORS);
        if (refused) return send(cors(reply), refused.status, { error: refused.refused });
        return reply.hijack();
      },
      wsHandler: (webSocket, request) =>
        hub().stream.webSocket(webSocket, request.raw.socket, sourceOf(request.ip)),
    });
  });

  server.get("/api/overview.js", (_request, reply) => send(cors(reply), 200, hub().overview));
  server.get(IDENTITY_PATH, (_request, reply) =>
    send(cors(reply), 200, identityText(hub().wallet.identityKey)),
  );
  let description: object | undefined;
  server.get("/api/openapi.json", (_request, reply) => {
    description ??= openApi({ publicUrl: hub().publicUrl, name: hub().config.name, version: VERSION });
    return send(cors(reply), 200, description);
  });
  server.post("/api/:fn", call);
  // Without its twin for HEAD, which would call a function, also one that changes something, and throw away the answer.
  server.get("/api/:fn", { exposeHeadRoute: false }, call);
  server.options("/api/:fn", (_request, reply) =>
    cors(reply)
      .header("access-control-allow-methods", "GET, POST")
      .header("access-control-allow-headers", `content-type, ${TOKEN_HEADER}, ${SIGNATURE_HEADER}`)
      .header("access-control-max-age", "86400")
      .code(204)
      .send(),
  );

  for (const { path, contentType, body, csp } of [...referenceRoutes(), ...proofPageRoutes()])
    server.get(path, (_request, reply) =>
      reply
        .header("content-type", contentType)
        .header("content-security-policy", csp)
        .header("x-content-type-options", "nosniff")
        .header("referrer-policy", "no-referrer")
        .send(body),
    );
  server.get("/", (_request, reply) => reply.redirect("/api/docs"));

  server.setNotFoundHandler((request, reply) => {
    const fn = /^\/api\/([^/?]+)(?:\?|$)/.exec(request.url)?.[1];
    if (fn === undefined || !isFunctionName(fn)) return sendError(cors(reply), "function_unknown");
    return sendError(cors(reply).header("allow", "GET, POST, OPTIONS"), "method_not_allowed");
  });
  server.setErrorHandler((error: { code?: string; statusCode?: number }, request, reply) => {
    const code = codeOf(error);
    if (code === "internal") log.error({ err: error, url: request.url }, "a request failed");
    return sendError(cors(reply), code);
  });
  return server;
};
