import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, credentialsOf, type Hub, type TextKeyCredentials } from "@coinholder/client";
import { paths as dataPaths, type RunningHub, startHub } from "@coinholder/hub";

/** A hub that serves the built page, with a development chain, in this process. */
export interface PageHub {
  readonly url: string;
  /** As a stranger sees it. */
  readonly hub: Hub;
  readonly operator: Hub;
  readonly operatorCredentials: TextKeyCredentials;
  /** A call of the development chain: `devchain_mine`, `devchain_fund`. */
  readonly chain: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly newAccount: (params?: { readonly name: string; readonly pass: string }) => Promise<TestAccount>;
  /** Gives money by the operator: whatever currency but BTC comes by bank, BTC by the chain. */
  readonly give: (account: TestAccount, currency: string, amount: string) => Promise<void>;
  /** Stops it and starts it again on the same data and port. */
  readonly restart: () => Promise<PageHub>;
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

const chainCall =
  (url: string, data: string) =>
  async (method: string, ...params: unknown[]): Promise<unknown> => {
    const password = readFileSync(dataPaths(data).devchainPassword, "utf8").trim();
    const response = await fetch(url, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`devchain:${password}`).toString("base64")}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: unknown; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };

/** @param config what stands in the hub's configuration file beside the name */
export const startPageHub = async (
  config: object = {},
  { data = mkdtempSync(join(tmpdir(), "coinholder-page-")), port = 0 }: { data?: string; port?: number } = {},
): Promise<PageHub> => {
  const file = join(data, "config.json");
  writeFileSync(file, JSON.stringify({ name: "Café Hub", accounts_per_hour: 1_000_000, ...config }));
  const running: RunningHub = await startHub(
    { port, host: "127.0.0.1", devchainPort: 0, data, config: file, logLevel: "error" },
    (error) => {
      throw error;
    },
  );
  const { url } = running;
  const hub = await connect(url);
  const { account, authkey } = JSON.parse(readFileSync(running.operatorAuthkeyFile, "utf8"));
  const operatorCredentials = credentialsOf(account, authkey);
  const operator = hub.as(operatorCredentials);
  const chain = chainCall(running.devchainUrl!, data);
  const height = await chain("getblockcount");
  await until(
    () => operator.call("operator-status"),
    (status) => status.chain.height === height,
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
    hub,
    operator,
    operatorCredentials,
    chain,
    newAccount: async (params) => {
      const made = await hub.call("create-account", params ?? {});
      const credentials = credentialsOf(made.account, made.authkey);
      return { account: made.account, credentials, hub: hub.as(credentials) };
    },
    give,
    restart: async () => startPageHub(config, { data, port: Number(new URL(url).port) }),
    stop: () => running.close(),
    end: async () => {
      await running.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
