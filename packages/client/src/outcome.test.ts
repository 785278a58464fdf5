import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { JSON_BODY } from "@coinholder/protocol";
import { afterAll, test as eachTest, expect } from "vitest";
import { connect, HubError } from "./index.ts";
import { fail, KEY, type SeedHubOptions, startSeedHub } from "./testing.ts";

const closing: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));
// They mostly wait, each for its own hub.
const test = eachTest.concurrent;
const started = async (options: Partial<SeedHubOptions>) => {
  const hub = await startSeedHub({ method: "POST", encoding: JSON_BODY, type: 2, ours: true, ...options });
  closing.push(hub.close);
  return hub;
};
const failure = async (call: Promise<unknown>): Promise<HubError> => {
  const error = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
};
const payment = { to_btc_address: "bcrt1q", amount: "0.1" };

test("a payment whose answer was lost is sent again with the same client_id and a fresh nonce", async () => {
  const server = await started({
    answer: ({ count }, response) => {
      if (count === 1) response.destroy();
      else if (count === 2) fail(response, 500, { code: "internal", message: "" });
      else return { transfer_id: "t1", status: "done", fee: "0.00" };
      return undefined;
    },
  });
  const hub = await connect(server.url, KEY);
  expect(await hub.call("send-btc", payment)).toEqual({ transfer_id: "t1", status: "done", fee: "0.00" });
  const ids = server.calls.map(({ pairs }) => pairs.client_id);
  expect(ids).toHaveLength(3);
  expect(new Set(ids).size).toBe(1);
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(new Set(server.calls.map(({ pairs }) => pairs.nonce_random)).size).toBe(3);
});

test("a nonce that was used tells that a copy came first: asked again by the same client_id, not told as refused", async () => {
  const server = await started({
    answer: ({ count }, response) => {
      if (count > 1) return { transfer_id: "t1", status: "done", fee: "0.00" };
      fail(response, 401, { code: "nonce_used", message: "" });
      return undefined;
    },
  });
  const hub = await connect(server.url, KEY);
  expect(await hub.call("send-btc", payment)).toMatchObject({ transfer_id: "t1" });
  expect(new Set(server.calls.map(({ pairs }) => pairs.client_id)).size).toBe(1);
  expect(server.calls).toHaveLength(2);
});

test("the caller's own client_id is kept", async () => {
  const server = await started({});
  const hub = await connect(server.url, KEY);
  await hub.call("send-btc", { ...payment, client_id: "rent" });
  expect(server.calls[0]?.pairs.client_id).toBe("rent");
});

test("a hub that does not know client ids gets none, and no second try", async () => {
  const server = await started({ ours: false, answer: (_call, response) => void response.destroy() });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("send-btc", payment))).toMatchObject({ unknown: true });
  const sent = server.calls.filter(({ name }) => name === "send-btc");
  expect(sent).toHaveLength(1);
  expect(sent[0]?.pairs).not.toHaveProperty("client_id");
});

test("the client_id of cancel-order names an order: none is made up, nothing is retried", async () => {
  const server = await started({ answer: (_call, response) => void response.destroy() });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("cancel-order", { oid: "o1" }))).toMatchObject({ unknown: true });
  expect(server.calls.map(({ pairs }) => pairs.client_id)).toEqual([undefined]);
});

test("when no try is answered, the error says so and names the client_id to go on with", async () => {
  const server = await started({ answer: (_call, response) => void response.destroy() });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("send-btc", payment));
  expect(error).toMatchObject({ code: "connection_lost", status: 0, unknown: true });
  expect(server.calls).toHaveLength(4);
  expect(error.particulars.client_id).toBe(server.calls[0]?.pairs.client_id);
});

test("a refusal for another reason does not make an earlier, unanswered try known", async () => {
  const server = await started({
    answer: ({ count }, response) => {
      if (count === 1) response.destroy();
      else fail(response, 429, { code: "rate_limited", message: "" });
    },
  });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("send-btc", payment));
  expect(error).toMatchObject({ code: "rate_limited", status: 429, unknown: true });
});

test("a refusal by the function itself settles an earlier, unanswered try", async () => {
  const server = await started({
    answer: ({ count }, response) => {
      if (count === 1) response.destroy();
      else fail(response, 409, { code: "insufficient_funds", message: "", available: "0.05" });
    },
  });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("send-btc", payment));
  expect(error).toMatchObject({ code: "insufficient_funds", unknown: false });
  expect(error.particulars).toEqual({ available: "0.05" });
});

test("a refusal for now, though the function has it too, leaves an earlier, unanswered try unknown", async () => {
  const server = await started({
    answer: ({ count }, response) => {
      if (count === 1) response.destroy();
      else fail(response, 503, { code: "overloaded", message: "" });
    },
  });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("pay-invoice", { invoice_json: "{}", signature: "" }));
  expect(error).toMatchObject({ code: "overloaded", unknown: true });
  expect(error.particulars.client_id).toBe(server.calls[0]?.pairs.client_id);
});

