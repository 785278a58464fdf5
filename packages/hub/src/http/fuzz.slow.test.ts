import { rmSync } from "node:fs";
import {
  type ErrorCode,
  errors,
  type FunctionName,
  functionNames,
  functionRow,
  mismatches,
  statusOf,
} from "@coinholder/protocol";
import { expect, test } from "vitest";
import { type Key, must, nonce, signatureOf, startTestHub, type TestHub, until } from "../testing/harness.ts";
import { outsideKey } from "../testing/outside-key.ts";
import { type Random, randomOf } from "../testing/random.ts";
import { exchange, requestText } from "../testing/raw-http.ts";
import { journalKey, verifyData } from "../verify.ts";

// FUZZ_SEED=7 FUZZ_CALLS=100000 runs another sequence, or a longer one.
const SEED = Number(process.env.FUZZ_SEED ?? 1);
const CALLS = Number(process.env.FUZZ_CALLS ?? 4000);
const AT_ONCE = 16;

type Pools = Record<string, string[]>;

const STRANGE = [
  "",
  "0",
  "-0",
  "1",
  "-1",
  "00",
  "1.",
  "1e3",
  "NaN",
  "9007199254740993",
  "9".repeat(64),
  "\u0000",
  "\ud83d",
  "\u202e",
  "٣",
  "__proto__",
  "constructor",
  "null",
  "true",
  "[]",
  "{}",
  '{"__proto__":1}',
  "[[[[[[",
  "%",
  "&=&=",
  "a".repeat(300),
];

/** Values that a parameter of that name may well have. What answers tell (orders, keys, invoices) is added as it comes. */
const startingPools = (accounts: string[], addresses: string[]): Pools => ({
  amount: ["0.00000001", "0.0001", "0.01", "0.1", "1.00", "20.00", "21000000", "0.00001"],
  trade_amt: ["0.00000001", "0.001", "0.01", "0.05", "1.00", "65.00", "650.01", "0.01"],
  for_amt: ["0.00000001", "0.001", "0.01", "0.05", "1.00", "65.00", "649.99", "0.07"],
  trade_cur: ["BTC", "USD", "EUR", "CAD"],
  for_cur: ["BTC", "USD", "EUR", "CAD"],
  currency: ["BTC", "USD", "EUR", "CAD", "XYZ"],
  market: ["BTC/USD", "BTC/EUR", "BTC/CAD", "USD/BTC"],
  to_account: [...accounts, "operator", "sys-bank"],
  to_btc_address: addresses,
  btc_address: addresses,
  invoice_bitcoin_address: addresses,
  oid: ["o1", "o2", "o3", "o9999999999999999"],
  transfer_id: ["t1", "t2", "t3", "t9999999999999999"],
  authkey_token: ["ak-aaaaaaaaaaaaaaaa"],
  client_id: ["a", "b", "c", "d", "e"],
  time_in_force: ["gtc", "ioc", "fok"],
  post_only: ["true", "false"],
  subtract_fee: ["true", "false"],
  quote_id: ["q-aaaaaaaaaaaaaaaa"],
  permissions: [
    "[]",
    ...accounts.map((id) =>
      JSON.stringify([
        [id, "send-btc"],
        [id, "my-balance"],
      ]),
    ),
    ...accounts.map((id) => `[["${id}","all"]]`),
  ],
  add: ["[]", ...accounts.map((id) => `[["${id}","my-trades"]]`)],
  remove: ["[]", ...accounts.map((id) => `[["${id}","my-balance"]]`)],
  limits: ["{}", '{"BTC":"0.01"}', '{"USD":"1.00","BTC":"1"}'],
  type: ["hmac-sha256", "password"],
  pass: ["password one", "password two"],
  name: ["alice", "bob", "carol"],
  expires_t: ["0", String(Date.now() + 3_000), String(Date.now() + 60_000), "8640000000000000"],
  t: ["0", String(Date.now() - 1000), "8640000000000000"],
  from_t: ["0", "8640000000000000"],
  interval: ["1m", "5m", "15m", "1h", "4h", "1d"],
  before: ["1", "5", "20", "9007199254740991"],
  limit: ["1", "3", "100", "500", "1000"],
  lat: ["45.508888", "90", "-90", "0"],
  lng: ["-73.561668", "180", "-180", "0"],
  radius_m: ["1", "400", "20100000"],
  random: ["417", "418", ""],
  after: ["[null,3]", "[1.5,2]", "[1e999,1]"],
  wait_ms: ["0", "1", "50"],
  than: ["open", "paid", "expired"],
  destination: ["IBAN"],
  reference: ["wire"],
  outcome: ["done", "refused"],
  open: ["true"],
  label: ["till"],
  memo: ["coffee", "☕"],
  url: ["http://127.0.0.1:9/", "https://[::1]:9/", "ftp://127.0.0.1/"],
  events: ['["fills","balances"]', '["transfers","invoices"]', "[]"],
  webhook_id: ["wh-aaaaaaaaaaaaaaaa"],
  event: ["8", "16", "9007199254740991"],
  invoice_json: ["{}"],
  signature: ["smp"],
});

