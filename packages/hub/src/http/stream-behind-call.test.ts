import { connect } from "node:net";
import { expect, test } from "vitest";
import { startTestHub } from "../testing/harness.ts";

test.each([0, 1])(
  "who asks for the stream in the packet of a call that is not answered yet has the call's answer first, and whole (%i workers)",
  async (httpWorkers) => {
    const hub = await startTestHub({ httpWorkers });
    const { port } = new URL(hub.url);
    const call = "POST /api/create-account HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n";
    const stream = "GET /api/stream?channels=book:BTC/USD HTTP/1.1\r\nhost: h\r\n\r\n";
    const text = await new Promise<string>((resolve) => {
      let told = "";
      const socket = connect(Number(port), "127.0.0.1", () => socket.write(call + stream));
      socket.on("data", (bytes) => {
        told += String(bytes);
        if (!told.includes('"snapshot"') || !told.includes("authkey")) return;
        socket.destroy();
        resolve(told);
      });
    });
    const inOrder =
      /^HTTP\/1\.1 200 OK\r\n[^{]*application\/json[^{]*\{"account":[^\n]*\}\}HTTP\/1\.1 200 OK\r\n[^{]*text\/event-stream[^{]*\r\n\r\ndata: \{"type":"subscribed"/;
    expect(text).toMatch(inOrder);
    await hub.end();
  },
);
