import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { StreamMessage } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeFeed } from "./feed.ts";
import { makePump } from "./pump.ts";
import { makeReader, type Reader } from "./reader.ts";
import { drawAll } from "./testing.ts";

// Feeds, pump and readers over real sockets, with messages as large as it takes to fill what lies between.
let server: Server;
let port: number;
const accepted: Socket[] = [];

beforeAll(async () => {
  server = createServer((socket) => accepted.push(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as { port: number }).port;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const pair = async (): Promise<{ reader: Reader; client: Socket; gone: Promise<void> }> => {
  const client = connect(port, "127.0.0.1");
  const [socket] = await Promise.all([
    once(server, "connection").then(([one]) => one as Socket),
    once(client, "connect"),
  ]);
  let over = (): void => {};
  const gone = new Promise<void>((resolve) => {
    over = resolve;
  });
  const wire = {
    socket,
    bytes: (message: { sse: () => Buffer }) => message.sse(),
    finish: () => socket.end(),
  };
  return { reader: makeReader(wire, "here", over), client, gone };
};

const read = async (client: Socket): Promise<StreamMessage[]> => {
  let text = "";
  client.setEncoding("utf8");
  for await (const part of client) text += part;
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, json]) => JSON.parse(json!));
};

test("a reader that takes nothing is cut off with a reason; the others get every update", async () => {
  const pump = makePump();
  const feed = makeFeed(pump, {
    channel: "book:BTC/USD",
    seq: 0,
    snapshot: () => ({ t: 0, data: { bids: [], asks: [] } }),
  });
  const [slow, quick] = [await pair(), await pair()];
  slow.client.pause();
  const got = read(quick.client);
  feed.join(slow.reader, undefined);
  feed.join(quick.reader, undefined);
  const large = "0".repeat(100_000);
  let told = 0;
  while (slow.reader.open()) {
    told++;
    feed.publish(told, told, { bids: [[String(told), large]], asks: [] });
    while (feed.busy()) await new Promise((resolve) => setImmediate(resolve));
    expect(told).toBeLessThan(1_000);
  }
  await slow.gone;
  expect(feed.readers()).toBe(1);
  for (let i = 0; i < 10; i++) feed.publish(++told, told, { bids: [[String(told), "1.00"]], asks: [] });
  while (feed.busy()) await new Promise((resolve) => setImmediate(resolve));
  quick.reader.end("hub_stopping");
  const messages = await got;
  const drawn = drawAll(messages, "book:BTC/USD");
  expect(drawn.map(({ seq }) => seq)).toEqual(Array.from({ length: told + 1 }, (_, i) => i));
  // When it reads on it finds what was under way, whole, and why there is no more.
  const late = await read(slow.client);
  expect(late.at(-1)).toMatchObject({ type: "closing", reason: "slow_reader" });
  drawAll(late, "book:BTC/USD");
  pump.stop();
});

test("a reader that has not moved between two heartbeats is cut off, however little it was sent", async () => {
  const { reader, client, gone } = await pair();
  client.pause();
  // Fills what the system holds between the two, and no more of the reader's own.
  const message = { sse: () => Buffer.alloc(64 * 1024, "."), ws: () => Buffer.alloc(0) };
  const [socket] = accepted.slice(-1);
  while (socket!.writableLength === 0) {
    reader.send(message);
    await new Promise((resolve) => setImmediate(resolve));
  }
  let looks = 0;
  while (reader.open() && looks++ < 50) {
    reader.checkStalled();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(reader.open()).toBe(false);
  await gone;
  client.destroy();
});

test("who comes while an update is under way gets neither less nor more than the rest", async () => {
  const pump = makePump();
  const feed = makeFeed(pump, { channel: "trades:BTC/USD", seq: 7, snapshot: () => ({ t: 0, data: {} }) });
  const readers = [];
  for (let i = 0; i < 40; i++) {
    const one = await pair();
    const got = read(one.client);
    feed.join(one.reader, i % 2 === 0 ? undefined : feed.seq());
    feed.publish(feed.seq() + 1 + (i % 3), i, {});
    readers.push({ ...one, got });
    if (i % 5 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  while (feed.busy()) await new Promise((resolve) => setImmediate(resolve));
  for (const { reader } of readers) reader.end("hub_stopping");
  for (const { got } of readers) {
    let at: number | undefined;
    for (const message of await got) {
      if (message.type === "snapshot" || message.type === "resumed") at = message.seq;
      if (message.type !== "update") continue;
      expect(message.first).toBe(at! + 1);
      at = message.last;
    }
    expect(at).toBe(feed.seq());
  }
  pump.stop();
});