const paramsFor = (random: Random, pools: Pools, fn: FunctionName): Record<string, string> => {
  const params: Record<string, string> = {};
  for (const [name, param] of Object.entries(functionRow(fn).params)) {
    if (random.chance(param.optional ? 0.5 : 0.02)) continue;
    const pool = name === "calls" ? [batchOf(random, pools)] : (pools[name] ?? []);
    params[name] = random.chance(0.93) && pool.length > 0 ? random.one(pool) : random.one(STRANGE);
  }
  if (params.signature !== undefined && pools.signed!.length > 0 && random.chance(0.8)) {
    const [invoice_json, signature] = JSON.parse(random.one(pools.signed!)) as [string, string];
    if (params.invoice_json !== undefined) Object.assign(params, { invoice_json });
    params.signature = signature;
  }
  if (fn === "place-order" && random.chance(0.8)) {
    const [trade_cur, for_cur] = random.one([
      ["BTC", "USD"],
      ["USD", "BTC"],
    ] as const);
    Object.assign(params, { trade_cur, for_cur, time_in_force: "gtc" });
  }
  if (random.chance(0.02)) params[random.one(STRANGE) || "x"] = random.one(STRANGE);
  return params;
};

const batchOf = (random: Random, pools: Pools): string =>
  JSON.stringify(
    Array.from({ length: 1 + random.below(5) }, () => {
      const fn = random.one(functionNames.filter((name) => name !== "batch"));
      return { function: fn, params: paramsFor(random, pools, fn) };
    }),
  );

const damaged = (random: Random, bytes: Buffer): Buffer => {
  const copy = Buffer.from(bytes);
  for (let i = random.below(4); i >= 0; i--) {
    const at = random.below(copy.length + 1);
    if (random.chance(0.5) && at < copy.length) copy[at] = random.below(256);
    else
      return Buffer.concat([
        copy.subarray(0, at),
        Buffer.from([random.below(256)]),
        copy.subarray(at + random.below(9)),
      ]);
  }
  return copy;
};

interface Made {
  readonly fn: FunctionName;
  readonly request: string;
}

/** A call: mostly well formed and signed, sometimes damaged before or after it was signed. */
const makeCall = (random: Random, pools: Pools, keys: readonly (Key | undefined)[]): Made => {
  const fn = random.one(functionNames);
  const key = fn.startsWith("operator-") && random.chance(0.8) ? keys[0] : random.one(keys);
  const params = paramsFor(random, pools, fn);
  const proof = key ? { f: fn, account: key.account ?? key.token, ...nonce() } : {};
  const json = random.chance(0.3);
  const text = json
    ? JSON.stringify({ ...params, ...proof })
    : new URLSearchParams({ ...params, ...proof }).toString();
  let bytes: Buffer = Buffer.from(text);
  if (random.chance(0.04)) bytes = damaged(random, bytes);
  if (random.chance(0.02))
    bytes = Buffer.from(Array.from({ length: random.below(200) }, () => random.below(256)));
  const body = bytes.toString("latin1");
  const signature = key ? signatureOf("", key.token, key.key) : {};
  if (key) Object.assign(signature, signatureOfBytes(bytes, key));
  const type = random.chance(0.02)
    ? random.one(["text/plain", "application/json; charset=utf-16", ";"])
    : json
      ? "application/json"
      : "application/x-www-form-urlencoded";
  const sent = random.chance(0.02) ? damaged(random, bytes).toString("latin1") : body;
  if (!json && random.chance(0.1) && /^[\x21-\x7e]*$/.test(sent) && sent.length < 8000)
    return { fn, request: requestText("GET", `/api/${fn}?${sent}`, signature) };
  return { fn, request: requestText("POST", `/api/${fn}`, { ...signature, "content-type": type }, sent) };
};

const signatureOfBytes = (bytes: Buffer, key: Key): Record<string, string> =>
  signatureOf(bytes as unknown as string, key.token, key.key);

