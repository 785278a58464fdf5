import { createHmac, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  HubError,
  refusedError,
  type WrappedExchange,
  type WrappedFunctions,
  wrappedHub,
} from "@coinholder/client";
import { refusal } from "@coinholder/protocol";
import type { KeyEntry } from "../keyring.ts";
import { ownKey } from "./own-key.ts";
import { type RunningWrapper, serveWrapped } from "./serve.ts";

export const SECRET = "s3cr3t/of+the exchange";

interface Order {
  readonly oid: string;
  readonly client_id?: string;
}

/** An exchange in memory that counts what it is asked, and does as it is told. */
export const smallExchange = () => {
  const asked: string[] = [];
  const orders: Order[] = [];
  /** Before each answer of a function that changes something. */
  const told: { before: () => Promise<void>; after: () => Promise<void> } = {
    before: async () => {},
    after: async () => {},
  };
  const functions: WrappedFunctions = {
    "my-balance": async () => {
      asked.push("my-balance");
      await told.before();
      return { available: { btc: "1.5" }, pending: {}, held: {}, withdrawable: { btc: "1.5" } };
    },
    ticker: async ({ market }) => {
      asked.push("ticker");
      if (market !== "BTC/USD") throw refusedError(refusal("market_unknown"));
      return { market, bid: "64990", ask: "65010", volume: "3", t: Date.now() } as never;
    },
    "place-order": async ({ client_id, ...more }) => {
      asked.push("place-order");
      await told.before();
      const oid = `o${orders.length + 1}`;
      orders.push({ oid, ...(client_id === undefined ? {} : { client_id }), ...more });
      await told.after();
      return { oid, filled_trade_amt: "0", filled_for_amt: "0", state: "open" };
    },
    "my-open-orders": async () => {
      asked.push("my-open-orders");
      const rest = { filled_trade_amt: "0", filled_for_amt: "0", t: 1 };
      return { orders: orders.map((order) => ({ ...order, ...rest })) } as never;
    },
    "send-btc": async () => {
      asked.push("send-btc");
      await told.before();
      await told.after();
      return { transfer_id: "t1", status: "reserved", fee: "0.0001" } as never;
    },
  };
  const exchange: WrappedExchange = {
    url: "ccxt:small",
    about: { name: "Small", currencies: [{ code: "BTC", decimals: 8 }] },
    functions,
  };
  return { asked, orders, told, hub: wrappedHub(exchange, 5000) };
};

export const lost = (): HubError =>
  new HubError("connection_lost", `GET /?key=${encodeURIComponent(SECRET)} was cut off`, { unknown: true });

export type Small = ReturnType<typeof smallExchange>;

export interface Served extends RunningWrapper {
  readonly key: KeyEntry;
  readonly lines: string[];
}

export const newFolder = (): { data: string; remove: () => void } => {
  const data = mkdtempSync(join(tmpdir(), "coinholder-wrap-"));
  return { data, remove: () => rmSync(data, { recursive: true, force: true }) };
};

export const serve = async ({ hub }: Pick<Small, "hub">, data: string): Promise<Served> => {
  const lines: string[] = [];
  const key = ownKey(data).entry;
  const running = await serveWrapped(
    { hub, stranger: hub },
    {
      exchange: "ccxt:small",
      key,
      keys: { apiKey: "key-of-the-exchange", secret: SECRET },
      log: (line) => lines.push(line),
    },
    { host: "127.0.0.1", port: 0, data },
  );
  return { ...running, key, lines };
};

export const FORM = "application/x-www-form-urlencoded";
export const JSON_BODY = "application/json";

interface Sent {
  readonly method?: "GET" | "POST";
  readonly type?: string;
  readonly nonceMs?: number;
  readonly random?: string;
  /** Over the right one. */
  readonly signature?: string;
}

/** One signed call, as somebody writes it who knows the protocol and has nothing of ours. */
export const signedCall = async (
  { url, key: { account, authkey } }: Served,
  fn: string,
  params: Readonly<Record<string, unknown>> = {},
  { method = "POST", type = FORM, nonceMs = Date.now(), random = randomUUID(), signature }: Sent = {},
): Promise<{ status: number; body: Record<string, unknown>; code: string | undefined }> => {
  const pairs = { ...params, f: fn, account, nonce_ms: String(nonceMs), nonce_random: random };
  const text =
    type === JSON_BODY && method === "POST"
      ? JSON.stringify(pairs)
      : new URLSearchParams(pairs as Record<string, string>).toString();
  const right = createHmac("sha256", Buffer.from(authkey.key, "base64")).update(text).digest("base64");
  const headers = {
    "content-type": type,
    "x-authkey-token": authkey.token,
    "x-signature": signature ?? right,
  };
  const response = await fetch(`${url}/api/${fn}${method === "GET" ? `?${text}` : ""}`, {
    method,
    headers,
    ...(method === "GET" ? {} : { body: text }),
  });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, body, code: (body.error as { code?: string } | undefined)?.code };
};
