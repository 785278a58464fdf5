import { connect } from "node:net";
import { expect, test } from "vitest";
import { startTestHub } from "../testing/harness.ts";

test.each([0, 1])(
  "who asks for the stream in the packet of a call that is not answered yet is cut off, and holds up no stop (%i workers)",
  async (httpWorkers) => {
    const hub = await startTestHub({ httpWorkers });
    const { port } = new URL(hub.url);
    // A wrong password takes a while.
    const body = "name=nobody&pass=wrong-for-sure";
    const slow = `POST /api/my-balance HTTP/1.1\r\nhost: h\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    const upgrade =
      "GET /api/stream HTTP/1.1\r\nhost: h\r\nconnection: Upgrade\r\nupgrade: websocket\r\n" +
      "sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    const text = await new Promise<string>((resolve) => {
      let told = "";
      const socket = connect({ port: Number(port), host: "127.0.0.1" }, () => socket.write(slow + upgrade));
      socket
        .on("data", (bytes) => {
          told += String(bytes);
        })
        .on("error", () => {})
        .on("close", () => resolve(told));
    });
    expect(text).toBe("");
    await hub.end();
  },
);
