import { connect, type Socket } from "node:net";
import { answering } from "../child.ts";

export type Ask =
  | { readonly open: number; readonly port: number; readonly channels: string }
  | { readonly close: true }
  | { readonly count: true };

interface Reading {
  readonly socket: Socket;
  bytes: number;
}

let readers: Reading[] = [];

/** Connections made at a time. */
const AT_ONCE = 200;

const open = (port: number, channels: string): Promise<Reading> =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1" });
    const reading = { socket, bytes: 0 };
    socket.write(`GET /api/stream?channels=${channels} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`);
    socket.once("data", (head) => {
      if (head.toString("latin1").startsWith("HTTP/1.1 200 ")) resolve(reading);
      else reject(new Error(head.toString("latin1")));
    });
    // Counted, not read: the reader's own work is not what is measured.
    socket.on("data", (part) => {
      reading.bytes += part.length;
    });
    socket.on("error", reject);
  });

/** So many readers of the stream; answers the fewest and the most bytes that one of them has had since it was asked last. */
answering(async (ask: Ask) => {
  if ("open" in ask)
    while (readers.length < ask.open)
      readers.push(
        ...(await Promise.all(
          Array.from({ length: Math.min(AT_ONCE, ask.open - readers.length) }, () =>
            open(ask.port, ask.channels),
          ),
        )),
      );
  if ("close" in ask) {
    for (const { socket } of readers) socket.destroy();
    readers = [];
  }
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const one of readers) {
    least = Math.min(least, one.bytes);
    most = Math.max(most, one.bytes);
    one.bytes = 0;
  }
  return { least, most };
});
