import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import type { Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { expect, onTestFinished, test } from "vitest";
import { newFolder, until } from "../testing/harness.ts";
import type { Response } from "./answer-form.ts";
import { makeCallRoute } from "./call-route.ts";
import type { Request } from "./door.ts";
import { makeListener, type Tls } from "./listener.ts";
import { servePlainCalls } from "./plain-calls.ts";
import { makeSource } from "./source.ts";

// A connection is answered before Node's server as long as only plain calls come by it; nobody may notice when it goes over.

type Answer = (request: Request, respond: (response: Response) => void) => void;

interface Place {
  readonly server: Server;
  readonly port: number;
  /** Requests that came to Node's own server, as method and path. */
  readonly byNode: string[];
  readonly stop: () => Promise<void>;
}

/** A server that answers calls so, and all else with its path. */
const start = async (answer: Answer, { tls = {}, trustProxy }: { tls?: Tls; trustProxy?: string } = {}) => {
  const byNode: string[] = [];
  const calls = makeCallRoute(answer, makeSource(trustProxy));
  const listener = makeListener(tls, (request, response) => {
    byNode.push(`${request.method} ${request.url}`);
    const fn = calls.functionOf(request);
    if (fn === undefined) response.end(request.url);
    else calls.serve(request, response, fn);
  });
  const server = servePlainCalls(listener, calls);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { server, port: (server.address() as AddressInfo).port, byNode, stop: calls.stop } satisfies Place;
};

const post = (body: string, ...headers: string[]): string =>
  [
    "POST /api/ticker HTTP/1.1",
    "host: h",
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    "",
    body,
  ].join("\r\n");
const GET = "GET /page HTTP/1.1\r\nhost: h\r\n\r\n";

/** A caller: what it was sent so far, and whether the other side has closed. */
const caller = (socket: Socket) => {
  const state = { socket, text: "", isClosed: false };
  socket.on("data", (part) => {
    state.text += part.toString("utf8");
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    state.isClosed = true;
  });
  onTestFinished(() => void socket.destroy());
  return {
    ...state,
    send: (text: string) => socket.write(text),
    has: (pattern: RegExp) => until(async () => pattern.test(state.text), Boolean),
    closed: () => until(async () => state.isClosed, Boolean),
    isClosed: () => state.isClosed,
    text: () => state.text,
  };
};

const call = (port: number) => caller(connect({ port, host: "127.0.0.1" }));

const echo: Answer = ({ bytes }, respond) => respond({ status: 200, body: { echo: bytes.toString() } });

/** Answers each call when it is told to. */
const slowly = () => {
  const waiting: (() => void)[] = [];
  const answer: Answer = (request, respond) => void waiting.push(() => echo(request, respond));
  const arrived = (count: number) =>
    until(
      async () => waiting.length,
      (now) => now === count,
    );
  return { waiting, answer, arrived };
};

/** In which what was sent has nearly always arrived; where it has not, a test proves less. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 20));

/** Bodies in the order in which they were answered. */
const echoes = (text: string): string[] => [...text.matchAll(/"echo":"([^"]*)"/g)].map(([, body]) => body!);

test("an answer is byte for byte what Node's server writes, whatever its status and letters", async () => {
  const bodies: Response[] = [
    { status: 200, body: { a: 1 } },
    { status: 200, body: { name: "Zoë, 東京, 🪙, \ud800" } },
    { status: 200, body: [] },
    { status: 429, body: { error: { code: "rate_limited", retry_after_ms: 1001 } } },
    ...[400, 401, 403, 404, 405, 409, 413, 415, 500, 503].map((status) => ({ status, body: { status } })),
  ];
  const { port, byNode } = await start(({ bytes }, respond) => respond(bodies[Number(bytes.toString())]!));
  const plain = call(port);
  const other = call(port);
  for (const i of bodies.keys()) {
    const told = async (by: typeof plain, ...headers: string[]) => {
      const before = by.text().length;
      by.send(post(String(i), ...headers));
      await until(
        async () => by.text().length,
        (length) => length > before,
      );
      return by
        .text()
        .slice(before)
        .replace(/(?<=Date: )[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} [\d:]{8} GMT/, "now");
    };
    const answered = await told(plain);
    expect(answered).toContain("Date: now\r\n");
    expect(answered).toBe(await told(other, "x-other: 1"));
  }
  expect(byNode).toHaveLength(bodies.length);
});

test("a call reads the same by both ways: headers, body, and who calls, also through a trusted proxy", async () => {
  const requests: Request[] = [];
  const take: Answer = (request, respond) => {
    requests.push(request);
    respond({ status: 200, body: {} });
  };
  const { port, byNode } = await start(take, { trustProxy: "loopback" });
  const headers = [
    "Content-Type: a/b",
    "X-Authkey-Token: t",
    "X-Signature: s=",
    "X-Forwarded-For: 192.0.2.1, 2001:db8::1",
  ];
  for (const more of [[], ["x-other: 1"]]) {
    const by = call(port);
    by.send(post("\u00e9", ...headers, ...more));
    await by.has(/\{\}/);
  }
  expect(byNode).toHaveLength(1);
  expect(requests[0]).toEqual(requests[1]);
  expect(requests[0]!.source).toBe("2001:db8:0:0::/64");
});

test("calls in pieces, two at once, and whatever else comes after a plain one goes over, and is answered in its order", async () => {
  const { port, byNode } = await start(echo);
  const by = call(port);
  by.send(post("1"));
  await by.has(/"1"/);
  expect(byNode).toEqual([]);
  by.send(post("2") + post("3") + GET);
  await by.has(/\/page/);
  by.send(post("4").slice(0, 30));
  by.send(post("4").slice(30));
  await by.has(/"4"/);
  expect(echoes(by.text())).toEqual(["1", "2", "3", "4"]);
  expect(byNode).toEqual(["POST /api/ticker", "POST /api/ticker", "GET /page", "POST /api/ticker"]);

  for (const length of [1, 20, 70]) {
    const dripping = call(port);
    dripping.send(post("5").slice(0, length));
    await aMoment();
    dripping.send(post("5").slice(length));
    await dripping.has(/"5"/);
  }
});

test("what comes while a call is under way waits its turn, plain or not", async () => {
  const { waiting, answer, arrived } = slowly();
  const { port, byNode } = await start(answer);
  const by = call(port);
  by.send(post("1"));
  await arrived(1);
  by.send(post("2"));
  // Somebody else's call comes and goes: the second one has arrived by then.
  for (const other of [call(port), call(port)]) {
    other.send(post("x"));
    await arrived(2);
    waiting.pop()!();
    await other.has(/"x"/);
  }
  expect(waiting).toHaveLength(1);
  waiting.shift()!();
  await by.has(/"1"/);
  await arrived(1);
  expect(byNode).toEqual([]);
  by.send(GET + post("3"));
  await aMoment();
  waiting.shift()!();
  await arrived(1);
  waiting.shift()!();
  await by.has(/"3"/);
  expect(by.text()).toMatch(/"1".*"2".*\/page.*"3"/s);
  expect(byNode).toEqual(["GET /page", "POST /api/ticker"]);
});

test("who has sent a call and closed his side is answered, and then closed to", async () => {
  const { waiting, answer, arrived } = slowly();
  const { port } = await start(answer);
  const by = call(port);
  by.socket.end(post("1"));
  await arrived(1);
  await aMoment();
  waiting.pop()!();
  await by.closed();
  expect(echoes(by.text())).toEqual(["1"]);

  const twice = call(port);
  twice.send(post("1"));
  await arrived(1);
  twice.socket.end(post("2"));
  await aMoment();
  waiting.pop()!();
  await arrived(1);
  waiting.pop()!();
  await twice.closed();
  expect(echoes(twice.text())).toEqual(["1", "2"]);

  const silent = call(port);
  silent.socket.end();
  await silent.closed();
});

test("callers that are gone before they are answered, by end or by reset, harm nobody", async () => {
  const { waiting, answer, arrived } = slowly();
  const { port } = await start(answer);
  for (const more of ["", post("2"), GET]) {
    const by = call(port);
    by.send(post("1"));
    await arrived(1);
    if (more !== "") by.send(more);
    by.socket.resetAndDestroy();
    await by.closed();
    await aMoment();
    while (waiting.length > 0) waiting.pop()!();
  }
  const next = call(port);
  next.send(post("3"));
  await arrived(1);
  waiting.pop()!();
  await next.has(/"3"/);
});

test("what cannot be read behind a call under way is not refused in its place: that would be taken for the call's answer", async () => {
  const { waiting, answer, arrived } = slowly();
  const { port } = await start(answer);
  const together = call(port);
  together.send(`${post("1")}nonsense\r\n\r\n`);
  await together.closed();
  expect(together.text()).toBe("");
  waiting.pop()!();

  // Alone in its piece, the call is answered first.
  const behind = call(port);
  behind.send(post("2"));
  await arrived(1);
  behind.send("nonsense\r\n\r\n");
  await aMoment();
  waiting.pop()!();
  await behind.closed();
  expect(behind.text()).toMatch(/^HTTP\/1\.1 200 OK.*"2".*HTTP\/1\.1 400 Refused.*"body_malformed"/s);
});

test("a call that arrives while its connection is being cut off is not carried out: nobody could tell what became of it", async () => {
  const { waiting, answer } = slowly();
  const { server, port } = await start(answer);
  const by = call(port);
  const [socket] = (await once(server, "connection")) as [Socket];
  server.emit("clientError", new Error("Request timeout"), socket);
  socket.emit("data", Buffer.from(post("1")));
  expect(waiting).toEqual([]);
  await by.closed();
  expect(by.text()).toMatch(/^HTTP\/1\.1 400 Refused/);
});

test("who does not read his answers is asked for no more calls, and gets all of them when he reads", async () => {
  const CALLS = 40;
  const answer = "a".repeat(1_000_000);
  let taken = 0;
  const { port } = await start(({ bytes }, respond) => {
    taken++;
    respond({ status: 200, body: { echo: bytes.toString(), answer } });
  });
  const socket = connect({ port, host: "127.0.0.1", noDelay: true });
  let [text, ends] = ["", 0];
  socket.pause();
  const other = call(port);
  for (let i = 0; i < CALLS; i++) {
    socket.write(post(String(i)));
    other.send(post("x"));
    await until(
      async () => other.text().length,
      (length) => length > (i + 1) * answer.length,
    );
  }
  expect(taken - CALLS).toBeLessThan(CALLS / 2);
  socket.resume().on("data", (part) => {
    text += part.toString("latin1").replaceAll(/a{100,}/g, "");
    ends = echoes(text).length;
  });
  await until(
    async () => ends,
    (now) => now === CALLS,
  );
  expect(echoes(text)).toEqual(Array.from({ length: CALLS }, (_, i) => String(i)));
  socket.destroy();
}, 60_000);

test("a stop answers calls under way, refuses others, and closes what is idle", async () => {
  const { waiting, answer, arrived } = slowly();
  const { server, port, stop } = await start(answer);
  const [idle, used, busy] = [call(port), call(port), call(port)];
  used.send(post("0"));
  await arrived(1);
  waiting.pop()!();
  await used.has(/"0"/);
  busy.send(post("1"));
  await arrived(1);
  const stopped = stop();
  used.send(post("2"));
  await used.has(/503 Service Unavailable.*"overloaded"/s);
  const closed = once(server, "close");
  server.close();
  await Promise.all([idle.closed(), used.closed()]);
  expect(busy.isClosed()).toBe(false);
  waiting.pop()!();
  await stopped;
  server.closeAllConnections();
  await busy.closed();
  expect(echoes(busy.text())).toEqual(["1"]);
  await closed;
});

test("all of it over TLS, too", async () => {
  const folder = newFolder();
  const [tlsCert, tlsKey] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const ec = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=hub"];
  execFileSync("openssl", ["req", "-x509", ...ec, "-keyout", tlsKey, "-out", tlsCert], { stdio: "ignore" });
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { waiting, answer, arrived } = slowly();
  const { server, port, byNode } = await start(answer, { tls: { tlsCert, tlsKey } });
  const secure = () => caller(connectTls({ port, host: "127.0.0.1", rejectUnauthorized: false }));
  const [by, idle] = [secure(), secure()];
  by.send(post("1"));
  await arrived(1);
  by.send(GET);
  await aMoment();
  expect(byNode).toEqual([]);
  waiting.pop()!();
  await by.has(/"1".*\/page/s);
  by.send(post("2"));
  await arrived(1);
  waiting.pop()!();
  await by.has(/"2"/);
  expect(byNode).toEqual(["GET /page", "POST /api/ticker"]);
  idle.send(post("3"));
  await arrived(1);
  waiting.pop()!();
  await idle.has(/"3"/);
  const closed = once(server, "close");
  server.close();
  server.closeAllConnections();
  await Promise.all([by.closed(), idle.closed(), closed]);
});
