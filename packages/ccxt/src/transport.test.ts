import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import {
  ArgumentsRequired,
  BadResponse,
  type coinbase,
  ExchangeError,
  NetworkError,
  NotSupported,
  OperationFailed,
  RequestTimeout,
} from "ccxt";
import { afterEach, describe, expect, test } from "vitest";
import { coinholder } from "./coinholder.ts";
import { implicit } from "./implicit.ts";

const KEYS = { apiKey: "ak-test", secret: Buffer.alloc(32, 7).toString("base64"), uid: "ac-test" };
const MARKETS = [
  {
    name: "BTC/USD",
    base: "BTC",
    quote: "USD",
    tick: "0.01",
    lot: "0.00000001",
    maker_fee_bps: 10,
    taker_fee_bps: 25,
  },
];
const CURRENCIES = [
  { code: "BTC", decimals: 8 },
  { code: "USD", decimals: 2 },
];

interface Asked {
  readonly name: string;
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>>;
}
type Reply = { readonly status?: number; readonly text: string } | "never" | "cut";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
};

/** A hub that somebody else wrote: it says how it is called, checks signatures, and answers as the test wants. */
const foreignHub = async (overview: object, answer: (asked: Asked, nth: number) => Reply) => {
  const asked: Asked[] = [];
  let url = "";
  const server = createServer(async (request, response) => {
    const path = new URL(request.url!, url);
    if (path.pathname === "/api/overview.js") {
      const told = {
        req_url: `${url}/call/(function_name)?v=1`,
        req_method: "POST",
        post_body_encoding: "application/x-www-form-urlencoded",
        req_authentication_type: 2,
        supported_functions: ["my-balance", "place-order", "ticker"],
        currencies: CURRENCIES,
        markets: MARKETS,
        ...overview,
      };
      return void response.end(JSON.stringify(told));
    }
    const body = await bodyOf(request);
    const signed = request.method === "GET" ? path.search.slice(1) : body;
    const expected = createHmac("sha256", Buffer.alloc(32, 7)).update(signed).digest("base64");
    const name = path.pathname.slice("/call/".length);
    const isJson = request.headers["content-type"] === "application/json";
    const { f, account, nonce_ms, nonce_random, v, ...params } = isJson
      ? JSON.parse(body)
      : Object.fromEntries(new URLSearchParams(signed));
    const isGood =
      request.headers["x-signature"] === expected &&
      request.headers["x-authkey-token"] === KEYS.apiKey &&
      f === name &&
      account === KEYS.uid;
    if (name !== "ticker" && !isGood)
      return void response.writeHead(401).end('{"error":{"code":"authentication_failed","message":"No."}}');
    asked.push({ name, method: request.method!, params });
    const reply = answer(asked.at(-1)!, asked.length);
    if (reply === "never") return;
    if (reply === "cut") return void response.destroy();
    response.writeHead(reply.status ?? 200).end(reply.text);
  });
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked };
};

const BALANCE = '{"available":{"btc":"17.50","usd":"0.02"},"pending":{"btc":"5000.0"}}';

describe("a hub is called as its overview says", () => {
  test.each([
    ["form", {}],
    ["JSON", { post_body_encoding: "application/json" }],
    ["GET", { req_method: "GET" }],
  ])("%s", async (_, overview) => {
    const hub = await foreignHub(overview, () => ({ text: BALANCE }));
    const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
    const balance = await exchange.fetchBalance();
    expect(balance.BTC).toMatchObject({ free: 17.5, used: 0, total: 17.5 });
    expect(hub.asked).toMatchObject([{ name: "my-balance", params: {} }]);
    expect(exchange.market("BTC/USD")).toMatchObject({
      maker: 0.001,
      taker: 0.0025,
      precision: { price: 0.01 },
    });
  });

  test("an order that answers with nothing but its oid, as the seed says, is told without inventing the rest", async () => {
    const hub = await foreignHub({}, () => ({ text: '{"oid":"7"}' }));
    const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
    const order = await exchange.createOrder("BTC/USD", "limit", "buy", 1, 65_000);
    expect(order).toMatchObject({ id: "7", amount: 1, price: 65_000, status: undefined, filled: undefined });
    expect(hub.asked[0]?.params).toMatchObject({
      trade_amt: "65000.00",
      trade_cur: "USD",
      for_amt: "1.00",
      for_cur: "BTC",
    });
  });

  test("what it does not have is not asked for", async () => {
    const hub = await foreignHub({}, () => ({ text: "{}" }));
    const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
    await expect(exchange.fetchOpenOrders()).rejects.toThrow(NotSupported);
    expect(hub.asked).toEqual([]);
    const passwords = await foreignHub({ req_authentication_type: 1 }, () => ({ text: "{}" }));
    await expect(new coinholder({ urls: { api: passwords.url }, ...KEYS }).fetchBalance()).rejects.toThrow(
      NotSupported,
    );
  });

  test("a hub must be named", async () => {
    await expect(new coinholder(KEYS).fetchBalance()).rejects.toThrow(ArgumentsRequired);
  });
});

