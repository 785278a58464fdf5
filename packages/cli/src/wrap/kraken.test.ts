import { connect, credentialsOf } from "@coinholder/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Kraken, startKraken } from "../../../client/dist/ccxt/testing.js";
import { ownKey } from "./own-key.ts";
import { connectExchange, type RunningWrapper, serveWrapped } from "./serve.ts";
import { newFolder } from "./testing.ts";

let kraken: Kraken;
let folder: ReturnType<typeof newFolder>;
let running: RunningWrapper;
let lines: string[];

const serve = async (): Promise<void> => {
  const connected = await connectExchange("ccxt:kraken", kraken.keys, kraken.ccxt);
  const key = ownKey(folder.data).entry;
  const log = (line: string) => void lines.push(line);
  running = await serveWrapped(
    connected,
    { exchange: "ccxt:kraken", key, keys: kraken.keys, log },
    { host: "127.0.0.1", port: 0, data: folder.data },
  );
};
const client = () => {
  const { account, authkey } = ownKey(folder.data).entry;
  return connect(running.url, credentialsOf(account, authkey));
};

beforeEach(async () => {
  lines = [];
  kraken = await startKraken({ balances: { XXBT: "1.5", ZUSD: "10000" } });
  folder = newFolder();
  await serve();
}, 120_000);
afterEach(async () => {
  await running.close();
  await kraken.close();
  folder.remove();
});

const ORDER = { trade_amt: "600", trade_cur: "USD", for_amt: "0.01", for_cur: "BTC" };

test("a client of hubs checks balances, trades, lists, cancels and asks for an address at Kraken", async () => {
  const hub = await client();
  expect(hub.overview.markets?.map(({ name }) => name)).toContain("BTC/USD");
  expect(Number((await hub.call("my-balance")).available.btc)).toBe(1.5);
  const { oid } = await hub.call("place-order", ORDER);
  expect((await hub.call("my-open-orders")).orders.map((order) => order.oid)).toEqual([oid]);
  await hub.call("cancel-order", { oid });
  expect((await hub.call("my-open-orders")).orders).toEqual([]);
  expect((await hub.call("new-btc-address")).btc_address).toMatch(/^(bc1|[13])/);
  const ticker = await connect(running.url).then((stranger) =>
    stranger.call("ticker", { market: "BTC/USD" }),
  );
  expect(Number(ticker.bid)).toBe(64_990);
});

test("an order whose answer Kraken did not get to send is placed once, whoever asks again, and after a restart", async () => {
  const hub = await client();
  kraken.failNext("AddOrder", "carried-out-then-broken");
  const first = await hub
    .call("place-order", { ...ORDER, client_id: "mine" })
    .catch((error: unknown) => error);
  await running.close();
  await serve();
  const again = await client().then((other) => other.call("place-order", { ...ORDER, client_id: "mine" }));
  expect((await client().then((other) => other.call("my-open-orders"))).orders.map(({ oid }) => oid)).toEqual(
    [again.oid],
  );
  expect(first).toMatchObject({ oid: again.oid });
  expect(kraken.calls.filter(({ endpoint }) => endpoint === "AddOrder")).toHaveLength(1);
});

test("what Kraken refuses has a hub's code; what it says of the wrapper's key is not said of the caller's", async () => {
  const hub = await client();
  await expect(
    hub.call("place-order", { ...ORDER, trade_amt: "600000", for_amt: "10" }),
  ).rejects.toMatchObject({
    code: "insufficient_funds",
    unknown: false,
  });
  kraken.failNext("BalanceEx", { errors: ["EAPI:Invalid key"] });
  kraken.failNext("Balance", { errors: ["EAPI:Invalid key"] });
  await expect(hub.call("my-balance")).rejects.toMatchObject({ code: "permission_denied", status: 403 });
  for (const secret of [kraken.keys.apiKey, kraken.keys.secret])
    expect(lines.join("\n")).not.toContain(secret);
});
