import { randomBytes } from "node:crypto";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { encodeForm, identityCallParams, signIdentityCall, signSchnorr } from "@coinholder/protocol";
import { schnorr } from "@noble/curves/secp256k1.js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { credit, startWithDesk } from "../testing/desk.ts";
import { type Answered, type Key, must, post, type TestHub } from "../testing/harness.ts";

const DESK = {
  most_open: 8,
  most_open_per_buyer: 3,
  life_s: 600,
  markets: [
    { market: "BTC/CAD", price: { rate: "100000.00" }, spread_bps: 100, premium_bps: 100, most: "0.5" },
  ],
};

/** Another hub, as far as a call by it goes: a key, and where that is published. */
interface Stranger {
  readonly url: string;
  readonly publicKey: string;
  readonly sign: (message: Uint8Array) => Uint8Array;
}

let hub: TestHub;
let cafe: Key & { account: string };
let publisher: Server;
/** What each path of the publisher answers. */
const published = new Map<string, string>();

const newStranger = (path = `/${randomBytes(4).toString("hex")}`): Stranger => {
  const privateKey = Uint8Array.from(randomBytes(32));
  const publicKey = Buffer.from(schnorr.getPublicKey(privateKey)).toString("base64");
  published.set(path, JSON.stringify({ public_key: publicKey, previous: [] }));
  const url = `http://127.0.0.1:${(publisher.address() as AddressInfo).port}${path}`;
  return { url, publicKey, sign: (message) => signSchnorr(privateKey, message) };
};

beforeAll(async () => {
  publisher = createServer((request, answer) => {
    const text = published.get(request.url!);
    answer.writeHead(text === undefined ? 404 : 200).end(text);
  });
  await new Promise<void>((resolve) => publisher.listen(0, "127.0.0.1", resolve));
  hub = await startWithDesk(DESK);
  await credit(hub, hub.operator as { account: string }, "1000.00", "CAD");
  cafe = await hub.newAccount();
}, 120_000);
afterAll(async () => {
  await hub?.end();
  publisher?.close();
});

const invoice = async (amount = "5.00") =>
  (await must(hub.url, "new-invoice", { amount, currency: "CAD" }, cafe)).invoice.btc_address;

interface Changes {
  readonly params?: Record<string, string>;
  readonly now?: number;
  readonly nonce?: string;
  /** Sent instead of what was signed. */
  readonly body?: (body: string) => string;
  readonly signature?: string;
}
const callAs = (
  stranger: Stranger,
  own: Record<string, string>,
  changes: Changes = {},
): Promise<Answered> => {
  const { publicKey, sign, url } = stranger;
  const who = { identity_url: url, identity_public_key: publicKey };
  const nonce = changes.nonce ?? randomBytes(8).toString("hex");
  const of = identityCallParams("buy-option", who, hub.publicUrl, changes.now ?? Date.now(), nonce);
  const body = encodeForm({ ...own, ...of, ...changes.params });
  const signature = changes.signature ?? signIdentityCall(Buffer.from(body), sign);
  return post(hub.url, "buy-option", {
    body: changes.body?.(body) ?? body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-identity-signature": signature,
    },
  });
};
const forInvoice = (btc_address: string, for_amt = "5.00") => ({
  trade_cur: "BTC",
  for_cur: "CAD",
  for_amt,
  btc_address,
});

test("a hub that is published buys an option for an invoice: on its address, without a premium, the desk's margin in the price", async () => {
  const address = await invoice();
  const { body, status } = await callAs(newStranger(), forInvoice(address));
  expect(status).toBe(200);
  expect(body.accepts_unconfirmed).toBe(false);
  expect(JSON.parse(body.option_json as string)).toMatchObject({
    issuer_url: hub.publicUrl,
    btc_address: address,
    trade_cur: "BTC",
    for_amt: "5.00",
    for_cur: "CAD",
    premium: "0",
    // 5 / 99 000 BTC, rounded up, and a hundredth of it.
    trade_amt: "0.00005101",
  });
});

test("its line is told with the option: whether the coins would count before a block", async () => {
  const stranger = newStranger();
  await must(hub.url, "operator-set-line", { identity: stranger.publicKey, ceiling: "0.001" }, hub.operator);
  const buy = async (amount: string) =>
    (await callAs(stranger, forInvoice(await invoice(amount), amount))).body.accepts_unconfirmed;
  // A tenth of the ceiling, to begin with.
  expect(await buy("9.00")).toBe(true);
  expect(await buy("11.00")).toBe(false);
});

