import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestHub, type TestHub } from "../testing/harness.ts";
import { exchange } from "../testing/raw-http.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ mtgox: true });
});
afterAll(() => hub.end());

const TIMES = 15;
const FORM = "content-type: application/x-www-form-urlencoded";

/** Of a function, of one in other letters, of what is none, of Mt Gox's API, and where nothing is. */
const REFUSED = [
  ["/api/ticker", 413, "body_too_large"],
  ["/api/%74icker", 413, "body_too_large"],
  ["/api/no-such", 413, "body_too_large"],
  ["/code/getFunds.php", 200, "body_too_large"],
] as const;
const NOT_READ = [
  ["/code/redeemCode.php", 404, "function_unknown"],
  ["/nowhere", 404, "function_unknown"],
] as const;

const told = (status: number, text: string): readonly [number, string] => {
  const body = JSON.parse(text);
  return [status, body.code ?? body.error.code];
};

test.each(REFUSED)(
  "%s: who sends a body without end gets his refusal, each time",
  async (path, ...refusal) => {
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    for (let i = 0; i < TIMES; i++) {
      const { status, body, headers } = await exchange(
        hub.url,
        `POST ${path} HTTP/1.1\r\nhost: h\r\n${FORM}\r\ntransfer-encoding: chunked\r\n\r\n`,
        (socket) => {
          const on = () => {
            if (socket.writable) socket.write(chunk, () => setImmediate(on));
          };
          on();
        },
      );
      expect(told(status, body)).toEqual(refusal);
      expect(headers.connection).toBe("close");
    }
  },
);

test.each([...REFUSED, ...NOT_READ])(
  "%s: who sends a long body and reads afterwards gets his refusal, each time",
  async (path, ...refusal) => {
    for (const length of [70_000, 400_000, 3_000_000])
      for (let i = 0; i < TIMES; i++) {
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const answer = await fetch(hub.url + path, { method: "POST", headers, body: "x".repeat(length) });
        expect(told(answer.status, await answer.text())).toEqual(refusal);
      }
  },
);

test.each(NOT_READ)("%s: a body that nobody reads is not taken for the next request", async (path) => {
  const socket = connect(Number(new URL(hub.url).port), "127.0.0.1");
  let text = "";
  socket.on("data", (part) => {
    text += part;
  });
  // Its last part, which looks like a request, comes when the refusal is there.
  socket.write(
    `POST ${path} HTTP/1.1\r\nhost: h\r\n${FORM}\r\ncontent-length: 200010\r\n\r\n${"x".repeat(200_000)}`,
  );
  while (!text.includes("function_unknown")) await once(socket, "data");
  text = "";
  socket.write("GET / HTTP");
  socket.write("GET /api/ticker?market=BTC/USD HTTP/1.1\r\nhost: h\r\nconnection: close\r\n\r\n");
  await once(socket, "close");
  expect(text).toMatch(/^HTTP\/1.1 200 /);
});
