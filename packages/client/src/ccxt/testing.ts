import { createHash, createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { ExchangeKeys } from "../credentials.ts";
import {
  ASSETS,
  type Asset,
  type Book,
  type KrakenAccount,
  KrakenError,
  krakenAccount,
  PAIRS,
  type PairId,
  type Params,
} from "./testing-kraken.ts";

// An emulated Kraken: its REST API over a local HTTP server, with one account that keeps its state. Signatures are checked
// by Kraken's rule, written from its documentation and not from ccxt's code.
//
//     const kraken = await startKraken({ balances: { XXBT: "1.5", ZUSD: "10000" } });
//     const hub = await connect("ccxt:kraken", kraken.keys, { ccxt: kraken.ccxt });
//     kraken.setBook("XXBTZUSD", { bids: [["64990.0", "0.5"]], asks: [["65010.0", "1.25"]] });
//     ...
//     await kraken.close();
//
// In another process the command line's or a wrapper's `ccxt` options must be the same: `{ urls: { api: { public: url,
// private: url } }, enableRateLimit: false }` (without the last, ccxt keeps Kraken's pace: three seconds a signed call).

export interface KrakenCall {
  readonly endpoint: string;
  readonly method: string;
  /** The query's or the body's pairs, decoded, without the nonce. */
  readonly params: Params;
}

/** What happens to the next call of an endpoint, instead of (or after) carrying it out. */
export type Fault =
  | { readonly errors: readonly string[] }
  /** An HTTP status with a body that is not Kraken's. */
  | { readonly status: number; readonly body: string }
  /** Carried out, and the connection breaks before the answer. */
  | "carried-out-then-broken"
  /** The connection breaks before anything is done. */
  | "broken"
  /** Carried out, and answered with an error as under load: `EService:Busy`. */
  | { readonly carriedOutButSays: readonly string[] }
  /** Never answered. */
  | "silent";

export interface Kraken extends Pick<KrakenAccount, "setBook" | "deposit" | "balance"> {
  readonly url: string;
  readonly keys: ExchangeKeys;
  /** For `connect(..., { ccxt })`. */
  readonly ccxt: Readonly<Record<string, unknown>>;
  /** All calls of private and public endpoints so far. */
  readonly calls: KrakenCall[];
  readonly failNext: (endpoint: string, fault: Fault) => void;
  readonly close: () => Promise<void>;
}

export const KRAKEN_KEYS: ExchangeKeys = {
  apiKey: "emulated-kraken-key",
  secret: Buffer.alloc(64, 11).toString("base64"),
};
/** Addresses that the account may withdraw to: Kraken pays to no others. */
export const WITHDRAW_ADDRESSES = ["bc1q34aq5drpuwy3wgl9lhup9892qp6svr8ldzyy7c"] as const;

const readBody = async (request: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
};

/** Kraken's documentation: HMAC-SHA512 of (URI path + SHA256(nonce + POST data)) with the decoded secret. */
const signature = (path: string, nonce: string, body: string): string =>
  createHmac("sha512", Buffer.from(KRAKEN_KEYS.secret, "base64"))
    .update(path)
    .update(
      createHash("sha256")
        .update(nonce + body)
        .digest(),
    )
    .digest("base64");

const DEFAULT_BOOK: Book = {
  bids: [
    ["64990.0", "0.50000000"],
    ["64980.5", "1.00000000"],
  ],
  asks: [
    ["65010.0", "1.25000000"],
    ["65020.1", "2.00000000"],
  ],
};
const SECOND = 1_795_348_800;

const publicAnswer = (account: KrakenAccount, endpoint: string, params: Params): unknown => {
  if (endpoint === "Assets") return ASSETS;
  if (endpoint === "AssetPairs") return PAIRS;
  if (endpoint === "Time") return { unixtime: Math.floor(Date.now() / 1000), rfc1123: "" };
  if (endpoint === "SystemStatus") return { status: "online", timestamp: new Date().toISOString() };
  const [name, { bids, asks }] = account.book(params.pair);
  const [bid, ask] = [bids[0] ?? ["0.0", "0"], asks[0] ?? ["0.0", "0"]];
  if (endpoint === "Depth") {
    const told = (side: Book["bids"]) =>
      side.slice(0, Number(params.count ?? 100)).map(([price, volume]) => [price, volume, SECOND]);
    return { [name]: { bids: told(bids), asks: told(asks) } };
  }
  if (endpoint === "Ticker")
    return {
      [name]: {
        a: [ask[0], "1", ask[1]],
        b: [bid[0], "1", bid[1]],
        c: [bid[0], "0.04408910"],
        v: ["4147.94474901", "8896.96086304"],
        p: ["64000.22239", "64100.63032"],
        t: [3907, 10056],
        l: ["63000.0", "62500.5"],
        h: ["65500.0", "66000.0"],
        o: "63500.0",
      },
    };
  if (endpoint === "Trades")
    return {
      [name]: [
        ["64990.0", "0.00100000", SECOND + 0.25, "s", "l", "", 1001],
        ["65010.0", "0.12345678", SECOND + 1.5, "b", "l", "", 1002],
      ],
      last: `${SECOND + 1}500000000`,
    };
  if (endpoint === "OHLC")
    return {
      [name]: [
        [SECOND - 3600, "64000.0", "64500.0", "63900.0", "64400.0", "64200.0", "9.12201000", 5],
        [SECOND, "64400.0", "65010.0", "64400.0", "64990.0", "64700.0", "3.20000000", 7],
      ],
      last: SECOND,
    };
  throw new KrakenError("EGeneral:Unknown method");
};

export const startKraken = async (
  given: {
    readonly balances?: Partial<Record<Asset, string>>;
    readonly withdrawAddresses?: readonly string[];
  } = {},
): Promise<Kraken> => {
  const account = krakenAccount(
    given.balances ?? { XXBT: "1.5", ZUSD: "10000" },
    given.withdrawAddresses ?? WITHDRAW_ADDRESSES,
  );
  account.setBook("XXBTZUSD", DEFAULT_BOOK);
  const calls: KrakenCall[] = [];
  const faults = new Map<string, Fault[]>();
  let lastNonce = 0;

  const authenticate = (request: IncomingMessage, body: string): void => {
    const nonce = new URLSearchParams(body).get("nonce") ?? "";
    if (request.headers["api-key"] !== KRAKEN_KEYS.apiKey) throw new KrakenError("EAPI:Invalid key");
    if (request.headers["api-sign"] !== signature(request.url!, nonce, body))
      throw new KrakenError("EAPI:Invalid signature");
    if (!/^[0-9]+$/.test(nonce) || Number(nonce) < lastNonce) throw new KrakenError("EAPI:Invalid nonce");
    lastNonce = Number(nonce);
  };

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url!, "http://kraken.invalid");
    const [, version, access, endpoint = ""] = url.pathname.split("/");
    const body = await readBody(request);
    const isPrivate = access === "private";
    const { nonce: _, ...params } = Object.fromEntries(
      isPrivate ? new URLSearchParams(body) : url.searchParams,
    );
    calls.push({ endpoint, method: request.method!, params });
    const fault = faults.get(endpoint)?.shift();
    const answer = (content: unknown): void => {
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(content));
    };
    if (fault === "broken") return void request.socket.destroy();
    if (fault === "silent") return;
    if (typeof fault === "object" && "errors" in fault) return answer({ error: fault.errors });
    if (typeof fault === "object" && "status" in fault)
      return void response.writeHead(fault.status, { "content-type": "text/html" }).end(fault.body);
    try {
      if (version !== "0") throw new KrakenError("EGeneral:Unknown method");
      if (isPrivate) authenticate(request, body);
      const result = isPrivate ? account.call(endpoint, params) : publicAnswer(account, endpoint, params);
      if (fault === "carried-out-then-broken") return void request.socket.destroy();
      answer(fault === undefined ? { error: [], result } : { error: fault.carriedOutButSays });
    } catch (error) {
      if (!(error instanceof KrakenError)) throw error;
      answer({ error: [error.message] });
    }
  };

  const server = createServer((request, response) => {
    serve(request, response).catch((error) => response.writeHead(500).end(String(error)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    keys: KRAKEN_KEYS,
    ccxt: { urls: { api: { public: url, private: url } }, enableRateLimit: false },
    calls,
    failNext: (endpoint, fault) => void faults.set(endpoint, [...(faults.get(endpoint) ?? []), fault]),
    setBook: (name: PairId, book: Book) => account.setBook(name, book),
    deposit: account.deposit,
    balance: account.balance,
    close: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
};
