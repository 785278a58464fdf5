import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningHub, startHub } from "@coinholder/hub";
import { coinholder } from "./coinholder.ts";
import { implicit } from "./implicit.ts";

export interface Keys {
  readonly apiKey: string;
  readonly secret: string;
  readonly uid: string;
}

export interface Trader {
  readonly exchange: coinholder;
  readonly keys: Keys;
}

export interface TestHub extends RunningHub {
  readonly operator: coinholder;
  readonly keysOf: (options?: object) => Promise<Keys>;
  /** An account with that much of BTC (from the chain) and of USD (from the operator), and its exchange. */
  readonly trader: (btc: string, usd: string) => Promise<Trader>;
  readonly rpc: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly end: () => Promise<void>;
}

/** Asks until the answer is what is waited for. */
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

/** A hub on free ports with the development chain, in a folder of its own. */
export const startTestHub = async (): Promise<TestHub> => {
  const data = mkdtempSync(join(tmpdir(), "coinholder-ccxt-"));
  const config = join(data, "config.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000 }));
  const hub = await startHub(
    { port: 0, host: "127.0.0.1", devchainPort: 0, config, logLevel: "error", data },
    (error) => {
      throw error;
    },
  );
  const at = (keys: Partial<Keys>): coinholder => new coinholder({ hostname: hub.url, ...keys });
  const rpc = async (method: string, ...params: unknown[]): Promise<unknown> => {
    const password = readFileSync(join(data, "devchain", "rpc-password"), "utf8").trim();
    const response = await fetch(hub.devchainUrl!, {
      method: "POST",
      headers: { authorization: `Basic ${Buffer.from(`devchain:${password}`).toString("base64")}` },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    const { result, error } = (await response.json()) as { result: unknown; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };
  const written = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  const operator = at({
    apiKey: written.authkey.token,
    secret: written.authkey.key,
    uid: written.account,
  });
  const keysOf = async (): Promise<Keys> => {
    const { account, authkey } = (await implicit(at({})).publicPostCreateAccount!()) as {
      account: string;
      authkey: { token: string; key: string };
    };
    return { apiKey: authkey.token, secret: authkey.key, uid: account };
  };
  return {
    ...hub,
    operator,
    keysOf,
    rpc,
    trader: async (btc, usd) => {
      const keys = await keysOf();
      const exchange = at(keys);
      const { address } = await exchange.createDepositAddress("BTC");
      await rpc("devchain_fund", address, btc);
      await rpc("devchain_mine", 1);
      await implicit(operator).privatePostOperatorCredit!({
        to_account: keys.uid,
        currency: "USD",
        amount: usd,
        reference: "for the test",
      });
      await until(
        () => exchange.fetchBalance(),
        (balance) => Number(balance.BTC?.free) > 0,
      );
      return { exchange, keys };
    },
    end: async () => {
      await hub.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
