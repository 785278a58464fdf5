import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Credentials, connect, credentialsOf, type Hub, HubError, importKey } from "../index.ts";

// Three hubs that were written from the seed alone, before their writer had read anything of ours, each with a taste of
// its own in what the seed leaves open. They import nothing but Node's own modules. They are never changed to suit the client.

interface Control {
  /** Of the next call, after it was carried out: the line drops, or a proxy answers in the hub's place. */
  mishap: "drop" | "proxy" | null;
  readonly calls: string[];
}
type Made = { readonly server: Server; readonly control: Control };

const made = async (file: string, maker: string): Promise<Made> => {
  // Plain programs: they are not compiled.
  const path = new URL(`../../src/foreign/${file}`, import.meta.url).href;
  return (await import(path))[maker]();
};

const kinds = [
  {
    name: "Magpie: form, type 1 by POST",
    make: () => made("magpie.mjs", "makeMagpie"),
    credentials: async () => ({ name: "alice", pass: "wonder land&1" }),
    stranger: { name: "alice", pass: "wonderland" },
    usd: "1000.00",
    poor: { code: "refused", status: 402, message: "HTTP 402: You don't have that much" },
    unknownOrder: { code: "refused", status: 404, message: "HTTP 404: No such order" },
    strangerCode: "refused",
    proxyStatus: 502,
  },
  {
    name: "Heron: JSON, type 2 by POST",
    make: () => made("heron.mjs", "makeHeron"),
    credentials: async (url: string) => {
      const { account, authkey } = await (await connect(url)).call("create-account");
      return credentialsOf(account, authkey);
    },
    stranger: { token: "nobody", key: "00ff", account: "nobody" },
    usd: "500",
    poor: { code: "refused", status: 422, message: expect.stringContaining("insufficient") },
    unknownOrder: { code: "refused", status: 410, message: expect.stringContaining("gone") },
    strangerCode: "authentication_failed",
    proxyStatus: 504,
  },
  {
    name: "Wren: type 2 by GET",
    make: () => made("wren.mjs", "makeWren"),
    credentials: async () => ({
      token: "wren token/1+",
      key: "a key, with spaces & sharp s: \u00df",
      account: "wren token/1+",
    }),
    stranger: { token: "wren2", key: "third", account: "wren2" },
    usd: "300.00000000",
    poor: { code: "refused", status: 400, message: "HTTP 400, without a word." },
    unknownOrder: { code: "refused", status: 404, message: "HTTP 404, without a word." },
    strangerCode: "authentication_failed",
    proxyStatus: 503,
  },
];

