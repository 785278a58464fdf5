import { readFileSync } from "node:fs";
import { createServer, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";
import { type ErrorCode, refusal, statusOf } from "@coinholder/protocol";
import { JSON_TYPE } from "./headers.ts";

/** How long a request may take to come in; who sends a byte now and then is cut off. (Answers may take longer: long polls.) */
const REQUEST_MS = 20_000;
const CHECKED_EVERY_MS = 5_000;
/** How long a connection may be idle between requests. */
const KEEP_ALIVE_MS = 72_000;
/** How long who is still sending has to notice that his connection closes. */
const LINGER_MS = 5_000;

/** PEM files; with both it speaks https. */
export interface Tls {
  readonly tlsCert?: string | undefined;
  readonly tlsKey?: string | undefined;
}

/**
 * Instead of Node's `destroySoon`: closes our side after what is written, and throws away what still comes (RFC 9112, 9.6). A
 * connection that is closed with a body still coming in is reset, and the sender's next write fails before he has read his refusal.
 */
function closeGently(this: Socket): void {
  if (this.writableEnded) return;
  this.end();
  const late = setTimeout(() => this.destroy(), LINGER_MS);
  this.once("close", () => clearTimeout(late));
}

/** Of the request on the connection that is to be answered next. */
const unanswered = (socket: Socket): ServerResponse | undefined =>
  (socket as Socket & { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;

/**
 * Who asks for another protocol before he was answered, or after we have closed, is cut off; where there is none he is answered, and his
 * connection closes. Node hands such a connection over all the same: then nobody reads it or notices its end, it is open for
 * ever, and a hub that stops would wait for it.
 */
const closeUpgrades = (server: Server): Server => {
  const emit = server.emit.bind(server) as (event: string, ...told: unknown[]) => boolean;
  /** Node's server does not know of them any more. */
  const upgraded = new Set<Socket>();
  const { closeAllConnections } = server;
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const socket of upgraded) socket.destroy();
  };
  server.emit = (event: string, ...told: unknown[]): boolean => {
    const [, socket] = told as [unknown, Socket];
    if (event !== "upgrade") return emit(event, ...told);
    if (unanswered(socket) !== undefined || !socket.writable) socket.destroy();
    else {
      upgraded.add(socket);
      socket.once("close", () => upgraded.delete(socket));
      emit(event, ...told);
      const answer = unanswered(socket);
      // The one on a WebSocket's connection is never finished.
      answer?.once("finish", () => closeGently.call(socket.resume()));
      if (answer) answer.shouldKeepAlive = false;
    }
    return true;
  };
  return server;
};

/** A request that is not HTTP, or whose line and headers are over what Node takes (16 KiB), has no reply object. */
const refuseUnreadable = (error: { code?: string }, socket: Socket): void => {
  if (error.code === "ECONNRESET" || socket.destroyed) return;
  // A call that came before it may be carried out: the refusal would be taken for its answer.
  if (unanswered(socket)?.req.complete) {
    socket.destroySoon();
    return;
  }
  const code: ErrorCode = error.code === "HPE_HEADER_OVERFLOW" ? "body_too_large" : "body_malformed";
  const body = JSON.stringify({ error: refusal(code) });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${statusOf(code)} Refused\r\nconnection: close\r\ncontent-type: ${JSON_TYPE}\r\n` +
        `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  socket.destroySoon();
};

/** Node's server, with this hub's limits on who is slow. */
export const makeListener = ({ tlsCert, tlsKey }: Tls, answer: RequestListener): Server => {
  const handler: RequestListener = (request, response) => {
    // After a request that closed the connection: its caller could not be told what became of it.
    if (!request.socket.writable) {
      // Nor are more of them read: one after another they would take the hub's memory, since none has an answer to wait for.
      request.socket.removeAllListeners("data").on("data", () => {});
      return;
    }
    request.socket.destroySoon = closeGently;
    answer(request, response);
  };
  const timeouts = {
    requestTimeout: REQUEST_MS,
    headersTimeout: REQUEST_MS,
    connectionsCheckingInterval: CHECKED_EVERY_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
  };
  const server =
    tlsCert !== undefined && tlsKey !== undefined
      ? createTlsServer({ cert: readFileSync(tlsCert), key: readFileSync(tlsKey), ...timeouts }, handler)
      : createServer(timeouts, handler);
  return closeUpgrades(server).on("clientError", refuseUnreadable);
};