test("a refusal is not tried again", async () => {
  const server = await started({
    answer: (_call, response) => fail(response, 409, { code: "insufficient_funds", message: "Too little." }),
  });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("send-btc", payment));
  expect(error).toMatchObject({
    code: "insufficient_funds",
    message: "Too little.",
    status: 409,
    unknown: false,
  });
  expect(server.calls).toHaveLength(1);
});

test.each([
  ["node_unreachable", 503, false],
  ["unsupported", 501, false],
  ["outcome_unknown", 503, true],
  ["internal", 500, true],
])("%s (%i): unknown is %s", async (code, status, unknown) => {
  const server = await started({
    answer: (_call, response) => fail(response, status, { code, message: "" }),
  });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("new-btc-address"))).toMatchObject({ code, status, unknown });
  expect(server.calls).toHaveLength(1);
});

test("an answer cut in the middle leaves the outcome unknown", async () => {
  const server = await started({
    answer: (_call, response) => {
      response.writeHead(200, { "content-length": "100" });
      response.write('{"btc_');
      setTimeout(() => response.destroy(), 20);
      return "nothing";
    },
  });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("new-btc-address"))).toMatchObject({
    code: "connection_lost",
    unknown: true,
  });
});

test("a page of some proxy is no answer: 404 is without effect, 502 and a redirect are unknown", async () => {
  const pages = [404, 502, 302];
  const server = await started({
    answer: ({ count }, response) => {
      response.writeHead(pages[count - 1]!, { location: "/code/elsewhere" }).end("<html>");
    },
  });
  const hub = await connect(server.url, KEY);
  const outcomes = [];
  for (const _ of pages) outcomes.push((await failure(hub.call("new-btc-address"))).unknown);
  expect(outcomes).toEqual([false, true, true]);
  expect(server.calls).toHaveLength(3);
});

test("no answer in time is a timeout of unknown outcome; a long poll has its wait on top", async () => {
  const server = await started({
    answer: ({ name, pairs }, response) => {
      if (name !== "invoice-status") return "nothing";
      setTimeout(() => response.end("{}"), Number(pairs.wait_ms) / 2);
      return "nothing";
    },
  });
  const hub = await connect(server.url, KEY, { timeoutMs: 150 });
  expect(await failure(hub.call("new-btc-address"))).toMatchObject({ code: "timeout", unknown: true });
  expect(await hub.call("invoice-status", { btc_address: "a", wait_ms: 800 })).toEqual({});
});

test("a read has no outcome that could be unknown", async () => {
  const server = await started({ answer: (_call, response) => void response.destroy() });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("my-balance"))).toMatchObject({ code: "connection_lost", unknown: false });
  expect(server.calls).toHaveLength(1);
});

test("a call that its caller gives up is not tried again", async () => {
  const stop = new AbortController();
  const server = await started({
    answer: () => {
      stop.abort();
      return "nothing";
    },
  });
  const hub = await connect(server.url, KEY);
  const error = await failure(hub.call("send-btc", payment, { signal: stop.signal }));
  expect(error).toMatchObject({ code: "aborted", unknown: true });
  expect(server.calls).toHaveLength(1);
});

test("a wrong clock is set right by the hub's, once, for all later calls", async () => {
  const server = await started({ clockAheadMs: 3_600_000 });
  const hub = await connect(server.url, KEY);
  await hub.call("my-balance");
  await hub.as(KEY.account).call("my-balance");
  expect(server.calls).toHaveLength(2);
});

test("a hub that never takes the nonce is asked twice, not for ever", async () => {
  let asked = 0;
  const server = await started({
    answer: (_call, response) => {
      asked++;
      fail(response, 401, { code: "nonce_stale", message: "", now: Date.now() });
    },
  });
  const hub = await connect(server.url, KEY);
  expect(await failure(hub.call("my-balance"))).toMatchObject({ code: "nonce_stale", unknown: false });
  expect(asked).toBe(2);
});

test("nothing listens: known to be without effect", async () => {
  const server = await startSeedHub({ method: "POST", encoding: JSON_BODY, type: 2, ours: true });
  const hub = await connect(server.url, KEY);
  await server.close();
  expect(await failure(hub.call("send-btc", payment))).toMatchObject({
    code: "hub_unreachable",
    unknown: false,
  });
  expect(await failure(connect(server.url))).toMatchObject({ code: "hub_unreachable", unknown: false });
});

test("what the hub does not offer, or nobody signs for, is refused without a request", async () => {
  const server = await started({});
  const hub = await connect(server.url);
  expect(await failure(hub.call("my-balance"))).toMatchObject({ code: "authentication_missing" });
  expect(await failure(hub.callByName("no-such-function"))).toMatchObject({
    code: "function_unknown",
    status: 404,
  });
  expect(server.calls).toEqual([]);
});

test.each([
  ["{}", "req_url"],
  ["[]", "req_url"],
  ['{"req_url":"file:///(function_name)"}', "http(s)"],
  ['{"req_url":"http://a/(function_name)","req_method":"PUT"}', "req_method"],
])("something that is no overview is named: %s", async (text, problem) => {
  const server = createServer((_request, response) => response.end(text));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => void server.close());
  const error = await failure(connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`));
  expect(error.code).toBe("overview_malformed");
  expect(error.message).toContain(problem);
});
