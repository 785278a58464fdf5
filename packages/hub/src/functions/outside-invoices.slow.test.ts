import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answered, call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";
import { asStranger, freshCode, invoiceText } from "../testing/invoices.ts";
import { type OutsideKey, type OutsideKeyType, outsideKey } from "../testing/outside-key.ts";

type Account = Key & { account: string };
let hub: TestHub;
let alice: Account;
let shop: Account;
const MINUTE = 60_000;
const PLACE = { lat: "45.508888", lng: "-73.561668" };

beforeAll(async () => {
  hub = await startTestHub({ trustProxy: "127.0.0.1" });
  alice = await hub.fundedAccount("2");
  shop = await hub.newAccount();
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const stranger = (fn: string, params: Record<string, string>) => asStranger(hub.url, fn, params);
const broadcast = (key: OutsideKey, text: string, signature = key.sign(text)) =>
  stranger("broadcast-invoice", { invoice_json: text, signature });
const find = async (params: Record<string, string>) =>
  (await must(hub.url, "search-invoices", params)).invoices;
const status = async (btc_address: string) =>
  (await call(hub.url, "invoice-status", { btc_address })).body.state;

test.each<OutsideKeyType>(["p2wpkh", "p2tr", "p2pkh", "nested"])(
  "whoever has the key of a %s address has the invoice: it is posted, found and withdrawn without an account",
  async (type) => {
    const key = outsideKey(type);
    const random = freshCode();
    const text = invoiceText(key, { ...PLACE, random, memo: "☕" });
    expect(outcome(await broadcast(key, text))).toEqual([200, undefined]);
    expect(outcome(await broadcast(key, text)), "the same bytes again do nothing").toEqual([200, undefined]);
    expect(await find({ random })).toMatchObject([
      { invoice_json: text, confirmed: false, ambiguous: false, btc_address: key.address },
    ]);
    const taken = {
      invoice_bitcoin_address: key.address,
      signature: key.sign(`withdraw-invoice:${key.address}`),
    };
    expect(outcome(await stranger("withdraw-invoice", taken))).toEqual([200, undefined]);
    expect(outcome(await stranger("withdraw-invoice", taken)), "twice is once").toEqual([200, undefined]);
    expect(await find({ random })).toEqual([]);
    expect(await status(key.address)).toBe("withdrawn");
    expect(outcome(await broadcast(key, text)), "it does not come back").toEqual([409, "invoice_withdrawn"]);
    expect(outcome(await broadcast(key, invoiceText(key, { random })))).toEqual([409, "invoice_withdrawn"]);
  },
);

test("the first bytes for an address are kept; any others are a conflict, in capitals too", async () => {
  const key = outsideKey();
  const random = freshCode();
  const first = invoiceText(key, { random });
  expect((await broadcast(key, first)).status).toBe(200);
  const others = [
    `${first} `,
    invoiceText(key, { random, memo: "more" }),
    invoiceText({ ...key, address: key.address.toUpperCase() }, { random }),
  ];
  for (const text of others) {
    expect(outcome(await broadcast(key, text)), text).toEqual([409, "invoice_conflict"]);
    expect(
      outcome(await call(hub.url, "pay-invoice", { invoice_json: text, signature: key.sign(text) }, alice)),
    ).toEqual([409, "invoice_conflict"]);
  }
  expect(await find({ random })).toMatchObject([{ invoice_json: first }]);
});

test("a signature that is forged, cut, of another text, form or address is refused", async () => {
  const [key, other] = [outsideKey(), outsideKey()];
  const text = invoiceText(key);
  const right = key.sign(text);
  const wrong = [
    other.sign(text),
    key.sign(`${text} `),
    key.sign(`withdraw-invoice:${key.address}`),
    right.slice(0, -4),
    right.slice(3, -1),
    `${right}AAAA`,
    `ful${right.slice(3)}`,
    `pof${right.slice(3)}`,
    "smp",
    "",
    "smp!!!!",
    "smpAA==",
    `smp${"A".repeat(3996)}`,
  ];
  for (const signature of wrong) {
    expect(outcome(await broadcast(key, text, signature)), signature).toEqual([
      400,
      "invoice_signature_invalid",
    ]);
    const paid = await call(hub.url, "pay-invoice", { invoice_json: text, signature }, alice);
    expect(outcome(paid), signature).toEqual([400, "invoice_signature_invalid"]);
  }
  expect(await status(key.address)).toBeUndefined();
  expect(outcome(await broadcast(key, text, `smp${"A".repeat(3998)}`))).toEqual([400, "param_too_long"]);
});

test.each<[string, (key: OutsideKey) => string]>([
  ["no JSON", () => "{"],
  ["a list", () => "[]"],
  ["null", () => "null"],
  ["nothing in it", () => "{}"],
  ["a strange member", (key) => invoiceText(key, {}, { tip: "1" })],
  ["a strange member of info", (key) => invoiceText(key, { tip: "1" })],
  ["__proto__", (key) => invoiceText(key).replace("{", '{"__proto__":{},')],
  ["__proto__ in info", (key) => invoiceText(key).replace('"info":{', '"info":{"__proto__":{},')],
  // Two readers of one signed text would see different invoices.
  ["two amounts", (key) => invoiceText(key).replace("{", '{"amount":"1",')],
  ["two amounts, one name escaped", (key) => invoiceText(key).replace("{", '{"\\u0061mount":"1",')],
  ["two addresses", (key) => invoiceText(key).replace("{", `{"btc_address":"${outsideKey().address}",`)],
  ["two infos", (key) => invoiceText(key).replace("{", '{"info":{},')],
  ["two memos", (key) => invoiceText(key, { memo: "a" }).replace('"memo"', '"memo":"b","memo"')],
  ["an amount that is a number", (key) => invoiceText(key, {}, { amount: 0.001 })],
  ["an amount of nothing", (key) => invoiceText(key, {}, { amount: "0" })],
  ["an amount with an exponent", (key) => invoiceText(key, {}, { amount: "1e-3" })],
  ["an amount below a satoshi", (key) => invoiceText(key, {}, { amount: "0.000000001" })],
  ["more BTC than there are", (key) => invoiceText(key, {}, { amount: "21000001" })],
  ["a currency in lower case", (key) => invoiceText(key, {}, { currency: "btc" })],
  ["no currency", (key) => invoiceText(key, {}, { currency: undefined })],
  ["info that is a list", (key) => invoiceText(key, {}, { info: [] })],
  ["info that is null", (key) => invoiceText(key, {}, { info: null })],
  ["t as a text", (key) => invoiceText(key, { t: String(Date.now()) })],
  ["t below zero", (key) => invoiceText(key, { t: -1 })],
  ["a fraction of t", (key) => invoiceText(key, { t: 1.5 })],
  ["lat as a number", (key) => invoiceText(key, { lat: 45, lng: "1" })],
  ["lat alone", (key) => invoiceText(key, { lat: "45" })],
  ["lat beyond the pole", (key) => invoiceText(key, { lat: "90.1", lng: "0" })],
  ["lng beyond the date line", (key) => invoiceText(key, { lat: "0", lng: "180.1" })],
  ["lat with an exponent", (key) => invoiceText(key, { lat: "1e1", lng: "0" })],
  ["a long memo", (key) => invoiceText(key, { memo: "x".repeat(501) })],
  ["a long code", (key) => invoiceText(key, { random: "1".repeat(33) })],
  ["an escape sequence for a terminal in its memo", (key) => invoiceText(key, { memo: "\u001b[2J" })],
  ["half a surrogate pair", (key) => invoiceText(key, { memo: "\ud800" })],
  ["an address of the main network", () => invoiceText(outsideKey("p2wpkh", "mainnet"))],
  ["an address of the test network", () => invoiceText(outsideKey("p2tr", "testnet"))],
  [
    "an address in mixed case",
    (key) => invoiceText({ ...key, address: key.address.replace("bcrt", "BCRT") }),
  ],
  ["no address", (key) => invoiceText({ ...key, address: "me" })],
  ["more than 4 KiB of bytes", (key) => `${invoiceText(key, { memo: "€".repeat(500) })}${" ".repeat(2500)}`],
])("an invoice with %s is malformed, to post and to pay", async (_, make) => {
  const key = outsideKey();
  const invoice_json = make(key);
  const signature = key.sign(invoice_json);
  for (const answer of [
    await stranger("broadcast-invoice", { invoice_json, signature }),
    await call(hub.url, "pay-invoice", { invoice_json, signature }, alice),
  ]) {
    expect(outcome(answer), invoice_json).toEqual([400, "invoice_malformed"]);
    expect((answer.body.error as { reason: string }).reason).toEqual(expect.any(String));
  }
});

test("an invoice of exactly 4 KiB, and one over ten thousand of another currency, are taken", async () => {
  const key = outsideKey();
  const text = invoiceText(key);
  const full = text + " ".repeat(4096 - text.length);
  expect((await broadcast(key, full)).status).toBe(200);
  expect(outcome(await broadcast(outsideKey(), `${full} `, "x"))).toEqual([400, "param_too_long"]);
  const random = freshCode();
  const large = outsideKey();
  expect(
    (await broadcast(large, invoiceText(large, { random }, { amount: "10000.00", currency: "CAD" }))).status,
  ).toBe(200);
  expect(await find({ random })).toMatchObject([{ amount: "10000.00", currency: "CAD" }]);
  const other = outsideKey();
  expect(
    (await broadcast(other, invoiceText(other, {}, { amount: "5000000", currency: "JPY" }))).status,
  ).toBe(200);
});

test("an invoice too old, from the future or over is refused, to post and to pay", async () => {
  const now = Date.now();
  for (const [reason, info] of [
    ["old", { t: now - 16 * MINUTE }],
    ["old", { t: 0 }],
    ["future", { t: now + 3 * MINUTE }],
    ["future", { t: Number.MAX_SAFE_INTEGER }],
    ["expired", { t: now - MINUTE, expires_t: now - 1 }],
    ["expired", { t: undefined, expires_t: 0 }],
  ] as const) {
    const key = outsideKey();
    const text = invoiceText(key, info);
    const paid = await call(hub.url, "pay-invoice", { invoice_json: text, signature: key.sign(text) }, alice);
    for (const answer of [await broadcast(key, text), paid])
      expect(answer, text).toMatchObject({
        status: 400,
        body: { error: { code: "invoice_time", reason, now: expect.any(Number) } },
      });
  }
  const key = outsideKey();
  const random = freshCode();
  expect(
    (await broadcast(key, invoiceText(key, { t: now + MINUTE, expires_t: Number.MAX_SAFE_INTEGER, random })))
      .status,
  ).toBe(200);
  const { expires_t } = await must(hub.url, "invoice-status", { btc_address: key.address });
  expect(expires_t).toBe(now + MINUTE + 24 * 60 * MINUTE);
  const timeless = outsideKey();
  expect((await broadcast(timeless, invoiceText(timeless, { t: undefined, random }))).status).toBe(200);
  expect(await find({ random }), "one without t is kept but not found").toMatchObject([
    { btc_address: key.address },
  ]);
});

test("a withdrawal that comes before its invoice is remembered, also over a restart", async () => {
  const key = outsideKey();
  const capitals = key.address.toUpperCase();
  const signature = key.sign(`withdraw-invoice:${capitals}`);
  expect((await stranger("withdraw-invoice", { invoice_bitcoin_address: capitals, signature })).status).toBe(
    200,
  );
  hub = await hub.restart();
  const text = invoiceText(key);
  expect(outcome(await broadcast(key, text))).toEqual([409, "invoice_withdrawn"]);
});

test("nobody withdraws an invoice with another's signature, with another's account, or with nothing", async () => {
  const [key, other] = [outsideKey(), outsideKey()];
  await broadcast(key, invoiceText(key));
  const own = (await must(hub.url, "new-invoice", { amount: "0.001" }, shop)).invoice.btc_address;
  for (const [address, state] of [
    [key.address, "open"],
    [own, "open"],
  ] as const) {
    const invoice_bitcoin_address = address;
    for (const signature of [
      other.sign(`withdraw-invoice:${address}`),
      other.sign(`withdraw-invoice:${other.address}`),
      key.sign(address),
    ])
      expect(outcome(await stranger("withdraw-invoice", { invoice_bitcoin_address, signature }))).toEqual([
        400,
        "invoice_signature_invalid",
      ]);
    expect(outcome(await stranger("withdraw-invoice", { invoice_bitcoin_address }))).toEqual([
      401,
      "authentication_missing",
    ]);
    expect(outcome(await call(hub.url, "withdraw-invoice", { invoice_bitcoin_address }, alice))).toEqual([
      404,
      "invoice_unknown",
    ]);
    expect(await status(address)).toBe(state);
  }
  expect(
    (await call(hub.url, "withdraw-invoice", { invoice_bitcoin_address: own.toUpperCase() }, shop)).status,
  ).toBe(200);
  expect(await status(own)).toBe("withdrawn");
});

test("two tills near each other with one code are both ambiguous; far apart they are not", async () => {
  const random = freshCode();
  await must(hub.url, "new-invoice", { amount: "0.001", random, ...PLACE }, shop);
  const copy = outsideKey();
  await broadcast(copy, invoiceText(copy, { random, ...PLACE }));
  const far = outsideKey();
  await broadcast(far, invoiceText(far, { random, lat: "45.6", lng: PLACE.lng }));
  const found = await find({ random });
  expect(
    found.map(({ btc_address, ambiguous, confirmed }) => [btc_address === far.address, ambiguous, confirmed]),
  ).toEqual([
    [true, false, false],
    [false, true, false],
    [false, true, true],
  ]);
  const taken = {
    invoice_bitcoin_address: copy.address,
    signature: copy.sign(`withdraw-invoice:${copy.address}`),
  };
  await stranger("withdraw-invoice", taken);
  expect((await find({ random })).map(({ ambiguous }) => ambiguous)).toEqual([false, false]);
});

test("strangers have a burst of invoices and then a few a second, and an account or a batch is no way around it", async () => {
  const headers = { "x-forwarded-for": "203.0.113.99", "content-type": "application/x-www-form-urlencoded" };
  const ask = async () => {
    const response = await fetch(`${hub.url}/api/broadcast-invoice`, {
      method: "POST",
      headers,
      body: "invoice_json=x&signature=x",
    });
    return { status: response.status, wait: response.headers.get("retry-after") };
  };
  const answers = await Promise.all(Array.from({ length: 100 }, ask));
  const limited = answers.filter((answer) => answer.status === 429);
  expect(limited.length).toBeGreaterThan(0);
  for (const { wait } of limited) expect(wait).toBe("1");
  // From 127.0.0.1, with a key: the same limit, part by part.
  const [part] = [{ function: "broadcast-invoice", params: { invoice_json: "x", signature: "x" } }];
  const { results } = await must(hub.url, "batch", { calls: JSON.stringify(Array(100).fill(part)) }, shop);
  expect(
    results.filter((one) => (one as { error: { code: string } }).error.code === "rate_limited").length,
  ).toBeGreaterThan(20);
  const own = (await must(hub.url, "new-invoice", { amount: "0.001" }, shop)).invoice.btc_address;
  expect(
    (await call(hub.url, "withdraw-invoice", { invoice_bitcoin_address: own }, shop)).status,
    "an owner is no stranger",
  ).toBe(200);
});
