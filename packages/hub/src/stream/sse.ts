import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { makeReader, type Reader } from "./reader.ts";

/** A response is written as it is, without chunks, to its end: so that the same bytes go to all readers of a message. */
export const openSse = (
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  source: string,
  onGone: () => void,
): Reader => {
  const socket: Socket = request.socket;
  response.useChunkedEncodingByDefault = false;
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
    connection: "close",
    // nginx would gather it otherwise.
    "x-accel-buffering": "no",
    ...headers,
  });
  response.flushHeaders();
  return makeReader(
    { socket, bytes: (message) => message.sse(), finish: () => socket.end() },
    source,
    onGone,
  );
};
