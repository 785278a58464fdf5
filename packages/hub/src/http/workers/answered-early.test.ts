import { once } from "node:events";
import type { IncomingMessage, RequestListener } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { newFolder } from "../../testing/harness.ts";
import { exchange } from "../../testing/raw-http.ts";
import { makeListener } from "../listener.ts";
import { makeProxy } from "./proxy.ts";

/** A server that answers so, and before it one that passes everything on, as a worker does. */
const start = async (answer: RequestListener) => {
  const path = join(newFolder(), "hub");
  const hub = makeListener({}, answer).listen(path);
  await once(hub, "listening");
  const proxy = makeProxy(path, () => "203.0.113.1");
  const passed: IncomingMessage[] = [];
  const worker = makeListener({}, (request, response) => {
    passed.push(request);
    proxy.request(request, response);
  }).listen(0, "127.0.0.1");
  await once(worker, "listening");
  onTestFinished(() => {
    for (const server of [worker, hub]) {
      server.close();
      server.closeAllConnections();
    }
  });
  return { url: `http://127.0.0.1:${(worker.address() as AddressInfo).port}`, passed };
};

const ANNOUNCED = `POST /nowhere HTTP/1.1\r\nhost: h\r\ncontent-length: 1000000\r\n\r\n${"x".repeat(1000)}`;

test("an answer that comes while the body is still sent is passed on, also when more is sent before it is read", async () => {
  const { url, passed } = await start((request, response) => {
    // What comes from the caller just then is written before the next look at what the hub has written.
    request.socket.once("finish", () => process.nextTick(() => passed[0]!.push("x".repeat(1000))));
    response.writeHead(413, { connection: "close", "content-length": 7 }).end("refused");
  });
  const { status, body, headers } = await exchange(url, ANNOUNCED);
  expect([status, body, headers.connection]).toEqual([413, "refused", "close"]);
});

test("a header that Node's client does not take is not passed on: it threw, and the worker ended with all its calls", async () => {
  const { url } = await start((_request, response) => response.end("here"));
  expect(
    await exchange(url, "GET / HTTP/1.1\r\nhost: h\r\nconnection: close\r\ntrailer: a\r\n\r\n"),
  ).toMatchObject({
    status: 200,
  });
});

test("a hub that goes away without an answer is not one that refused", async () => {
  const { url } = await start(({ socket }) => socket.destroy());
  expect((await exchange(url, ANNOUNCED)).status).toBe(503);
});

test("an answer that breaks off is not made to look like a whole one", async () => {
  const { url } = await start(({ socket }, response) => {
    response.writeHead(200, { "content-length": 10 });
    response.write("half", () => socket.destroy());
  });
  const cut = fetch(url, { method: "POST", body: "x" }).then((answer) => answer.text());
  await expect(cut).rejects.toThrow();
});

test("after a request that closed the connection none is carried out that comes behind it", async () => {
  let carriedOut = 0;
  let inner: Socket | undefined;
  const path = join(newFolder(), "hub");
  const hub = makeListener({}, ({ socket }, response) => {
    carriedOut++;
    inner = socket;
    response.writeHead(413, { connection: "close", "content-length": 0 }).end();
  });
  hub.on("upgrade", () => carriedOut++).listen(path);
  await once(hub, "listening");
  for (const upgrade of ["", "connection: upgrade\r\nupgrade: websocket\r\n"]) {
    carriedOut = 0;
    const caller = connect({ path, allowHalfOpen: true });
    caller.write("POST /a HTTP/1.1\r\nhost: h\r\ncontent-length: 10\r\n\r\n12345");
    await once(caller.resume(), "end");
    caller.end(`67890GET /b HTTP/1.1\r\nhost: h\r\n${upgrade}\r\n`);
    await once(inner!, "close");
    expect(carriedOut).toBe(1);
  }
  hub.close();
});

test("what comes behind a request that closed the connection is not read as requests, which would take memory without end", async () => {
  let read = 0;
  const hub = makeListener({}, (_request, response) => {
    response.writeHead(413, { connection: "close", "content-length": 0 }).end();
  });
  hub.on("request", () => read++).listen(0, "127.0.0.1");
  await once(hub, "listening");
  const connected = once(hub, "connection");
  const { port } = hub.address() as AddressInfo;
  const caller = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  caller.write("GET /a HTTP/1.1\r\nhost: h\r\n\r\n");
  const [inner] = (await connected) as [Socket];
  await once(caller.resume(), "end");
  caller.end("GET /b HTTP/1.1\r\nhost: h\r\n\r\n".repeat(50_000));
  await once(inner, "close");
  // What came in one piece with the first of them.
  expect(read).toBeLessThan(5_000);
  await new Promise((resolve) => hub.close(resolve));
});
