import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, startTestHub, type TestHub } from "../testing/harness.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

/** A client that begins, or not even that, and then sends a byte now and then, or none. Resolves with its answer when it is cut off. */
const drip = (start: string, byte = ""): Promise<string> =>
  new Promise((resolve) => {
    const socket: Socket = connect(Number(new URL(hub.url).port), "127.0.0.1");
    let answer = "";
    if (start !== "") socket.write(start);
    const timer = setInterval(() => byte !== "" && socket.write(byte), 500);
    socket.on("data", (part) => {
      answer += part.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      clearInterval(timer);
      resolve(answer);
    });
  });

test("clients that send nothing, or a request a byte at a time, are cut off in the end, and hold nobody up until then", async () => {
  const slow = [
    ...Array.from({ length: 200 }, () => drip("")),
    ...Array.from({ length: 200 }, () => drip("POST /api/ticker HTTP/1.1\r\nhost: h\r\nx-a: ", "a")),
    ...Array.from({ length: 200 }, () =>
      drip("POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-length: 60000\r\n\r\n", "a"),
    ),
  ];
  expect((await call(hub.url, "ticker", { market: "BTC/USD" })).status).toBe(200);
  const answers = await Promise.all(slow);
  for (const answer of answers) expect(answer).toMatch(/^(HTTP\/1\.1 4\d\d |$)/);
  expect((await call(hub.url, "ticker", { market: "BTC/USD" })).status).toBe(200);
}, 150_000);
