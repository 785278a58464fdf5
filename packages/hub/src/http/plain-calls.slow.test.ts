import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { until } from "../testing/harness.ts";
import { makeCallRoute } from "./call-route.ts";
import { makeListener } from "./listener.ts";
import { servePlainCalls } from "./plain-calls.ts";

const POST = "POST /api/ticker HTTP/1.1\r\nhost: h\r\ncontent-length: 0\r\n\r\n";

test("who is silent, slow or idle is cut off; who waits for an answer, or for the rest of one, is not", async () => {
  const answer = "a".repeat(20_000_000);
  const waiting: (() => void)[] = [];
  const calls = makeCallRoute(
    ({ token }, respond) => {
      const respondNow = () => respond({ status: 200, body: token === "much" ? answer : "done" });
      if (token === "later") waiting.push(respondNow);
      else respondNow();
    },
    () => "",
  );
  const server = servePlainCalls(
    makeListener({}, () => {}),
    calls,
  );
  // In ms; whoever is late is looked for every five seconds.
  server.headersTimeout = 1000;
  server.requestTimeout = 1000;
  server.keepAliveTimeout = 2000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });

  const open = (text: string) => {
    const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
    const state = { socket, text: "", isClosed: false };
    socket.on("data", (part) => {
      state.text += part.toString("latin1");
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      state.isClosed = true;
    });
    if (text !== "") socket.write(text);
    return state;
  };
  const named = (token: string) => POST.replace("host", `x-authkey-token: ${token}\r\nhost`);
  const [silent, begun, used] = [open(""), open(POST.slice(0, 20)), open(POST)];
  const [later, much] = [open(named("later")), open(named("much"))];
  much.socket.pause();
  const closed = (one: typeof silent) => until(async () => one.isClosed, Boolean, 30_000);
  await Promise.all([silent, begun, used].map(closed));
  for (const { text } of [silent, begun])
    expect(text).toMatch(/^HTTP\/1\.1 400 Refused\r\n.*"body_malformed"/s);
  expect(used.text).toMatch(/200 OK.*"done"$/s);

  // Another look at all.
  await closed(open(""));
  expect([later.isClosed, much.isClosed]).toEqual([false, false]);
  waiting.pop()!();
  await until(
    async () => later.text,
    (text) => text.includes('"done"'),
  );
  much.socket.resume();
  await until(
    async () => much.text.length,
    (length) => length > answer.length,
  );
  await Promise.all([later, much].map(closed));
}, 60_000);
