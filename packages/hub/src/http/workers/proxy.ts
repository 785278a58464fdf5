import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";
import { statusOf } from "@coinholder/protocol";
import type { Caller } from "../call-route.ts";

/** By which a worker tells the hub's own server who calls. What callers write there goes no further than the worker. */
const SOURCE_HEADER = "x-coinholder-source";

export const sourceToldByWorker = ({ headers }: Caller): string => String(headers[SOURCE_HEADER]);

/** RFC 9110, 7.6.1: of one connection only. */
const OF_CONNECTION = ["connection", "keep-alive", "expect", "trailer", SOURCE_HEADER];

/** Name, value, name, value, without some names. */
const without = (raw: readonly string[], names: readonly string[]): string[] =>
  raw.filter((_, i) => !names.includes(raw[i - (i % 2)]!.toLowerCase()));

/** Passes on all that is no call: pages, and the stream. */
export interface Proxy {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  /** A WebSocket: both ends are joined, byte for byte. */
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Resolves when all that was passed on has come to its end, or after so many ms. */
  readonly over: (ms: number) => Promise<void>;
}

const passBack = (answer: IncomingMessage, response: ServerResponse): void => {
  const { statusCode, headers } = answer;
  // Server-sent events have no length, and end with their connection.
  const endless = headers["content-length"] === undefined && headers["transfer-encoding"] === undefined;
  if (endless && statusCode !== 204 && statusCode !== 304) {
    response.useChunkedEncodingByDefault = false;
    response.shouldKeepAlive = false;
  }
  // A body that is not read to its end.
  if (headers.connection === "close") response.shouldKeepAlive = false;
  response.writeHead(statusCode!, without(answer.rawHeaders, OF_CONNECTION));
  response.flushHeaders();
  answer.on("error", () => response.destroy());
  answer.pipe(response);
};

/** @param hub Unix socket of the hub's own server */
export const makeProxy = (hub: string, sourceOf: (request: IncomingMessage) => string): Proxy => {
  const agent = new Agent({ keepAlive: true });
  let open = 0;
  let lastClosed = (): void => {};
  const opened = (one: ServerResponse | Duplex): void => {
    open++;
    one.on("close", () => {
      if (--open === 0) lastClosed();
    });
  };
  return {
    over: async (ms) => {
      if (open > 0)
        await new Promise<void>((resolve) => {
          lastClosed = resolve;
          setTimeout(resolve, ms);
        });
    },
    request: (request, response) => {
      opened(response);
      const onward = httpRequest({
        socketPath: hub,
        agent,
        method: request.method!,
        path: request.url!,
        headers: [...without(request.rawHeaders, OF_CONNECTION), SOURCE_HEADER, sourceOf(request)],
      });
      let answer: IncomingMessage | undefined;
      onward.on("response", (came) => {
        answer = came;
        passBack(came, response);
      });
      onward.on("error", () => {
        // It was answered already, and only the rest of the body finds nobody.
        if (answer?.complete) return;
        if (response.headersSent) response.destroy();
        else response.writeHead(statusOf("overloaded"), { connection: "close" }).end();
      });
      response.on("close", () => {
        onward.destroy();
        // What still comes of its body is not the next request.
        request.unpipe(onward).resume();
      });
      request.pipe(onward);
    },
    upgrade: (request, socket, head) => {
      opened(socket);
      const inner = connect(hub);
      const raw = [...without(request.rawHeaders, [SOURCE_HEADER]), SOURCE_HEADER, sourceOf(request)];
      const lines = raw.flatMap((name, i) => (i % 2 === 0 ? [`${name}: ${raw[i + 1]}`] : []));
      inner.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`, "latin1");
      inner.write(head);
      for (const [one, other] of [
        [socket, inner],
        [inner, socket],
      ] as const) {
        one.on("error", () => other.destroy());
        one.on("close", () => other.destroy());
        one.pipe(other);
      }
    },
  };
};
