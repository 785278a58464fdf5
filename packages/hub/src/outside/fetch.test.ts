import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server as TcpServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type FetchOptions, fetchOutside } from "./fetch.ts";

const ANYWHERE: FetchOptions = { timeoutMs: 5_000, maxBytes: 1000, anywhere: true };
const STRICT: FetchOptions = { ...ANYWHERE, anywhere: false };

const servers: (Server | TcpServer)[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    if ("closeAllConnections" in server) server.closeAllConnections();
    server.close();
  }
});
const serve = async (answer: RequestListener): Promise<string> => {
  const server = createServer(answer).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
};

test("no socket is opened to an address of one's own network, however it is written", async () => {
  let connections = 0;
  const server = createTcp(() => connections++).listen(0);
  servers.push(server);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const host of [
    "127.0.0.1",
    "localhost",
    "[::1]",
    "2130706433",
    "0x7f.1",
    "127.1",
    "[::ffff:127.0.0.1]",
    "0",
    "x.internal",
  ])
    expect(await fetchOutside(`https://${host}:${port}/`, STRICT), host).toEqual({
      problem: "address_refused",
    });
  for (const url of [
    "http://example.com/",
    "ftp://example.com/",
    "https://me@example.com/",
    "nothing",
    "file:///etc/passwd",
    "",
  ])
    expect(await fetchOutside(url, STRICT), url).toEqual({ problem: "url_refused" });
  expect(connections).toBe(0);
  // The server does listen: a connection that is made is counted.
  const socket = connect(port);
  await once(socket, "connect");
  await expect.poll(() => connections).toBe(1);
  socket.destroy();
});

test("a redirect is not followed, wherever it leads", async () => {
  let asked = 0;
  const url = await serve((_, response) => {
    asked++;
    response.writeHead(302, { location: "/elsewhere" }).end();
  });
  expect(await fetchOutside(url, ANYWHERE)).toEqual({ problem: "redirected" });
  expect(asked).toBe(1);
});

test("of an endless body no more is read than may be, whether it says its length or not", async () => {
  let written = 0;
  const url = await serve((request, response) => {
    if (request.url === "/told") response.setHeader("content-length", "1000000000");
    const more = (): void => {
      do written += 65_536;
      while (!response.destroyed && response.write(Buffer.alloc(65_536, "x")));
    };
    response.on("drain", more);
    more();
  });
  expect(await fetchOutside(`${url}/untold`, ANYWHERE)).toEqual({ problem: "too_large" });
  expect(await fetchOutside(`${url}/told`, ANYWHERE)).toEqual({ problem: "too_large" });
  expect(written).toBeLessThan(100_000_000);
});

test("a body of just as many bytes as may be is read; text only", async () => {
  const url = await serve((request, response) => {
    response.end(request.url === "/text" ? "ü".repeat(500) : Buffer.of(0x68, 0xff));
  });
  expect(await fetchOutside(`${url}/text`, ANYWHERE)).toEqual({ status: 200, body: "ü".repeat(500) });
  expect(await fetchOutside(`${url}/binary`, ANYWHERE)).toEqual({ problem: "not_text" });
});

test("one who never ends, or never begins, is given up after the time for all of it", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/silent") return;
    // A byte now and then keeps no call alive.
    response.write("x");
    const drip = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(drip));
  });
  const hurried = { ...ANYWHERE, timeoutMs: 150 };
  expect(await fetchOutside(`${url}/silent`, hurried)).toEqual({ problem: "timeout" });
  expect(await fetchOutside(`${url}/slow`, hurried)).toEqual({ problem: "timeout" });
});

test("a call is posted as it is given, and a refusal is an answer", async () => {
  const url = await serve(async (request, response) => {
    let body = "";
    for await (const part of request) body += part;
    response.writeHead(403).end(`${request.method} ${request.headers["x-own"]} ${body}`);
  });
  const options = { ...ANYWHERE, body: "a=ü", headers: { "x-own": "1" } };
  expect(await fetchOutside(url, options)).toEqual({ status: 403, body: "POST 1 a=ü" });
});

test("an answer that changes the protocol, which nobody asked for, ends the call", async () => {
  const server = createTcp((socket) => {
    socket.on("error", () => {});
    socket.once("data", () =>
      socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
    );
  }).listen(0, "127.0.0.1");
  servers.push(server);
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await fetchOutside(url, ANYWHERE)).toEqual({ problem: "unreachable" });
});

test("nobody there is unreachable", async () => {
  const url = await serve(() => {});
  const server = servers.pop() as Server;
  server.close();
  await once(server, "close");
  expect(await fetchOutside(url, ANYWHERE)).toEqual({ problem: "unreachable" });
});
