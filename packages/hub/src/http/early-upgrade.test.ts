import { once } from "node:events";
import { ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { startTestHub } from "../testing/harness.ts";
import { makeListener } from "./listener.ts";

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

test.each([0, 1])(
  "who asks for another protocol where there is none is answered, and leaves no connection open for ever (%i workers)",
  async (httpWorkers) => {
    const hub = await startTestHub({ httpWorkers });
    const { port } = new URL(hub.url);
    const ask = (path: string, protocol: string): Promise<string> =>
      new Promise((resolve) => {
        let told = "";
        const socket = connect({ port: Number(port), host: "127.0.0.1", allowHalfOpen: true });
        socket.write(
          `GET ${path} HTTP/1.1\r\nhost: h\r\nconnection: Upgrade\r\nupgrade: ${protocol}\r\n\r\n`,
        );
        socket
          .on("data", (bytes) => {
            told += String(bytes);
          })
          // The caller goes without a word.
          .on("end", () => socket.destroy())
          .on("error", () => {})
          .on("close", () => resolve(told.slice("HTTP/1.1 ".length, "HTTP/1.1 200".length)));
      });
    for (const protocol of ["h2c", "websocket"]) {
      expect(await ask("/api/ticker?market=BTC/USD", protocol)).toBe("200");
      expect(await ask("/nowhere", protocol)).toBe("404");
      expect(await ask("/api/overview.js", protocol)).toBe("200");
    }
    // It has nobody to wait for.
    await hub.end();
  },
);

test("who asks for another protocol and never reads his answer holds up no stop", async () => {
  const server = makeListener({}, () => {}).on("upgrade", (request, socket: Socket) => {
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    // More than the system takes for a connection that nobody reads.
    response.end(Buffer.alloc(128 * 1024 * 1024));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const caller = connect((server.address() as AddressInfo).port, "127.0.0.1").pause();
  const asked = once(server, "upgrade");
  caller
    .on("error", () => {})
    .write("GET / HTTP/1.1\r\nhost: h\r\nconnection: Upgrade\r\nupgrade: h2c\r\n\r\n");
  await asked;
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await closed;
  caller.destroy();
});
