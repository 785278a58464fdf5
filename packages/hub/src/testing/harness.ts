import { createHmac, randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type Answer,
  type FunctionName,
  functionRow,
  isFunctionName,
  mismatches,
} from "@coinholder/protocol";
import { expect } from "vitest";
import { paths } from "../data-folder.ts";
import type { HubOptions } from "../options.ts";
import { type RunningHub, startHub } from "../start.ts";

/** Calls made with nothing but fetch and HMAC, as a stranger to our client would. */
export interface Key {
  readonly token: string;
  readonly key: string;
  readonly account?: string;
}

export interface Answered<T = Record<string, unknown>> {
  readonly status: number;
  readonly body: T;
  /** Of an error, else undefined. */
  readonly code: string | undefined;
}

export const nonce = (nowMs = Date.now()) => ({
  nonce_ms: String(nowMs),
  nonce_random: randomBytes(8).toString("hex"),
});

/** The body and headers of a signed call (authentication type 2). */
export const signed = (
  fn: string,
  params: Readonly<Record<string, string>>,
  { token, key, account = token }: Key,
  more: Readonly<Record<string, string>> = nonce(),
): { body: string; headers: Record<string, string> } => {
  const body = new URLSearchParams({ ...params, f: fn, account, ...more }).toString();
  return { body, headers: signatureOf(body, token, key) };
};

export const signatureOf = (bytes: string, token: string, key: string): Record<string, string> => ({
  "content-type": "application/x-www-form-urlencoded",
  "x-authkey-token": token,
  "x-signature": createHmac("sha256", Buffer.from(key, "base64")).update(bytes).digest("base64"),
});

export const post = async (
  url: string,
  fn: string,
  { body, headers }: { body: string; headers: Record<string, string> },
): Promise<Answered> => {
  const response = await fetch(`${url}/api/${fn}`, { method: "POST", body, headers });
  const answer = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    body: answer,
    code: (answer.error as { code?: string } | undefined)?.code,
  };
};

const FORM = { "content-type": "application/x-www-form-urlencoded" };

/** A call, signed where a key is given. What comes back must have the shape that the table gives it. */
export const call = async (
  url: string,
  fn: string,
  params: Readonly<Record<string, string>> = {},
  key?: Key,
): Promise<Answered> => {
  const request = key
    ? signed(fn, params, key)
    : { body: new URLSearchParams(params).toString(), headers: FORM };
  const answered = await post(url, fn, request);
  if (answered.status === 200 && isFunctionName(fn))
    expect(
      mismatches(functionRow(fn).result.schema, answered.body),
      `${fn} answers what its table row says`,
    ).toEqual([]);
  return answered;
};

/** As `call`, for calls that must work. */
export const must = async <N extends FunctionName>(
  url: string,
  fn: N,
  params: Readonly<Record<string, string>> = {},
  key?: Key,
): Promise<Answer<N>> => {
  const { status, body } = await call(url, fn, params, key);
  expect(status, `${fn} ${JSON.stringify(body)}`).toBe(200);
  return body as Answer<N>;
};

export interface TestHub extends RunningHub {
  readonly data: string;
  readonly operator: Key;
  /** A call of the development chain. */
  readonly rpc: (method: string, ...params: unknown[]) => Promise<unknown>;
  readonly newAccount: () => Promise<Key & { account: string }>;
  /** An account with that much BTC from the chain. */
  readonly fundedAccount: (btc: string) => Promise<Key & { account: string }>;
  /** Stops it and starts it again on the same data. */
  readonly restart: () => Promise<TestHub>;
  /** Stops it and removes its data. */
  readonly end: () => Promise<void>;
}

export const chainRpc = async (
  url: string,
  data: string,
  method: string,
  params: unknown[],
): Promise<unknown> => {
  const password = readFileSync(paths(data).devchainPassword, "utf8").trim();
  const response = await fetch(url, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`devchain:${password}`).toString("base64")}` },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  const { result, error } = (await response.json()) as { result: unknown; error?: { message: string } };
  if (error) throw new Error(`${method}: ${error.message}`);
  return result;
};

/** Asks until the answer is what is waited for. */
export const until = async <T>(
  ask: () => Promise<T>,
  is: (answer: T) => boolean,
  ms = 10_000,
): Promise<T> => {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (is(answer)) return answer;
    if (Date.now() > end) throw new Error(`waited ${ms} ms in vain; last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
};

export const accountOf = async (url: string): Promise<Key & { account: string }> => {
  const { account, authkey } = await must(url, "create-account");
  return { account, token: authkey.token, key: authkey.key! };
};

/** The same tests can be run with HTTP workers before the hub. */
const httpWorkers = Number(process.env.COINHOLDER_TEST_HTTP_WORKERS ?? 0);

/** A hub in this process on free ports, in a folder of its own. */
export const startTestHub = async (
  options: Partial<HubOptions> = {},
  data = newFolder(),
): Promise<TestHub> => {
  const config = join(data, "config.json");
  writeFileSync(config, JSON.stringify({ accounts_per_hour: 1_000_000 }));
  const fatal = (error: unknown): void => {
    throw error;
  };
  const hub = await startHub(
    { port: 0, host: "127.0.0.1", devchainPort: 0, config, logLevel: "error", httpWorkers, ...options, data },
    fatal,
  );
  const { url, devchainUrl } = hub;
  const { account, authkey } = JSON.parse(readFileSync(hub.operatorAuthkeyFile, "utf8"));
  const rpc = (method: string, ...params: unknown[]) => chainRpc(devchainUrl!, data, method, params);
  const newAccount = () => accountOf(url);
  const operatorKey = { account, token: authkey.token, key: authkey.key };
  // Its first look is over: what is journaled from now on, a test has done.
  if (devchainUrl !== undefined) {
    const height = await rpc("getblockcount");
    await until(
      () => must(url, "operator-status", {}, operatorKey),
      ({ chain }) => chain.height === height,
      60_000,
    );
  }
  return {
    ...hub,
    data,
    operator: operatorKey,
    rpc,
    newAccount,
    fundedAccount: async (btc) => {
      const made = await newAccount();
      const { btc_address } = await must(url, "new-btc-address", {}, made);
      await rpc("devchain_fund", btc_address, btc);
      await rpc("devchain_mine", 1);
      await until(
        () => must(url, "my-balance", {}, made),
        ({ available }) => available.btc !== undefined,
      );
      return made;
    },
    restart: async () => {
      await hub.close();
      return startTestHub(options, data);
    },
    end: async () => {
      await hub.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "coinholder-test-"));
