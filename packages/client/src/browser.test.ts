import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { FORM } from "@coinholder/protocol";
import { build } from "vite";
import { expect, test } from "vitest";
import { KEY, startSeedHub } from "./testing.ts";

const ENTRY = fileURLToPath(new URL("./index.js", import.meta.url));

/** What the wrapper of ccxt needs, and loads when it is asked for: no page that speaks to hubs ever does. */
const OF_CCXT = ["ccxt", "node:async_hooks"];

/** The package as one script for a page. What else needs Node would be left outside, and is found by its name. */
const bundled = async (): Promise<{ code: string; imports: readonly string[] }> => {
  const result = await build({
    logLevel: "silent",
    configFile: false,
    build: {
      write: false,
      minify: false,
      target: "es2022",
      lib: { entry: ENTRY, formats: ["iife"], name: "coinholder" },
      rolldownOptions: { external: OF_CCXT },
    },
  });
  const [{ output }] = result as unknown as [{ output: [{ code: string; imports: string[] }] }];
  return output[0];
};

test("the client runs where there is nothing of Node: it connects, signs with a key that no script can read, and times out", async () => {
  const { code, imports } = await bundled();
  expect(imports.filter((name) => !OF_CCXT.includes(name))).toEqual([]);
  expect(code).not.toMatch(/__vite-browser-external|require\(|["'`]node:(?!async_hooks)/);
  const calls: string[] = [];
  const server = await startSeedHub({
    method: "POST",
    encoding: FORM,
    type: 2,
    ours: true,
    clockAheadMs: 3_600_000,
    answer: ({ name, count }, response) => {
      calls.push(name);
      if (name === "new-btc-address") return "nothing";
      if (name === "send-btc" && count === 2) response.destroy();
      return { transfer_id: "t1" };
    },
  });
  try {
    // A browser's globals and no others: no process, no Buffer, no require. `fetch` tells as little as a browser's does.
    const page = createContext({
      TextEncoder,
      TextDecoder,
      URLSearchParams,
      URL,
      AbortController,
      AbortSignal,
      DOMException,
      setTimeout,
      clearTimeout,
      crypto: globalThis.crypto,
      fetch: (...given: Parameters<typeof fetch>) =>
        fetch(...given).catch((error: Error) => {
          throw error.name === "TypeError" ? new TypeError("Failed to fetch") : error;
        }),
    });
    const told = await runInContext(
      `${code}
       (async () => {
         const { connect, importKey, HubError } = coinholder;
         const key = await importKey(${JSON.stringify(KEY.key)});
         const { account, token } = ${JSON.stringify(KEY)};
         const hub = await connect(${JSON.stringify(server.url)}, { account, token, key });
         const balance = await hub.call("my-balance");
         const sent = await hub.call("send-btc", { to_btc_address: "a", amount: "0.1" });
         const late = await hub.call("new-btc-address", {}, { timeoutMs: 100 }).catch((error) => error);
         const stopped = await connect("http://127.0.0.1:9", undefined).catch((error) => error);
         return JSON.stringify({
           extractable: key.extractable,
           balance,
           sent,
           late: [late instanceof HubError, late.code, late.unknown],
           stopped: [stopped instanceof HubError, stopped.code, stopped.unknown],
         });
       })()`,
      page,
    );
    expect(JSON.parse(told)).toEqual({
      extractable: false,
      balance: { transfer_id: "t1" },
      sent: { transfer_id: "t1" },
      late: [true, "timeout", true],
      stopped: [true, "connection_lost", false],
    });
    // Once more after the line broke, under the same client_id.
    expect(calls).toEqual(["my-balance", "send-btc", "send-btc", "new-btc-address"]);
    expect(new Set(server.calls.slice(1, 3).map(({ pairs }) => pairs.client_id)).size).toBe(1);
  } finally {
    await server.close();
  }
});
