import type { Socket } from "node:net";
import type { WebSocket } from "ws";
import { makeReader, type Reader } from "./reader.ts";

/**
 * How WebSockets are opened. No compression: its state would be a hundred times what a reader costs; and without it the
 * frames can be written to the socket as they are, the same bytes to all.
 */
export const WEBSOCKET_OPTIONS = { perMessageDeflate: false, maxPayload: 16 * 1024 } as const;

/** RFC 6455, 7.4.1: going away, policy violation; 1013 of its registry: try again later. */
const GOING_AWAY = 1001;
const POLICY = 1008;
export const TRY_LATER = 1013;

/** @param socket the connection that the WebSocket is on: `ws` writes its own frames to it whole, and at once, too */
export const openWebSocket = (
  webSocket: WebSocket,
  socket: Socket,
  source: string,
  onGone: () => void,
): Reader => {
  webSocket.on("error", () => webSocket.terminate());
  return makeReader(
    {
      socket,
      bytes: (message) => message.ws(),
      finish: (reason) => webSocket.close(reason === "hub_stopping" ? GOING_AWAY : POLICY, reason),
    },
    source,
    onGone,
  );
};