test("a signed call is taken once, now, here, for this function, and as it was signed", async () => {
  const stranger = newStranger();
  const own = forInvoice(await invoice());
  const code = async (changes: Changes) => (await callAs(stranger, own, changes)).code;
  const now = Date.now();
  expect(await code({ now, nonce: "same" })).toBeUndefined();
  expect(await code({ now, nonce: "same" })).toBe("nonce_used");
  expect(await code({ now: now - 31_000 })).toBe("nonce_stale");
  expect(await code({ now: now + 31_000 })).toBe("nonce_stale");
  expect(await code({ params: { f: "my-balance" } })).toBe("function_mismatch");
  for (const [name, value] of [
    ["hub_url", "https://other.example"],
    ["identity_url", "x"],
    ["identity_public_key", "AAAA"],
    ["nonce_ms", "soon"],
    ["nonce_random", ""],
  ])
    expect([name, await code({ params: { [name!]: value! } })]).toEqual([name, "param_invalid"]);
  expect(await code({ body: (body) => body.replace("for_amt=5.00", "for_amt=50.0") })).toBe(
    "authentication_failed",
  );
  expect(await code({ signature: "AA==" })).toBe("authentication_failed");
  expect(await code({ params: { identity_public_key: newStranger().publicKey } })).toBe(
    "authentication_failed",
  );
});

test("a key that its address does not publish is nobody's, and no address is asked without a signature", async () => {
  const own = forInvoice(await invoice());
  const [one, other] = [newStranger(), newStranger()];
  expect((await callAs({ ...one, url: other.url }, own)).code).toBe("identity_mismatch");
  expect((await callAs({ ...one, url: `${one.url}/nothing` }, own)).code).toBe("identity_unreachable");
  expect((await callAs({ ...one, url: "http://127.0.0.1:9/" }, own)).code).toBe("identity_unreachable");
});

test("another hub buys for what is due of an invoice in that currency, in BTC, and for nothing else", async () => {
  const stranger = newStranger();
  const address = await invoice();
  const refused = async (own: Record<string, string>) => {
    const { body, code } = await callAs(stranger, own);
    return [code, (body.error as { param?: string }).param];
  };
  const right = forInvoice(address);
  expect(await refused({ ...right, for_amt: "5.01" })).toEqual(["param_invalid", "for_amt"]);
  expect(await refused({ ...right, for_cur: "USD" })).toEqual(["param_invalid", "for_cur"]);
  expect(await refused({ ...right, trade_cur: "EUR" })).toEqual(["param_invalid", "trade_cur"]);
  expect(await refused({ ...right, trade_amt: "0.1" })).toEqual(["param_invalid", "trade_amt"]);
  expect(await refused({ ...right, client_id: "c" })).toEqual(["param_invalid", "client_id"]);
  const { btc_address: _, ...nowhere } = right;
  expect(await refused(nowhere)).toEqual(["param_missing", "btc_address"]);
  const { btc_address } = await must(hub.url, "new-btc-address", {}, cafe);
  expect(await refused(forInvoice(btc_address))).toEqual(["invoice_unknown", undefined]);
  await must(hub.url, "withdraw-invoice", { invoice_bitcoin_address: address }, cafe);
  expect(await refused(right)).toEqual(["invoice_withdrawn", undefined]);
});

test("one hub can bind no more of the desk's money than its part", async () => {
  const stranger = newStranger();
  const buy = async () => (await callAs(stranger, forInvoice(await invoice()))).code;
  expect(await buy()).toBeUndefined();
  let last: string | undefined;
  for (let i = 0; i < 3 && last === undefined; i++) last = await buy();
  expect(last).toBe("option_limit_reached");
});

test("the header opens no other function, and an account's option has an address of its own", async () => {
  const stranger = newStranger();
  const body = encodeForm(
    identityCallParams(
      "my-balance",
      { identity_url: stranger.url, identity_public_key: stranger.publicKey },
      hub.publicUrl,
      Date.now(),
      "r",
    ),
  );
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-identity-signature": signIdentityCall(Buffer.from(body), stranger.sign),
  };
  expect((await post(hub.url, "my-balance", { body, headers })).code).toBe("authentication_missing");
});
