import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { isPublicAddress } from "../outside/public-address.ts";
import { post } from "./post.ts";
import { newSecret, signedHeaders } from "./sign.ts";

const STRICT = { timeoutMs: 5_000, anywhere: false };
const ANYWHERE = { timeoutMs: 5_000, anywhere: true };

test("addresses of one's own network, of this machine, and disguised ones are not public", () => {
  for (const address of [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "100.64.0.1",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "192.0.0.8",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
    "fc00::1",
    "fd12::1",
    "fe80::1",
    "ff02::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2001::1",
    "localhost",
    "",
    "1",
    "0x7f.1",
  ])
    expect(isPublicAddress(address), address).toBe(false);
  for (const address of [
    "8.8.8.8",
    "1.1.1.1",
    "172.32.0.1",
    "192.0.3.1",
    "2606:4700:4700::1111",
    "2a00:1450::1",
  ])
    expect(isPublicAddress(address), address).toBe(true);
});

test("nothing is posted to an address that is not public, however it is written", async () => {
  let asked = 0;
  const server = createServer((_, response) => {
    asked++;
    response.end();
  }).listen(0);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  for (const host of [
    `127.0.0.1:${port}`,
    `localhost:${port}`,
    `[::1]:${port}`,
    `2130706433:${port}`,
    `0x7f.1:${port}`,
    `127.1:${port}`,
    `[::ffff:127.0.0.1]:${port}`,
  ])
    expect(await post(`https://${host}/`, {}, "{}", STRICT), host).toEqual({ problem: "address_refused" });
  for (const url of [
    "http://example.com/",
    "ftp://example.com/",
    "https://user@example.com/",
    "no url",
    "file:///etc/passwd",
  ])
    expect(await post(url, {}, "{}", STRICT), url).toEqual({ problem: "url_refused" });
  expect(asked).toBe(0);
  server.close();
});

test("a message is known by its signature; a redirect is an answer, not a way to go", async () => {
  const secret = newSecret();
  const got: [IncomingMessage, string][] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    got.push([request, text]);
    if (request.url === "/silent") return;
    response.writeHead(request.url === "/moved" ? 307 : 204, { location: "/" }).end();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const body = JSON.stringify({ type: "fills", seq: 7 });
  const headers = signedHeaders(secret, "msg-1", Date.now(), body);
  expect(await post(`${url}/`, headers, body, ANYWHERE)).toEqual({ status: 204 });
  const [request, text] = got[0]!;
  expect(new Webhook(secret).verify(text, request.headers as Record<string, string>)).toEqual(
    JSON.parse(body),
  );
  expect(() => new Webhook(newSecret()).verify(text, request.headers as Record<string, string>)).toThrow();
  expect(await post(`${url}/moved`, headers, body, ANYWHERE)).toEqual({ status: 307 });
  expect(got).toHaveLength(2);
  expect(await post(`${url}/silent`, headers, body, { ...ANYWHERE, timeoutMs: 50 })).toEqual({
    problem: "timeout",
  });
  server.closeAllConnections();
  server.close();
  expect(await post(url, headers, body, ANYWHERE)).toEqual({ problem: "unreachable" });
});

test("an answer that changes the protocol, which nobody asked for, ends the try", async () => {
  const server = createTcp((socket) => {
    socket.on("error", () => {});
    socket.once("data", () =>
      socket.end("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n"),
    );
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await post(url, {}, "{}", ANYWHERE)).toEqual({ problem: "unreachable" });
  server.close();
});
