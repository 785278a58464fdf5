import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type Answered,
  call,
  type Key,
  must,
  startTestHub,
  type TestHub,
  until,
} from "../testing/harness.ts";
import { freshCode, invoiceText } from "../testing/invoices.ts";
import { outsideKey } from "../testing/outside-key.ts";

type Account = Key & { account: string };
let hub: TestHub;
let alice: Account;
let shop: Account;
const PLACE = { lat: "45.508888", lng: "-73.561668" };

beforeAll(async () => {
  hub = await startTestHub({ trustProxy: "127.0.0.1" });
  alice = await hub.fundedAccount("2");
  shop = await hub.newAccount();
});
afterAll(() => hub.end());
afterEach(async () => {
  const { totals, wallet, fees } = await must(hub.url, "operator-status", {}, hub.operator);
  const sats = (text = "0") => Math.round(Number(text) * 1e8);
  expect(sats(totals.btc) + sats(fees.btc), "coins equal what is owed").toBe(
    sats(wallet.confirmed) + sats(wallet.unconfirmed),
  );
});

const outcome = ({ status, code }: Answered) => [status, code];
const status = async (btc_address: string) =>
  (await call(hub.url, "invoice-status", { btc_address })).body.state;

test("an invoice of this hub is paid once, then neither withdrawn nor paid again; a withdrawn one is not paid", async () => {
  const make = () => must(hub.url, "new-invoice", { amount: "0.001" }, shop);
  const pay = (of: { invoice_json: string; signature: string }, more = {}) =>
    call(hub.url, "pay-invoice", { invoice_json: of.invoice_json, signature: of.signature, ...more }, alice);
  const paid = await make();
  const both = await Promise.all([pay(paid, { client_id: "a" }), pay(paid, { client_id: "b" })]);
  expect(both.map(outcome).sort()).toEqual([
    [200, undefined],
    [409, "invoice_not_open"],
  ]);
  const withdraw = (of: typeof paid) =>
    call(hub.url, "withdraw-invoice", { invoice_bitcoin_address: of.invoice.btc_address }, shop);
  expect((await withdraw(paid)).body).toMatchObject({ error: { code: "invoice_not_open", state: "paid" } });
  const gone = await make();
  expect((await withdraw(gone)).status).toBe(200);
  expect(outcome(await pay(gone))).toEqual([409, "invoice_withdrawn"]);
  const short = await must(
    hub.url,
    "new-invoice",
    { amount: "0.001", expires_t: String(Date.now() + 1_000) },
    shop,
  );
  await until(
    () => status(short.invoice.btc_address),
    (state) => state === "expired",
  );
  expect((await pay(short)).body).toMatchObject({ error: { code: "invoice_not_open", state: "expired" } });
  expect(
    outcome(
      await call(
        hub.url,
        "pay-invoice",
        { invoice_json: paid.invoice_json, signature: paid.signature },
        shop,
      ),
    ),
  ).toEqual([400, "own_address"]);
});

test("a retry of a payment gets its first answer when the invoice is long over and forgotten", async () => {
  const key = outsideKey();
  const text = invoiceText(key, { expires_t: Date.now() + 1_500 });
  const asked = { invoice_json: text, signature: key.sign(text), client_id: "outside" };
  const first = await must(hub.url, "pay-invoice", asked, alice);
  expect(first.status).toBe("reserved");
  await new Promise((resolve) => setTimeout(resolve, 1_600));
  expect(await must(hub.url, "pay-invoice", asked, alice)).toEqual(first);
  expect(outcome(await call(hub.url, "pay-invoice", { ...asked, client_id: "again" }, alice))).toEqual([
    400,
    "invoice_time",
  ]);
  const { transfers } = await must(hub.url, "my-transfers", { limit: "1" }, alice);
  expect(transfers[0]).toMatchObject({ transfer_id: first.transfer_id, btc_address: key.address });
  await until(
    () => hub.rpc("getrawmempool") as Promise<string[]>,
    (mempool) => mempool.length > 0,
  );
  await hub.rpc("devchain_mine", 6);
  await until(
    () => must(hub.url, "operator-status", {}, hub.operator),
    ({ wallet }) => wallet.withdrawals_under_way === 0,
  );
});

test("an invoice of another currency without a hub to exchange for it is not paid", async () => {
  const key = outsideKey();
  const text = invoiceText(key, {}, { currency: "CAD", amount: "3.42" });
  expect(
    outcome(await call(hub.url, "pay-invoice", { invoice_json: text, signature: key.sign(text) }, alice)),
  ).toEqual([409, "invoice_not_confirmed"]);
  expect(outcome(await call(hub.url, "new-invoice", { amount: "3.42", currency: "XAU" }, shop))).toEqual([
    400,
    "currency_unknown",
  ]);
  expect(outcome(await call(hub.url, "new-invoice", { amount: "3.421", currency: "CAD" }, shop))).toEqual([
    400,
    "amount_invalid",
  ]);
});

