import type { Overview } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTestHub, type TestHub } from "../testing/harness.ts";
import { randomOf } from "../testing/random.ts";
import { isOf, openSocket, readSse, type TestReader } from "./testing.ts";

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

const BOOK = "book:BTC/USD";

test("the overview names the stream, open to pages of any origin", async () => {
  const overview = (await (await fetch(hub.overviewUrl)).json()) as Overview;
  expect(overview.stream_url).toBe(`${hub.url}/api/stream`);
  const { response, close } = await readSse(hub.url, BOOK);
  expect(response.headers).toMatchObject({
    "access-control-allow-origin": "*",
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-store",
  });
  close();
});

const refusedGet = async (query: string): Promise<[number, string]> => {
  const response = await fetch(`${hub.url}/api/stream?${query}`);
  const { error } = (await response.json()) as { error: { code: string } };
  return [response.status, error.code];
};

test("a subscription that is none is refused, and says what is wrong with it", async () => {
  for (const [query, status, code] of [
    ["", 400, "param_missing"],
    ["channels=", 400, "param_invalid"],
    ["channels=book", 400, "param_invalid"],
    ["channels=balances:BTC/USD", 400, "param_invalid"],
    ["channels=__proto__", 400, "param_invalid"],
    ["channels=constructor:BTC/USD", 400, "param_invalid"],
    ["channels=book:BTC/XXX", 400, "market_unknown"],
    ["channels=book:BTC/USD@", 400, "param_invalid"],
    ["channels=book:BTC/USD@-1", 400, "param_invalid"],
    ["channels=book:BTC/USD@9999999999999999", 400, "param_invalid"],
    ["channels=book:BTC/USD,book:BTC/USD@3", 400, "param_invalid"],
    [`channels=${Array(101).fill(BOOK).join(",")}`, 400, "param_invalid"],
    ["channels=%ff", 400, "body_malformed"],
    ["channels=a&channels=b", 400, "param_repeated"],
    ["channels=book:BTC/USD&more=1", 400, "param_unknown"],
    ["channels=book:BTC/USD&f=unsubscribe", 401, "function_mismatch"],
    ["channels=balances", 401, "authentication_missing"],
    ["channels=balances&x-authkey-token=ak-none&x-signature=%", 401, "authentication_failed"],
    ["f=my-balance&channels=book:BTC/USD", 404, "function_unknown"],
  ] as const)
    expect(await refusedGet(query), query).toEqual([status, code]);
});

test("whatever comes over a WebSocket is answered with an error or ends that connection; others read on", async () => {
  const other = await readSse(hub.url, BOOK);
  const socket = await openSocket(hub.url);
  const answered = async (text: string | Buffer): Promise<string> => {
    const before = socket.messages.length;
    socket.socket.send(text);
    const error = await socket.until((one) => socket.messages.indexOf(one) >= before && one.type === "error");
    return error.type === "error" ? error.error.code : "";
  };
  const body = `channels=${BOOK}&f=subscribe`;
  for (const [text, code] of [
    ["", "body_malformed"],
    ["{", "body_malformed"],
    ["null", "body_malformed"],
    ["[]", "body_malformed"],
    ["{}", "param_missing"],
    ['{"body":1}', "body_malformed"],
    ['{"body":"","id":1}', "body_malformed"],
    [JSON.stringify({ body, more: "" }), "param_unknown"],
    [JSON.stringify({ body, id: "x".repeat(65) }), "param_too_long"],
    [JSON.stringify({ body, "x-signature": "" }), "authentication_missing"],
    ['{"body":"f=subscribe"}', "param_missing"],
    ['{"body":"channels=book:BTC/USD"}', "function_unknown"],
    [Buffer.from([0xff, 0xfe]), "body_malformed"],
  ] as const)
    expect(await answered(text), String(text)).toBe(code);
  const random = randomOf(99);
  for (let i = 0; i < 20; i++)
    socket.socket.send(Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256))));
  socket.socket.send("x".repeat(17 * 1024));
  expect(await socket.gone).toEqual([1009, expect.any(String)]);
  const flood = await openSocket(hub.url);
  for (let i = 0; i < 200; i++) flood.socket.send("{}");
  expect(await flood.gone).toEqual([1008, "too_many_messages"]);
  expect(flood.messages.at(-1)).toMatchObject({ type: "closing", reason: "too_many_messages" });
  expect(other.messages.filter(isOf(BOOK, "ended", "gap"))).toEqual([]);
  expect(await refusedGet("channels=book")).toEqual([400, "param_invalid"]);
  other.close();
});

test("subscribing again begins anew, and unsubscribing ends a channel only", async () => {
  const socket = await openSocket(hub.url);
  socket.send("subscribe", `${BOOK},trades:BTC/USD`);
  await socket.until(isOf("trades:BTC/USD", "snapshot"));
  socket.send("subscribe", BOOK, undefined, "again");
  await socket.until((one) => one.type === "subscribed" && one.id === "again");
  socket.send("unsubscribe", BOOK, undefined, "off");
  await socket.until((one) => one.type === "unsubscribed" && one.id === "off");
  expect(socket.messages.filter(isOf(BOOK, "snapshot"))).toHaveLength(2);
  socket.close();
});

test("who reads as many channels as may be can begin any of them anew, and read no other one", async () => {
  const socket = await openSocket(hub.url);
  const places = Array.from({ length: 99 }, (_, i) => `nearby:45.5:-73.5:${i + 1}`).join(",");
  socket.send("subscribe", `${places},${BOOK}`);
  await socket.until(isOf(BOOK, "snapshot"));
  socket.send("subscribe", `${places},${BOOK}`, undefined, "again");
  await socket.until((one) => (one.type === "subscribed" || one.type === "error") && one.id === "again");
  expect(socket.messages.filter(({ type }) => type === "error")).toEqual([]);
  socket.send("subscribe", "trades:BTC/USD", undefined, "more");
  const refused = await socket.until((one) => one.type === "error" && one.id === "more");
  expect(refused).toMatchObject({ error: { code: "param_invalid", most: 100 } });
  expect(socket.messages.filter(isOf(BOOK, "snapshot"))).toHaveLength(2);
  socket.close();
});

test("one source has a bounded number of connections; one that ends makes room", async () => {
  const readers: TestReader[] = [];
  for (let i = 0; i < 100; i++) readers.push(await readSse(hub.url, BOOK));
  expect(await refusedGet(`channels=${BOOK}`)).toEqual([429, "rate_limited"]);
  const socket = await openSocket(hub.url);
  expect(await socket.gone).toEqual([1013, "rate_limited"]);
  readers.pop()!.close();
  for (;;) {
    const next = await readSse(hub.url, BOOK);
    if (next.response.statusCode === 200) {
      readers.push(next);
      break;
    }
    next.close();
  }
  for (const one of readers) one.close();
});

test("a hub that stops tells its readers so", async () => {
  const own = await startTestHub();
  const socket = await openSocket(own.url);
  socket.send("subscribe", BOOK);
  const sse = await readSse(own.url, BOOK);
  for (const one of [socket, sse]) await one.until(isOf(BOOK, "snapshot"));
  await own.end();
  await Promise.all([socket.gone, sse.gone]);
  for (const one of [socket, sse])
    expect(one.messages.at(-1)).toMatchObject({ type: "closing", reason: "hub_stopping" });
});
