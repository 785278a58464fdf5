import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { SIGNATURE_HEADER, type StreamMessage, signCall } from "@coinholder/protocol";
import { afterEach, expect, onTestFinished, test } from "vitest";
import { connect, HubError, type StreamEvent } from "./index.ts";
import { KEY } from "./testing.ts";

// A stream that breaks where a test wants it: each connection is answered by the next of the scripts.
type Script = (response: ServerResponse, say: (...messages: StreamMessage[]) => void) => void;

let close: () => void = () => {};
afterEach(() => close());

const scripted = async (scripts: Script[]): Promise<{ url: string; queries: string[] }> => {
  const queries: string[] = [];
  let url = "";
  const server = createServer((request, response) => {
    if (request.url === "/api/overview.js")
      return response.end(
        JSON.stringify({
          req_url: `${url}/api/(function_name)`,
          req_method: "POST",
          post_body_encoding: "application/x-www-form-urlencoded",
          req_authentication_type: 2,
          supported_functions: [],
          stream_url: `${url}/api/stream`,
        }),
      );
    const query = request.url!.split("?")[1]!;
    const signature = request.headers[SIGNATURE_HEADER];
    if (signature !== undefined) expect(signature).toBe(signCall(KEY.key, new TextEncoder().encode(query)));
    queries.push(new URLSearchParams(query).get("channels")!);
    scripts.shift()!(response, (...messages) => {
      for (const message of messages) response.write(`data: ${JSON.stringify(message)}\n\n`);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  return { url, queries };
};

const channel = "book:BTC/USD";
const snapshot = (seq: number): StreamMessage => ({ type: "snapshot", channel, seq, t: 0, data: seq });
const update = (first: number, last: number): StreamMessage => ({
  type: "update",
  channel,
  first,
  last,
  t: 0,
  data: last,
});
const subscribed: StreamMessage = { type: "subscribed", channels: [channel] };

const take = async (events: AsyncGenerator<StreamEvent>, count: number): Promise<StreamEvent[]> => {
  const taken: StreamEvent[] = [];
  for await (const event of events) if (taken.push(event) === count) break;
  return taken;
};

test("a broken connection is gone on with where it was: nothing is left out, nothing comes twice", async () => {
  const { url, queries } = await scripted([
    (response, say) => {
      say(subscribed, snapshot(4), update(5, 6));
      // Broken in the middle of a message.
      response.write('data: {"type":"upd', () => response.destroy());
    },
    (response) => response.destroy(),
    (_, say) =>
      say(subscribed, { type: "resumed", channel, seq: 6 }, update(5, 6), update(7, 9), update(10, 10)),
  ]);
  const hub = await connect(url);
  expect(await take(hub.subscribe(channel), 4)).toEqual([
    snapshot(4),
    update(5, 6),
    update(7, 9),
    update(10, 10),
  ]);
  expect(queries).toEqual([channel, `${channel}@6`, `${channel}@6`]);
});

test("updates that do not follow are not passed on: a snapshot is asked for", async () => {
  const { url, queries } = await scripted([
    (_, say) => say(subscribed, snapshot(4), update(6, 7)),
    (_, say) => say(subscribed, snapshot(8)),
  ]);
  const hub = await connect(url);
  expect(await take(hub.subscribe(channel), 2)).toEqual([snapshot(4), snapshot(8)]);
  expect(queries).toEqual([channel, channel]);
});

test("a channel that ended is not asked for again, and the last one ends the iterator", async () => {
  const error = { code: "permission_denied", message: "" };
  const { url, queries } = await scripted([
    (response, say) => {
      say({ type: "snapshot", channel: "balances", seq: 1, t: 0, data: {} });
      say({ type: "ended", channel: "fills", error });
      response.end();
    },
    (response, say) => {
      say({ type: "ended", channel: "balances", error });
      response.end();
    },
  ]);
  const hub = await connect(url, KEY);
  const events = await take(hub.subscribe(["balances", "fills"]), 99);
  expect(events.map(({ type }) => type)).toEqual(["snapshot", "ended", "ended"]);
  expect(queries).toEqual(["balances,fills", "balances@1"]);
});

test("what is refused for good is thrown; what time may cure is tried again", async () => {
  const refuse =
    (status: number, code: string): Script =>
    (response) =>
      response.writeHead(status).end(JSON.stringify({ error: { code, message: "", now: Date.now() } }));
  const { url } = await scripted([
    refuse(401, "nonce_stale"),
    refuse(503, "overloaded"),
    refuse(429, "rate_limited"),
    refuse(403, "permission_denied"),
  ]);
  const hub = await connect(url, KEY);
  await expect(take(hub.subscribe("fills"), 1)).rejects.toMatchObject({ code: "permission_denied" });
  await expect(take((await connect(url)).subscribe("fills"), 1)).rejects.toBeInstanceOf(HubError);
});

const refuse =
  (status: number, code: string, particulars: object = {}): Script =>
  (response) =>
    response.writeHead(status).end(JSON.stringify({ error: { code, message: "", ...particulars } }));

test("a channel that is refused is told as ended, and the others are read; where all are, that is thrown", async () => {
  const { url, queries } = await scripted([
    refuse(403, "permission_denied", { channel: "fills" }),
    refuse(400, "market_unknown", { market: "BTC/XXX", channel: "book:BTC/XXX" }),
    (_, say) => say(subscribed, snapshot(4)),
    refuse(403, "permission_denied", { channel: "fills" }),
    refuse(403, "permission_denied", { channel: "balances" }),
  ]);
  const hub = await connect(url, KEY);
  const events = await take(hub.subscribe(["fills", channel, "book:BTC/XXX"]), 3);
  expect(events).toMatchObject([
    { type: "ended", channel: "fills", error: { code: "permission_denied" } },
    { type: "ended", channel: "book:BTC/XXX", error: { code: "market_unknown", market: "BTC/XXX" } },
    snapshot(4),
  ]);
  expect(queries).toEqual([`fills,${channel},book:BTC/XXX`, `${channel},book:BTC/XXX`, channel]);
  await expect(take(hub.subscribe(["fills", "balances"]), 2)).rejects.toMatchObject({
    code: "permission_denied",
    particulars: { channel: "balances" },
  });
});

test("a key that the hub no longer takes ends the account's channels; what is open to all is read on", async () => {
  const { url, queries } = await scripted([
    refuse(401, "authentication_failed"),
    (_, say) => say(subscribed, snapshot(4)),
    refuse(403, "authkey_expired"),
  ]);
  const hub = await connect(url, KEY);
  const events = await take(hub.subscribe(["fills", channel, "balances"]), 3);
  expect(events.map((event) => [event.type, event.channel])).toEqual([
    ["ended", "fills"],
    ["ended", "balances"],
    ["snapshot", channel],
  ]);
  expect(queries[1]).toBe(channel);
  await expect(take(hub.subscribe(["fills", "balances"]), 1)).rejects.toMatchObject({
    code: "authkey_expired",
  });
});

test("a clock that is wrong again and again, and a nonce that came twice, are tried again after a pause, which is said", async () => {
  const stale = refuse(401, "nonce_stale", { now: 1_000 });
  const { url } = await scripted([
    stale,
    stale,
    refuse(401, "nonce_used"),
    refuse(503, "disk_full"),
    (_, say) => say(subscribed, { type: "snapshot", channel: "fills", seq: 1, t: 0, data: [] }),
  ]);
  const hub = await connect(url, KEY);
  const states: string[] = [];
  await take(hub.subscribe("fills", { onState: (state) => states.push(state) }), 1);
  expect(states).toEqual(["reconnecting", "reconnecting", "reconnecting", "live"]);
});

test("a proxy's page in place of the hub, while that starts anew, does not end a subscription", async () => {
  const { url } = await scripted([
    (response) => response.writeHead(502, { "content-type": "text/html" }).end("<h1>Bad gateway</h1>"),
    (response) => response.writeHead(504).end(),
    (_, say) => say(subscribed, snapshot(4)),
  ]);
  const hub = await connect(url, KEY);
  expect(await take(hub.subscribe(channel), 1)).toEqual([snapshot(4)]);
});

test("a clock that is set a second time does not end a subscription that lives long", async () => {
  const stale: Script = (response) =>
    response
      .writeHead(401)
      .end(JSON.stringify({ error: { code: "nonce_stale", message: "", now: Date.now() } }));
  const told: StreamMessage = { type: "snapshot", channel: "fills", seq: 1, t: 0, data: [] } as never;
  const { url } = await scripted([
    stale,
    (response, say) => {
      say(subscribed, told);
      response.end();
    },
    stale,
    (_, say) => say(subscribed, told),
  ]);
  const hub = await connect(url, KEY);
  expect(await take(hub.subscribe("fills"), 2)).toEqual([told, told]);
});

test("a hub that takes a subscription and drops it at once, again and again, is asked ever more rarely", async () => {
  const dropped: Script = (response, say) => {
    say(subscribed, snapshot(1));
    response.end();
  };
  const { url } = await scripted([
    dropped,
    dropped,
    dropped,
    dropped,
    (_, say) => say(subscribed, snapshot(2)),
  ]);
  const hub = await connect(url);
  // The machine may be slow: no time goes by, and pauses are noted instead of waited for.
  const { now } = performance;
  const { setTimeout } = globalThis;
  const pauses: number[] = [];
  onTestFinished(() => {
    performance.now = now;
    globalThis.setTimeout = setTimeout;
  });
  performance.now = () => 0;
  globalThis.setTimeout = ((then: () => void, ms: number, ...given: []) => {
    if (![200, 600, 1_800, 5_000, 15_000].includes(ms)) return setTimeout(then, ms, ...given);
    pauses.push(ms);
    return setTimeout(then, 0);
  }) as typeof setTimeout;
  await take(hub.subscribe(channel), 5);
  expect(pauses).toEqual([200, 600, 1_800, 5_000]);
});

test("a signal ends a subscription that waits", async () => {
  const { url } = await scripted([(_, say) => say(subscribed)]);
  const ending = new AbortController();
  const events = (await connect(url)).subscribe(channel, { signal: ending.signal });
  const first = events.next();
  ending.abort();
  expect(await first).toEqual({ value: undefined, done: true });
});