test("pages by `after` miss nothing that stays and show nothing twice while invoices come and go", async () => {
  for (const place of [{}, { ...PLACE, radius_m: "20000" }] as Record<string, string>[]) {
    const random = freshCode();
    const post = async (i: number) =>
      (
        await must(
          hub.url,
          "new-invoice",
          { amount: "0.001", random, lat: (45.5 + i / 1000).toFixed(3), lng: PLACE.lng },
          shop,
        )
      ).invoice.btc_address;
    const all: string[] = [];
    for (let i = 0; i < 12; i++) all.push(await post(i));
    const gone = new Set([all[1]!, all[6]!, all[10]!]);
    const seen: string[] = [];
    let after: string | undefined;
    for (let page = 0; ; page++) {
      const { invoices, more_exist, next_after } = await must(hub.url, "search-invoices", {
        random,
        limit: "3",
        ...place,
        ...(after ? { after } : {}),
      });
      seen.push(...invoices.map((one) => one.btc_address));
      expect(more_exist).toBe(next_after !== undefined);
      if (!more_exist) break;
      after = next_after!;
      // The last one shown may go too: the next page begins after where it was.
      if (page === 0) {
        for (const invoice_bitcoin_address of [...gone, seen.at(-1)!])
          await call(hub.url, "withdraw-invoice", { invoice_bitcoin_address }, shop);
        await post(3.5);
      }
    }
    expect(new Set(seen).size, "none twice").toBe(seen.length);
    for (const address of all) if (!gone.has(address)) expect(seen, "none missed").toContain(address);
  }
});

test("a cursor that was never answered is refused or an empty page, whatever it is", async () => {
  for (const after of [
    "",
    "x",
    "{}",
    "[]",
    "[1]",
    "null",
    "[null]",
    '["a",1]',
    "[null,1.5]",
    "[null,1e999]",
    '[{"valueOf":1},1]',
  ])
    expect(outcome(await call(hub.url, "search-invoices", { after })), after).toEqual([400, "param_invalid"]);
  for (const after of ["[null,-1]", "[null,9007199254740991]", "[1e999,1]", "[-1,1]", "[0,0]"])
    for (const place of [{}, PLACE])
      expect((await call(hub.url, "search-invoices", { after, ...place })).status, after).toBe(200);
});

test("a long poll wakes when an invoice is paid, withdrawn or over, and ends when its time is", async () => {
  const make = async (more = {}) => await must(hub.url, "new-invoice", { amount: "0.001", ...more }, shop);
  const wait = (btc_address: string, more: Record<string, string> = {}) =>
    must(hub.url, "invoice-status", { btc_address, wait_ms: "25000", than: "open", ...more });
  const [paid, withdrawn] = [await make(), await make()];
  const over = await make({ expires_t: String(Date.now() + 1_500) });
  const untouched = await make();
  const polls = Promise.all([
    wait(paid.invoice.btc_address.toUpperCase()),
    wait(withdrawn.invoice.btc_address),
    wait(over.invoice.btc_address),
    wait(untouched.invoice.btc_address, { wait_ms: "300" }),
    wait(untouched.invoice.btc_address, { than: "paid" }),
    must(hub.url, "invoice-status", { btc_address: paid.invoice.btc_address, wait_ms: "25000" }),
  ]);
  await call(hub.url, "pay-invoice", { invoice_json: paid.invoice_json, signature: paid.signature }, alice);
  await call(hub.url, "withdraw-invoice", { invoice_bitcoin_address: withdrawn.invoice.btc_address }, shop);
  expect((await polls).map(({ state }) => state)).toEqual([
    "paid",
    "withdrawn",
    "expired",
    "open",
    "open",
    "paid",
  ]);
  expect(outcome(await call(hub.url, "invoice-status", { btc_address: "nothing" }))).toEqual([
    404,
    "invoice_unknown",
  ]);
  const calls = JSON.stringify([
    { function: "invoice-status", params: { btc_address: untouched.invoice.btc_address, wait_ms: "1" } },
  ]);
  expect((await must(hub.url, "batch", { calls }, shop)).results).toMatchObject([
    { error: { code: "param_invalid" } },
  ]);
});

test("an invoice paid by chain is seen, then underpaid, paid or overpaid by what came", async () => {
  const { invoice, invoice_json, signature } = await must(hub.url, "new-invoice", { amount: "0.002" }, shop);
  const { btc_address } = invoice;
  const to = (state: string) =>
    until(
      () => status(btc_address),
      (now) => now === state,
    );
  await hub.rpc("devchain_fund", btc_address, "0.0005");
  await to("seen");
  await hub.rpc("devchain_mine", 1);
  await to("underpaid");
  // The rest may come from inside.
  const paying = { to_btc_address: btc_address, amount: "0.0015" };
  await must(hub.url, "send-btc", paying, alice);
  await to("paid");
  expect(outcome(await call(hub.url, "pay-invoice", { invoice_json, signature }, alice))).toEqual([
    409,
    "invoice_not_open",
  ]);
  await hub.rpc("devchain_fund", btc_address, "0.0001");
  await hub.rpc("devchain_mine", 1);
  await to("overpaid");
  const { received, transfers } = await must(hub.url, "invoice-status", { btc_address }, shop);
  expect([received, transfers?.length]).toEqual(["0.0021", 3]);
});