describe("an order whose outcome is unknown is no refusal", () => {
  const place = async (reply: Reply, error: typeof OperationFailed, timeout?: number) => {
    const hub = await foreignHub({}, () => reply);
    const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
    await exchange.loadMarkets();
    if (timeout !== undefined) exchange.timeout = timeout;
    const failed: unknown = await exchange
      .createOrder("BTC/USD", "limit", "buy", 1, 65_000)
      .catch((thrown: unknown) => thrown);
    expect(failed).toBeInstanceOf(error);
    expect(failed).toBeInstanceOf(OperationFailed);
    expect(failed).not.toBeInstanceOf(ExchangeError);
    expect(hub.asked).toHaveLength(1);
  };
  test("no answer", () => place("never", RequestTimeout, 2_000));
  test("a connection that breaks", () => place("cut", NetworkError));
  test("the hub failed", () =>
    place({ status: 500, text: '{"error":{"code":"internal"}}' }, OperationFailed));
  test("a proxy's page", () => place({ status: 502, text: "<h1>Bad gateway</h1>" }, NetworkError));
  test("an answer that is none", () => place({ text: "<h1>Welcome</h1>" }, BadResponse));
});

test("ccxt's own retries send one client id, so that the hub places once", async () => {
  const hub = await foreignHub({}, (_, nth) =>
    nth === 1 ? { status: 503, text: '{"error":{"code":"outcome_unknown"}}' } : { text: '{"oid":"7"}' },
  );
  const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS, options: { maxRetriesOnFailure: 3 } });
  expect((await exchange.createOrder("BTC/USD", "limit", "buy", 1, 65_000)).id).toBe("7");
  expect(hub.asked).toHaveLength(2);
  expect(hub.asked[1]?.params.client_id).toBe(hub.asked[0]?.params.client_id);
  expect(hub.asked[0]?.params.client_id).toMatch(/^[0-9a-f]{32}$/);
});

test("a clock that stays wrong is corrected once, not for ever", async () => {
  const hub = await foreignHub({}, () => ({
    status: 401,
    text: `{"error":{"code":"nonce_stale","now":${Date.now()}}}`,
  }));
  const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
  await expect(exchange.fetchBalance()).rejects.toThrow(NetworkError);
  expect(hub.asked).toHaveLength(2);
});

test("every function has its implicit method, as exchanges of ccxt have", async () => {
  const hub = await foreignHub({}, () => ({ text: BALANCE }));
  const exchange = new coinholder({ urls: { api: hub.url }, ...KEYS });
  await exchange.loadMarkets();
  expect(await implicit(exchange).privatePostMyBalance!()).toEqual(JSON.parse(BALANCE));
  expect(await implicit(exchange).publicGetTicker!({ market: "BTC/USD" })).toBeDefined();
  expect(hub.asked.map(({ name }) => name)).toEqual(["my-balance", "ticker"]);
});

test("it is an exchange to TypeScript as those of ccxt are", () => {
  const trade = (exchange: Pick<coinbase, "createOrder" | "fetchBalance" | "fetchTicker">): string =>
    typeof exchange;
  expect(trade(new coinholder({ enableRateLimit: false }))).toBe("object");
});
