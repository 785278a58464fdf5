import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import { Server as TlsServer } from "node:tls";
import type { Response } from "./answer-form.ts";
import type { CallRoute } from "./call-route.ts";
import { ANSWER_HEADERS } from "./headers.ts";
import { readPlainRequest } from "./plain-request.ts";

/**
 * Calls in the plainest form, answered right on their connection, before Node's HTTP server. Its parser is quick, but the request
 * and response objects that it makes cost twice as much as all the rest of a call. A connection is looked at piece by piece: as
 * long as each piece is one whole plain call (plain-request.ts) it stays here; with the first one that is anything else
 * it goes over to Node's server, with those bytes, and for good.
 */

const SWEPT_EVERY_MS = 5_000;

/** A connection that Node's HTTP server does not know of yet. */
interface Held {
  readonly socket: Socket;
  isAnswering: boolean;
  /** The caller has closed his side. */
  hasEnded: boolean;
  hasAnswered: boolean;
  /** When it was opened, or answered last, by the process's clock. */
  since: number;
}

const isIdle = ({ isAnswering, socket }: Held): boolean => !isAnswering && socket.writableLength === 0;

let date = "";
let dateUntil = 0;
/** RFC 9110, 6.6.1; it is made once a second. */
const dateNow = (): string => {
  const now = Date.now();
  if (now >= dateUntil || now < dateUntil - 1000) {
    date = new Date(now).toUTCString();
    dateUntil = now - (now % 1000) + 1000;
  }
  return date;
};

const HEAD = ANSWER_HEADERS.map((part, i) => part + (i % 2 === 0 ? ": " : "\r\n")).join("");

/** As Node's server would write it. */
const writeAnswer = (socket: Socket, { status, body }: Response, keepAliveSeconds: number): void => {
  const text = JSON.stringify(body);
  const length = Buffer.byteLength(text);
  const wait = (body as { error?: { retry_after_ms?: number } }).error?.retry_after_ms;
  const retry = wait === undefined ? "" : `retry-after: ${Math.ceil(wait / 1000)}\r\n`;
  const head =
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${HEAD}content-length: ${length}\r\n${retry}` +
    `Date: ${dateNow()}\r\nConnection: keep-alive\r\nKeep-Alive: timeout=${keepAliveSeconds}\r\n\r\n`;
  // As many bytes as characters: all ASCII, which goes out the quicker way.
  socket.write(head + text, length === text.length ? "latin1" : "utf8");
};

const requestTimeout = (): Error =>
  Object.assign(new Error("Request timeout"), { code: "ERR_HTTP_REQUEST_TIMEOUT" });

/** Has a server, which listens nowhere yet, answer plain calls so. */
export const servePlainCalls = (server: Server, { answer }: Pick<CallRoute, "answer">): Server => {
  const connected = server instanceof TlsServer ? "secureConnection" : "connection";
  const [toNode, ...others] = server.listeners(connected);
  if (toNode === undefined || others.length > 0) throw new Error("Node's HTTP server is not as it was");
  const held = new Set<Held>();
  const keepAliveSeconds = Math.floor(server.keepAliveTimeout / 1000);

  const hold = (socket: Socket): void => {
    const one: Held = {
      socket,
      isAnswering: false,
      hasEnded: false,
      hasAnswered: false,
      since: performance.now(),
    };
    held.add(one);

    const putBack = (bytes: Buffer): void => {
      socket.pause();
      socket.unshift(bytes);
    };
    const handOver = (bytes: Buffer): void => {
      onClose();
      socket.off("data", onData).off("end", onEnd).off("error", onError).off("close", onClose);
      putBack(bytes);
      toNode.call(server, socket);
      socket.resume();
    };
    const respond = (response: Response): void => {
      if (socket.writable) writeAnswer(socket, response, keepAliveSeconds);
      one.isAnswering = false;
      one.hasAnswered = true;
      one.since = performance.now();
      if (one.hasEnded) socket.end();
      else if (socket.isPaused()) socket.resume();
    };
    const onData = (bytes: Buffer): void => {
      // Who was cut off could not be told what became of his call: it is not carried out.
      if (!socket.writable) return;
      // It waits its turn; no more is read meanwhile.
      if (one.isAnswering) {
        putBack(bytes);
        return;
      }
      // Whoever does not read his answers is Node's to hold back.
      const request = socket.writableNeedDrain ? undefined : readPlainRequest(bytes);
      if (request === undefined) {
        handOver(bytes);
        return;
      }
      one.isAnswering = true;
      const { fn, headers, body } = request;
      answer(fn, "POST", body, { headers, socket }, respond);
    };
    const onEnd = (): void => {
      if (one.isAnswering) one.hasEnded = true;
      else socket.end();
    };
    // The connection closes by itself.
    const onError = (): void => {};
    const onClose = (): void => {
      held.delete(one);
    };
    socket.on("data", onData).on("end", onEnd).on("error", onError).on("close", onClose);
  };
  server.off(connected, toNode as () => void).on(connected, hold);

  /** One look at all now and then costs less than a timer for each call. */
  const sweep = (): void => {
    const now = performance.now();
    for (const one of held) {
      const { socket } = one;
      if (!isIdle(one)) one.since = now;
      else if (one.hasAnswered) {
        if (now - one.since > server.keepAliveTimeout) socket.destroy();
      } else if (now - one.since > server.headersTimeout) {
        held.delete(one);
        server.emit("clientError", requestTimeout(), socket);
      }
    }
  };
  server.once("listening", () => {
    const sweeping = setInterval(sweep, SWEPT_EVERY_MS).unref();
    server.once("close", () => clearInterval(sweeping));
  });

  const { closeAllConnections, closeIdleConnections } = server;
  server.closeAllConnections = () => {
    closeAllConnections.call(server);
    for (const { socket } of held) socket.destroy();
  };
  server.closeIdleConnections = () => {
    closeIdleConnections.call(server);
    for (const one of held) if (isIdle(one)) one.socket.destroy();
  };
  return server;
};
