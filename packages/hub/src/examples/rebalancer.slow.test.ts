import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must, startTestHub, type TestHub } from "../testing/harness.ts";
import { runExample } from "./run.ts";

// The exchange is one wrapped by ccxt: an emulated Kraken.
interface Kraken {
  readonly keys: object;
  readonly ccxt: object;
  readonly calls: { readonly endpoint: string }[];
  readonly failNext: (endpoint: string, fault: unknown) => void;
  readonly close: () => Promise<void>;
}
const KRAKEN = new URL("../../../client/dist/ccxt/testing.js", import.meta.url).href;
// Kraken pays to addresses that it was told before, and to none but Bitcoin's own.
const TOLD_BEFORE = "bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c";

let hub: TestHub;
let folder: string;
beforeAll(async () => {
  hub = await startTestHub();
  folder = mkdtempSync(join(tmpdir(), "coinholder-rebalancer-"));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await hub.end();
});

const file = (name: string, content: object): string => {
  const path = join(folder, name);
  writeFileSync(path, JSON.stringify(content), { mode: 0o600 });
  return path;
};

const between = async (btcOnHub: string, btcOnKraken: string, name: string) => {
  const account = await hub.fundedAccount(btcOnHub);
  const kraken: Kraken = await (await import(KRAKEN)).startKraken({
    balances: { XXBT: btcOnKraken, ZUSD: "0" },
  });
  const state = join(folder, `${name}.state`);
  const env = {
    HUB: hub.url,
    EXCHANGE: "ccxt:kraken",
    HUB_CREDENTIALS: file(`${name}-hub`, { credentials: account }),
    EXCHANGE_CREDENTIALS: file(`${name}-kraken`, {
      credentials: kraken.keys,
      options: { ccxt: kraken.ccxt },
    }),
    HUB_ADDRESS: TOLD_BEFORE,
    STATE: state,
  };
  return {
    account,
    kraken,
    state,
    run: (more = {}) => runExample("rebalancer.mjs", [], { ...env, ...more }),
  };
};
const withdrawals = (kraken: Kraken): number =>
  kraken.calls.filter(({ endpoint }) => endpoint === "Withdraw").length;

test("the rebalancer among the examples pays once from where there is more, and waits until that has arrived", async () => {
  const { kraken, state, run } = await between("0.5", "1.5", "pays");
  try {
    expect(await run({ SHARE: "25" })).toMatchObject({
      code: 0,
      out: expect.stringContaining("nothing to move"),
    });
    const sent = await run();
    expect(sent).toMatchObject({ code: 0, err: "" });
    expect(sent.out).toContain(`sent 0.50000000 BTC from ccxt:kraken to ${hub.url}`);
    expect(withdrawals(kraken)).toBe(1);
    const again = await run();
    expect(again).toMatchObject({ code: 0, err: expect.stringContaining("has not arrived yet") });
    expect(withdrawals(kraken)).toBe(1);
    expect(JSON.parse(readFileSync(state, "utf8"))).toMatchObject({ state: "sent", amount: "0.50000000" });
  } finally {
    await kraken.close();
  }
});

test("a payment of unknown outcome is never followed by another until a person has looked", async () => {
  const { kraken, state, run } = await between("0.5", "1.5", "unknown");
  try {
    kraken.failNext("Withdraw", "carried-out-then-broken");
    expect(await run()).toMatchObject({ code: 3, err: expect.stringContaining("not known") });
    for (let i = 0; i < 2; i++)
      expect(await run()).toMatchObject({
        code: 3,
        err: expect.stringContaining("may or may not have been sent"),
      });
    expect(withdrawals(kraken)).toBe(1);
    expect(JSON.parse(readFileSync(state, "utf8"))).toMatchObject({ state: "sending" });
    rmSync(state);
    await run();
    expect(existsSync(state)).toBe(true);
  } finally {
    await kraken.close();
  }
});

test("a refusal is known to be one: nothing is noted, and the next run may try again", async () => {
  const { kraken, state, run } = await between("0.5", "1.5", "refused");
  try {
    expect(await run({ HUB_ADDRESS: "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu" })).toMatchObject({
      code: 1,
    });
    expect(existsSync(state)).toBe(false);
    expect(withdrawals(kraken)).toBe(0);
    expect(await run()).toMatchObject({ code: 0, out: expect.stringContaining("sent 0.5") });
  } finally {
    await kraken.close();
  }
});

test("from a hub the payment goes under a client_id of its own, to the exchange's address", async () => {
  const account = await hub.fundedAccount("1");
  const payee = await hub.newAccount();
  const { btc_address } = await must(hub.url, "new-btc-address", {}, payee);
  // An exchange with nothing, whose address is one of this hub, so that what is sent can be seen.
  const exchange = createServer((request, response) => {
    const url = `http://127.0.0.1:${(exchange.address() as AddressInfo).port}`;
    const overview = {
      req_url: `${url}/(function_name)`,
      req_method: "GET",
      req_authentication_type: 1,
      supported_functions: ["my-balance", "new-btc-address", "send-btc"],
    };
    response.end(
      JSON.stringify(
        request.url === "/api/overview.js"
          ? overview
          : request.url!.startsWith("/my-balance")
            ? { available: {}, pending: {} }
            : { btc_address },
      ),
    );
  });
  exchange.listen(0, "127.0.0.1");
  await once(exchange, "listening");
  try {
    const env = {
      HUB: hub.url,
      EXCHANGE: `http://127.0.0.1:${(exchange.address() as AddressInfo).port}`,
      HUB_CREDENTIALS: file("to-hub", { credentials: account }),
      EXCHANGE_CREDENTIALS: file("to-exchange", { credentials: { name: "a", pass: "b" } }),
      STATE: join(folder, "to.state"),
      SHARE: "70",
    };
    expect(await runExample("rebalancer.mjs", [], env)).toMatchObject({ code: 0, err: "" });
    const { available } = await must(hub.url, "my-balance", {}, payee);
    expect(Number(available.btc)).toBe(0.3);
  } finally {
    exchange.close();
    exchange.closeAllConnections();
  }
});
