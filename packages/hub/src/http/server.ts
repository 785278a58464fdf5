import { once } from "node:events";
import type { ServerResponse } from "node:http";
import {
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
import { mtgoxRoutes } from "../mtgox/routes.ts";
import type { HubOptions } from "../options.ts";
import { IDENTITY_PATH } from "../overview.ts";
import { WEBSOCKET_OPTIONS } from "../stream/websocket.ts";
import { VERSION } from "../version.ts";
import { answerRequest } from "./answer.ts";
import type { Authenticator } from "./authenticate.ts";
import { makeCallRoute } from "./call-route.ts";
import { CORS, JSON_TYPE } from "./headers.ts";
import { makeListener } from "./listener.ts";
import { type AnswerMissing, servePage } from "./page.ts";
import { servePlainCalls } from "./plain-calls.ts";
import { proofPageRoutes } from "./proof-page.ts";
import { referenceRoutes } from "./reference/index.ts";
import { makeSource } from "./source.ts";
import { sourceToldByWorker } from "./workers/proxy.ts";

const send = (reply: FastifyReply, status: number, body: unknown): FastifyReply =>
  reply.code(status).header("content-type", JSON_TYPE).send(JSON.stringify(body));

const sendError = (reply: FastifyReply, code: ErrorCode): FastifyReply =>
  send(reply, statusOf(code), { error: refusal(code) });

const cors = (reply: FastifyReply): FastifyReply => reply.headers(CORS);

/** Resolves when all that was asked before on its connection is answered; where that closes before, never. */
const itsTurn = async (response: ServerResponse): Promise<void> => {
  if (response.socket === null) await once(response, "socket");
};

/** No route has a schema: the compilers of such, which Fastify would load by itself, take most of a server's start. */
const noSchemas = (): never => {
  throw new Error("routes are served without schemas");
};

/** What the web server itself refuses, in the protocol's words. */
const codeOf = (error: { code?: string; statusCode?: number }): ErrorCode => {
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") return "body_too_large";
  if (error.code === "FST_ERR_CTP_INVALID_MEDIA_TYPE") return "content_type_unsupported";
  return error.statusCode !== undefined && error.statusCode < 500 ? "body_malformed" : "internal";
};

/** The web server: the API under /api, the reference to read and try, and the page. */
export const makeServer = async (
  options: HubOptions,
  hub: () => Hub,
  authenticator: () => Authenticator,
  log: Logger,
): Promise<FastifyInstance> => {
  // Behind workers, who speak TLS and know who calls, it is never reached but by them.
  const behindWorkers = (options.httpWorkers ?? 0) > 0;
  const source = behindWorkers ? sourceToldByWorker : makeSource(options.trustProxy);
  const calls = makeCallRoute(
    (request, respond) =>
      answerRequest(
        {
          hub: hub(),
          authenticator: authenticator(),
          fn: request.fn,
          respond,
          onInternal: (error) => log.error({ err: error, fn: request.fn }, "a call failed"),
        },
        request,
      ),
    source,
  );
  let answerMissing: AnswerMissing = () => undefined;
  const server: FastifyInstance = Fastify({
    serverFactory: (handler) => {
      const listener = makeListener(behindWorkers ? {} : options, (request, response) => {
        const fn = calls.functionOf(request);
        if (fn === undefined) handler(request, response);
        else calls.serve(request, response, fn);
      });
      return behindWorkers ? listener : servePlainCalls(listener, calls);
    },
    logger: false,
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    forceCloseConnections: true,
    // We say it in our own words.
    return503OnClosing: false,
    // A path that cannot be decoded, or is longer than any function's name.
    frameworkErrors: (_error, request, reply) => {
      const answer = reply as unknown as FastifyReply;
      if (!answerMissing(request as FastifyRequest, answer)) sendError(cors(answer), "function_unknown");
    },
  });

  // The signature is over the exact bytes: whoever answers a call reads the body himself.
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("*", (_request, _body, done) => done(null));
  // Calls that were taken are answered before the connections are closed.
  server.addHook("preClose", calls.stop);

  // Of names that are written otherwise, of those that there are not, and of calls that come by no connection.
  const call = (request: FastifyRequest, reply: FastifyReply): void => {
    reply.hijack();
    calls.serve(request.raw, reply.raw, (request.params as { fn: string }).fn);
  };

  // In a scope of its own: its hooks are not for every call.
  await server.register(async (scope) => {
    await scope.register(websocket, { options: WEBSOCKET_OPTIONS });
    scope.route({
      method: "GET",
      url: "/api/stream",
      exposeHeadRoute: false,
      handler: async (request, reply) => {
        // The stream writes to the connection itself: its messages would stand before, or within, the answer of a call before it.
        await itsTurn(reply.raw);
        // Nobody is there any more, and nothing would tell its end.
        if (request.raw.socket.destroyed) return reply.hijack();
        const refused = await hub().stream.sse(request.raw, reply.raw, source(request.raw), CORS);
        if (refused) return send(cors(reply), refused.status, { error: refused.refused });
        return reply.hijack();
      },
      wsHandler: (webSocket, request) =>
        hub().stream.webSocket(webSocket, request.raw.socket, source(request.raw)),
    });
  });

  server.get("/api/overview.js", async (_request, reply) => {
    const { overview, sequencer } = hub();
    await sequencer.durable();
    return send(cors(reply), 200, overview);
  });
  server.get(IDENTITY_PATH, async (_request, reply) => {
    const published = hub().identity.published();
    await hub().sequencer.durable();
    return send(cors(reply), 200, published);
  });
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
  answerMissing = servePage(server);
  if (options.mtgox)
    mtgoxRoutes(server, {
      hub,
      authenticator,
      source,
      onInternal: (error, fn) => log.error({ err: error, fn }, "a call of Mt Gox's API failed"),
    });

  server.setNotFoundHandler((request, reply) => {
    const shown = answerMissing(request, reply);
    if (shown) return shown;
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