const failure = async (call: Promise<unknown>): Promise<HubError> => {
  const error = await call.then(
    (answer) => answer,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(HubError);
  return error as HubError;
};

describe.each(kinds)("$name", (kind) => {
  let url = "";
  let hub: Hub;
  let control: Control;
  let server: Server;
  beforeAll(async () => {
    ({ server, control } = await kind.make());
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    hub = await connect(url, await kind.credentials(url));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const order = { trade_amt: "0.39", trade_cur: "USD", for_amt: "1.05", for_cur: "BTC" };
  const openOids = async (): Promise<string[]> =>
    (await hub.call("my-open-orders")).orders.map(({ oid }) => oid);

  test("balances, an order placed, listed and cancelled, an address, a payment to it", async () => {
    expect(await hub.call("my-balance")).toMatchObject({ available: { usd: kind.usd }, pending: {} });
    expect(await openOids()).toEqual([]);
    const { oid } = await hub.call("place-order", order);
    expect(typeof oid).toBe("string");
    expect(await openOids()).toEqual([oid]);
    expect((await hub.call("my-balance")).available.usd).not.toBe(kind.usd);
    expect(await hub.call("cancel-order", { oid })).toEqual({});
    expect(await openOids()).toEqual([]);
    expect((await hub.call("my-balance")).available.usd).toBe(kind.usd);
    const { btc_address } = await hub.call("new-btc-address");
    expect(btc_address).toMatch(/^1/);
    expect(await hub.call("send-btc", { to_btc_address: btc_address, amount: "0.5" })).toEqual({});
  });

  test("an account that has nothing, or nothing open, answers in the form of one that has", async () => {
    const balance = await hub.call("my-balance");
    expect(Array.isArray(balance.pending)).toBe(false);
    expect(Array.isArray(balance.available)).toBe(false);
    expect(await hub.call("my-open-orders")).toMatchObject({ orders: [] });
  });

  test("a refusal in words of its own is a HubError with a stable code, and known to be without effect", async () => {
    const tooMuch = await failure(hub.call("place-order", { ...order, trade_amt: "99999" }));
    expect({ ...tooMuch, message: tooMuch.message }).toMatchObject({ ...kind.poor, unknown: false });
    const gone = await failure(hub.call("cancel-order", { oid: "41999" }));
    expect({ ...gone, message: gone.message }).toMatchObject({ ...kind.unknownOrder, unknown: false });
  });

  test("a stranger's key or password is refused, and the reason is the first that was given", async () => {
    const stranger = await connect(url, kind.stranger);
    const error = await failure(stranger.call("my-balance"));
    expect(error).toMatchObject({ code: kind.strangerCode, unknown: false });
  });

  test.each(["drop", "proxy"] as const)(
    "%s: a payment whose answer was lost is told as unknown, is not tried again and carries no client_id",
    async (mishap) => {
      const before = await hub.call("my-balance");
      const { btc_address } = await hub.call("new-btc-address");
      control.calls.length = 0;
      control.mishap = mishap;
      const error = await failure(hub.call("send-btc", { to_btc_address: btc_address, amount: "0.25" }));
      expect(error).toMatchObject({
        code: mishap === "drop" ? "connection_lost" : "hub_failed",
        status: mishap === "drop" ? 0 : kind.proxyStatus,
        unknown: true,
        particulars: {},
      });
      control.mishap = mishap;
      expect(await failure(hub.call("place-order", order))).toMatchObject({ unknown: true });
      expect(control.calls).toEqual(["send-btc", "place-order"]);
      // It had taken effect, as the caller finds by looking.
      const open = await openOids();
      expect(open).toHaveLength(1);
      await hub.call("cancel-order", { oid: open[0]! });
      expect((await hub.call("my-balance")).available).toEqual(before.available);
    },
  );

  test("a read whose answer was lost has nothing that could be unknown", async () => {
    control.mishap = "proxy";
    expect(await failure(hub.call("my-balance"))).toMatchObject({ code: "hub_failed", unknown: false });
  });

  test("what it does not offer is refused without a request", async () => {
    control.calls.length = 0;
    expect(await failure(hub.call("ticker", { market: "BTC/USD" }))).toMatchObject({
      code: "function_unknown",
    });
    expect(control.calls).toEqual([]);
  });
});

const running = async (file: string, maker: string) => {
  const { server, control } = await made(file, maker);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    control,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

const WREN: Credentials = { token: "wren2", key: "sec0", account: "wren2" };

test("a key whose text is meant as it stands is found out once; a payment is never carried out twice by it", async () => {
  const wren = await running("wren.mjs", "makeWren");
  try {
    // "sec0" could be base64: a wrong key of that look is asked about twice, and never more.
    const hub = await connect(wren.url, WREN);
    await failure(hub.call("my-balance"));
    expect(wren.control.calls).toHaveLength(2);
    const right = await connect(wren.url, { ...WREN, key: "second" });
    wren.control.calls.length = 0;
    await right.call("my-balance");
    await right.call("my-balance");
    expect(wren.control.calls).toHaveLength(2);
    // A refusal by the function, after that, is one request.
    await failure(right.call("send-btc", { to_btc_address: "nowhere", amount: "1" }));
    expect(wren.control.calls).toHaveLength(3);
  } finally {
    wren.close();
  }
});

test("what moves money is never signed again on such a hub: how it reads keys is learnt by a read before", async () => {
  const wren = await running("wren.mjs", "makeWren");
  try {
    const nowhere = { to_btc_address: "nowhere", amount: "1" };
    // A key that could be base64 is tried that way first; what is asked twice is the balance.
    await failure((await connect(wren.url, WREN)).call("send-btc", nowhere));
    expect(wren.control.calls).toEqual(["my-balance", "my-balance", "send-btc"]);
    wren.control.calls.length = 0;
    await failure((await connect(wren.url, { ...WREN, key: "second" })).call("send-btc", nowhere));
    expect(wren.control.calls).toEqual(["my-balance", "send-btc"]);
  } finally {
    wren.close();
  }
});

test("a key in WebCrypto's keeping is read as its owner says", async () => {
  const wren = await running("wren.mjs", "makeWren");
  try {
    const hub = await connect(wren.url, { ...WREN, key: await importKey("second", "text") });
    expect((await hub.call("my-balance")).available.usd).toBe("1.00000000");
  } finally {
    wren.close();
  }
});

test("a wrong clock is set right by the date of the answer, where the hub tells nothing else", async () => {
  const AHEAD_MS = 3_600_000;
  const server = createServer((request, response) => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const now = Date.now() + AHEAD_MS;
    response.setHeader("date", new Date(now).toUTCString());
    if (request.url === "/api/overview.js")
      return response.end(
        JSON.stringify({
          req_url: `${url}/(function_name)`,
          req_method: "GET",
          req_authentication_type: 2,
          supported_functions: ["my-balance"],
        }),
      );
    const nonce = Number(new URL(request.url!, url).searchParams.get("nonce_ms"));
    if (Math.abs(nonce - now) > 60_000) return response.writeHead(403).end("your clock is wrong");
    return response.end('{"available":{"btc":"1.0"}}');
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const hub = await connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, WREN);
    expect(await hub.call("my-balance")).toEqual({ available: { btc: "1.0" }, pending: {} });
  } finally {
    server.closeAllConnections();
    server.close();
  }
});