/** Keeps what an answer tells for later calls. */
const learn = (pools: Pools, answer: Record<string, unknown>): void => {
  const add = (name: string, value: unknown): void => {
    if (typeof value === "string") pools[name]!.push(value);
    if (pools[name]!.length > 40) pools[name]!.splice(5, 1);
  };
  add("oid", answer.oid);
  add("transfer_id", answer.transfer_id);
  add("quote_id", answer.quote_id);
  add("webhook_id", answer.webhook_id);
  add("after", answer.next_after);
  add("authkey_token", (answer.authkey as { token?: string } | undefined)?.token);
  for (const name of ["to_btc_address", "btc_address", "invoice_bitcoin_address"]) {
    add(name, answer.btc_address);
    add(name, (answer.invoice as { btc_address?: string } | undefined)?.btc_address);
  }
  if (typeof answer.invoice_json === "string")
    add("signed", JSON.stringify([answer.invoice_json, answer.signature]));
};

const start = async (): Promise<{ hub: TestHub; keys: Key[]; pools: Pools }> => {
  const hub = await startTestHub();
  const keys: Key[] = [await hub.fundedAccount("3"), await hub.fundedAccount("2"), await hub.newAccount()];
  for (const { account } of keys)
    for (const currency of ["USD", "EUR"])
      await must(
        hub.url,
        "operator-credit",
        { to_account: account!, currency, amount: "5000.00", reference: "wire" },
        hub.operator,
      );
  const outside = [outsideKey(), outsideKey("p2tr"), outsideKey("p2pkh"), outsideKey("nested")];
  const addresses = outside.map(({ address }) => address);
  const pools: Pools = {
    ...startingPools(
      keys.map(({ account }) => account!),
      addresses,
    ),
    signed: [],
  };
  for (const key of outside) {
    const text = JSON.stringify({
      btc_address: key.address,
      amount: "0.001",
      currency: "BTC",
      info: { t: Date.now(), random: "417", lat: "45.5", lng: "-73.5" },
    });
    pools.signed!.push(
      JSON.stringify([text, key.sign(text)]),
      JSON.stringify([text, key.sign(`withdraw-invoice:${key.address}`)]),
    );
  }
  return { hub, keys, pools };
};

const check = (fn: FunctionName, status: number, text: string): Record<string, unknown> => {
  const body = JSON.parse(Buffer.from(text, "latin1").toString()) as Record<string, unknown>;
  if (status === 200) {
    expect(mismatches(functionRow(fn).result.schema, body), fn).toEqual([]);
    return body;
  }
  const { code, message } = body.error as { code: ErrorCode; message: string };
  expect(Object.keys(errors), `${fn} ${text}`).toContain(code);
  expect([statusOf(code), typeof message], `${fn} ${text}`).toEqual([status, "string"]);
  expect(code, `${fn} ${text}`).not.toBe("internal");
  return {};
};

test(`whatever is thrown at it (seed ${SEED}), the hub never fails, and its coins equal what it owes`, async () => {
  const random = randomOf(SEED);
  const { hub, keys, pools } = await start();
  const callers = [hub.operator, ...keys, ...keys, ...keys, undefined];
  const outcomes = new Map<string, number>();
  for (let done = 0; done < CALLS; done += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, () => makeCall(random, pools, callers));
    await Promise.all(
      calls.map(async ({ fn, request }) => {
        const { status, body } = await exchange(hub.url, request);
        learn(pools, check(fn, status, body));
        if (status === 200) outcomes.set(fn, (outcomes.get(fn) ?? 0) + 1);
      }),
    );
    if (random.chance(0.05)) await hub.rpc("devchain_mine", 1);
    if (random.chance(0.05))
      await hub.rpc(
        "devchain_fund",
        random.one(pools.to_btc_address!.slice(4)) ?? pools.to_btc_address![0]!,
        "0.001",
      );
  }
  // It reached into the functions, not only their first checks.
  const never = functionNames.filter((fn) => !outcomes.has(fn));
  if (process.env.FUZZ_SEED) console.log(Object.fromEntries(outcomes), { never });
  expect(never.length, `never worked: ${never.join(", ")}`).toBeLessThan(functionNames.length / 4);

  const status = () => must(hub.url, "operator-status", {}, hub.operator);
  const { wallet, totals, fees } = await until(
    async () => {
      await hub.rpc("devchain_mine", 1);
      return status();
    },
    (now) => now.wallet.withdrawals_under_way === 0,
    60_000,
  );
  const sats = (text = "0") => Math.round(Number(text) * 1e8);
  const { cold } = await must(hub.url, "operator-wallet", {}, hub.operator);
  expect(sats(totals.btc) + sats(fees.btc) - sats(cold)).toBe(
    sats(wallet.confirmed) + sats(wallet.unconfirmed),
  );
  await hub.close();
  const verified = await verifyData(hub.data, await journalKey(hub.data));
  expect(verified.totals.BTC).toBe(totals.btc);
  // Nothing but the operator's credits brings other currencies.
  expect(verified.inDebt).toBe(0);
  rmSync(hub.data, { recursive: true, force: true });
}, 600_000);
