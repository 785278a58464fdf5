import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, credentialsOf, type Hub, type TextKeyCredentials } from "@coinholder/client";
import { paths as dataPaths, type RunningHub, startHub } from "@coinholder/hub";
import type { Gate } from "./gate.ts";

/** A hub that serves the built page, with a development chain, in this process. */
export interface PageHub {
  readonly url: string;
  /** Its folder. */
  readonly data: string;
  /** As a stranger sees it. */
  readonly hub: Hub;
  readonly operator: Hub;
  readonly operatorCredentials: TextKeyCredentials;
  /** RPC of the development chain, for another hub to follow. */
  readonly chainUrl: string;
  /** A call of the development chain: `devchain_mine`, `devchain_fund`. */
  readonly chain: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly newAccount: (params?: { readonly name: string; readonly pass: string }) => Promise<TestAccount>;
  /** Gives money by the operator: whatever currency but BTC comes by bank, BTC by the chain. */
  readonly give: (account: TestAccount, currency: string, amount: string) => Promise<void>;
  /** Starts it again, once stopped, on the same data and port. `changed`: what stands otherwise in its configuration from then on. */
  readonly restart: (changed?: object) => Promise<PageHub>;
  /** Stops it; its data stay for `restart`. */
  readonly stop: () => Promise<void>;
  /** Stops it and removes its data. */
  readonly end: () => Promise<void>;
}

export interface TestAccount {
  readonly account: string;
  readonly credentials: TextKeyCredentials;
  readonly hub: Hub;
}

/** Asks until the answer is what is waited for. Patient: machines stand still at times. */
export const until = async <T>(
  ask: () => Promise<T>,
  is: (answer: T) => boolean,
  ms = 60_000,
): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (is(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

/** With name and password. */
const chainUrlOf = (devchainUrl: string, data: string): string => {
  const url = new URL(devchainUrl);
  url.username = "devchain";
  url.password = readFileSync(dataPaths(data).devchainPassword, "utf8").trim();
  return url.href;
};

const chainCall =
  (chainUrl: string) =>
  async (method: string, ...params: unknown[]): Promise<unknown> => {
    const { origin, password, username } = new URL(chainUrl);
    const response = await fetch(origin, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: unknown; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };

export interface PageHubOptions {
  readonly data?: string;
  readonly port?: number;
  readonly devchainPort?: number;
  /** RPC of the development chain of another; else it has one of its own. */
  readonly bitcoinRpc?: string | undefined;
  /** What stands before it, under its public address. */
  readonly gate?: Pick<Gate, "url" | "target"> | undefined;
}

/** @param config what stands in the hub's configuration file beside the name */
export const startPageHub = async (
  config: object = {},
  {
    bitcoinRpc,
    data = mkdtempSync(join(tmpdir(), "coinholder-page-")),
    devchainPort = 0,
    gate,
    port = 0,
  }: PageHubOptions = {},
): Promise<PageHub> => {
  const file = join(data, "config.json");
  writeFileSync(file, JSON.stringify({ name: "Café Hub", accounts_per_hour: 1_000_000, ...config }));
  const running: RunningHub = await startHub(
    {
      port,
      host: "127.0.0.1",
      devchainPort,
      data,
      config: file,
      bitcoinRpc,
      publicUrl: gate?.url,
      logLevel: "error",
    },
    (error) => {
      throw error;
    },
  );
  if (gate) gate.target = running.url;
  const url = running.publicUrl;
  const hub = await connect(url);
  const { account, authkey } = JSON.parse(readFileSync(running.operatorAuthkeyFile, "utf8"));
  const operatorCredentials = credentialsOf(account, authkey);
  const operator = hub.as(operatorCredentials);
  const chainUrl = bitcoinRpc ?? chainUrlOf(running.devchainUrl!, data);
  const chain = chainCall(chainUrl);
  const height = await chain("getblockcount");
  await until(
    // A connection to the one that was stopped may still be found closed.
    () => operator.call("operator-status").catch(() => undefined),
    (status) => status?.chain.height === height,
  );
  const give: PageHub["give"] = async (to, currency, amount) => {
    const key = currency.toLowerCase();
    const before = (await to.hub.call("my-balance")).available[key];
    if (currency === "BTC") {
      const { btc_address } = await to.hub.call("new-btc-address");
      await chain("devchain_fund", btc_address, amount);
      await chain("devchain_mine", 1);
    } else
      await operator.callByName("operator-credit", {
        to_account: to.account,
        currency,
        amount,
        reference: `test-${Math.random()}`,
      });
    await until(
      () => to.hub.call("my-balance"),
      ({ available }) => available[key] !== before,
    );
  };
  return {
    url,
    data,
    hub,
    operator,
    operatorCredentials,
    chainUrl,
    chain,
    newAccount: async (params) => {
      const made = await hub.call("create-account", params ?? {});
      const credentials = credentialsOf(made.account, made.authkey);
      return { account: made.account, credentials, hub: hub.as(credentials) };
    },
    give,
    restart: (changed = {}) =>
      startPageHub(
        { ...config, ...changed },
        {
          data,
          bitcoinRpc,
          gate,
          port: Number(new URL(running.url).port),
          devchainPort: Number(new URL(chainUrl).port),
        },
      ),
    stop: () => running.close(),
    end: async () => {
      await running.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
