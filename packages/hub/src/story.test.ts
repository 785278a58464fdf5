import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub, until } from "./testing/harness.ts";

// One hub, the whole story; each step stands on the one before.
let hub: TestHub;
let alice: Key & { account: string };
let bob: Key & { account: string };
const ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.newAccount();
  bob = await hub.newAccount();
});
afterAll(() => hub.end());

const balance = (key: Key) => must(hub.url, "my-balance", {}, key);

test("a deposit is pending when it is seen, and available when it is confirmed", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, alice);
  await hub.rpc("devchain_fund", btc_address, "1.5");
  const seen = await until(
    () => balance(alice),
    ({ pending }) => pending.btc !== undefined,
  );
  expect(seen).toEqual({ available: {}, pending: { btc: "1.50" }, held: {}, withdrawable: {} });
  const [pending] = (await must(hub.url, "my-transfers", {}, alice)).transfers;
  expect(pending).toMatchObject({ status: "pending", amount: "1.50", confirmations: 0, btc_address });
  await hub.rpc("devchain_mine", 1);
  const there = await until(
    () => balance(alice),
    ({ available }) => available.btc !== undefined,
  );
  expect(there).toEqual({ available: { btc: "1.50" }, pending: {}, held: {}, withdrawable: { btc: "1.50" } });
});

test("a transfer inside the hub is at once, once, and shown on both sides", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const payment = { to_btc_address: btc_address, amount: "0.25", client_id: "rent" };
  const first = await must(hub.url, "send-btc", payment, alice);
  expect(first).toMatchObject({ status: "done", fee: "0.00" });
  expect(await must(hub.url, "send-btc", payment, alice)).toEqual(first);
  expect((await call(hub.url, "send-btc", { ...payment, amount: "0.26" }, alice)).code).toBe(
    "client_id_conflict",
  );
  expect((await balance(bob)).available).toEqual({ btc: "0.25" });
  expect((await balance(alice)).available).toEqual({ btc: "1.25" });
  const [incoming] = (await must(hub.url, "my-transfers", {}, bob)).transfers;
  expect(incoming).toMatchObject({
    transfer_id: first.transfer_id,
    direction: "in",
    kind: "internal",
    amount: "0.25",
  });
});

test("a withdrawal debits what was quoted, goes by chain and is followed to its end", async () => {
  const quote = await must(hub.url, "quote-send", { to_btc_address: ELSEWHERE, amount: "0.1" }, alice);
  const sent = await must(
    hub.url,
    "send-btc",
    { to_btc_address: ELSEWHERE, amount: "0.1", quote_id: quote.quote_id, client_id: "out" },
    alice,
  );
  expect(sent).toMatchObject({ status: "reserved", fee: quote.fee });
  const debit = 0.1 * 1e8 + Math.round(Number(quote.fee) * 1e8);
  expect((await balance(alice)).available.btc).toBe(((1.25 * 1e8 - debit) / 1e8).toFixed(8));
  const status = async () => (await must(hub.url, "my-transfers", { limit: "1" }, alice)).transfers[0]!;
  const broadcast = await until(status, (one) => one.status === "broadcast");
  const mempool = (await hub.rpc("getrawmempool")) as string[];
  expect(mempool).toContain(broadcast.txid);
  await hub.rpc("devchain_mine", 1);
  expect(await until(status, (one) => one.status === "confirmed")).toMatchObject({ txid: broadcast.txid });
  expect((await balance(alice)).held).toEqual({});
  await hub.rpc("devchain_mine", 6);
  expect(await until(status, (one) => one.status === "final")).toMatchObject({ txid: broadcast.txid });
});

test("two traders cross orders at the resting price", async () => {
  const credit = { to_account: bob.account, currency: "USD", amount: "20000.00", reference: "wire 1" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const sell = await must(
    hub.url,
    "place-order",
    { trade_amt: "0.5", trade_cur: "BTC", for_amt: "32500", for_cur: "USD" },
    alice,
  );
  expect(sell.state).toBe("open");
  const buy = await must(
    hub.url,
    "place-order",
    { trade_amt: "13200", trade_cur: "USD", for_amt: "0.2", for_cur: "BTC" },
    bob,
  );
  expect(buy).toMatchObject({ state: "filled", filled_trade_amt: "13000.00", filled_for_amt: "0.20" });
  expect((await balance(bob)).available.usd).toBe("7000.00");
  expect((await balance(alice)).held).toEqual({ btc: "0.30" });
  expect((await must(hub.url, "my-open-orders", {}, alice)).orders).toMatchObject([
    { filled_for_amt: "13000.00" },
  ]);
  expect((await must(hub.url, "depth", { market: "BTC/USD" })).asks).toEqual([["65000.00", "0.30"]]);
  expect(await must(hub.url, "ticker", { market: "BTC/USD" })).toMatchObject({
    last: "65000.00",
    volume: "0.20",
  });
  expect((await must(hub.url, "trades", { market: "BTC/USD" })).trades).toMatchObject([
    { taker_side: "buy" },
  ]);
  expect((await must(hub.url, "candles", { market: "BTC/USD", interval: "1d" })).candles).toMatchObject([
    { volume: "0.20" },
  ]);
  expect((await must(hub.url, "my-trades", {}, alice)).trades).toMatchObject([
    { side: "sell", role: "maker" },
  ]);
  const amended = { oid: sell.oid, trade_amt: "0.4", for_amt: "26000" };
  expect(await must(hub.url, "amend-order", amended, alice)).toMatchObject({
    state: "open",
    kept_priority: true,
  });
  expect(await must(hub.url, "cancel-order", { oid: sell.oid }, alice)).toMatchObject({
    given_back: { btc: "0.20" },
  });
  expect(await must(hub.url, "cancel-all-orders", {}, alice)).toEqual({ cancelled: [] });
});

test("a till's invoice is found by place and code, paid once, and the till hears of it", async () => {
  const permissions = JSON.stringify(["new-invoice", "invoice-status"].map((name) => [bob.account, name]));
  const { authkey } = await must(hub.url, "create-authkey", { permissions, label: "till" }, bob);
  const till = { token: authkey.token, key: authkey.key! };
  const posted = await must(
    hub.url,
    "new-invoice",
    { amount: "0.0021", lat: "45.508888", lng: "-73.561668", random: "417", memo: "Two espressos" },
    till,
  );
  expect((await call(hub.url, "my-balance", {}, till)).code).toBe("permission_denied");
  const found = await must(hub.url, "search-invoices", { lat: "45.5090", lng: "-73.5617", random: "417" });
  expect(found.invoices).toMatchObject([{ amount: "0.0021", confirmed: true, ambiguous: false }]);
  const heard = must(
    hub.url,
    "invoice-status",
    { btc_address: posted.invoice.btc_address, wait_ms: "20000", than: "open" },
    till,
  );
  const paying = { invoice_json: posted.invoice_json, signature: posted.signature, client_id: "coffee" };
  const paid = await must(hub.url, "pay-invoice", paying, alice);
  expect(await must(hub.url, "pay-invoice", paying, alice)).toEqual(paid);
  expect(await heard).toMatchObject({ state: "paid", received: "0.0021", transfers: [paid.transfer_id] });
  expect((await call(hub.url, "pay-invoice", { ...paying, client_id: "again" }, alice)).code).toBe(
    "invoice_not_open",
  );
  expect((await must(hub.url, "search-invoices", { random: "417" })).invoices).toEqual([]);
  expect((await must(hub.url, "my-invoices", {}, bob)).invoices).toMatchObject([
    { state: "paid", received: "0.0021" },
  ]);
});

test("a pay-out in another currency is held until the operator settles it", async () => {
  const wish = { currency: "USD", amount: "100.00", destination: "IBAN DE02" };
  const first = await must(hub.url, "withdraw-fiat", wish, bob);
  const second = await must(hub.url, "withdraw-fiat", wish, bob);
  expect((await balance(bob)).held.usd).toBe("200.00");
  const { withdrawals } = await must(hub.url, "operator-fiat-withdrawals", {}, hub.operator);
  expect(withdrawals.map((one) => one.transfer_id)).toEqual([first.transfer_id, second.transfer_id]);
  const settle = (transfer_id: string, outcome: string) =>
    must(
      hub.url,
      "operator-settle-fiat-withdrawal",
      { transfer_id, outcome, reference: "wire 2" },
      hub.operator,
    );
  await settle(first.transfer_id, "done");
  await settle(second.transfer_id, "refused");
  expect(await balance(bob)).toMatchObject({ available: { usd: "6900.00" }, held: {} });
  const { transfers } = await must(hub.url, "my-transfers", { limit: "2" }, bob);
  expect(transfers.map((one) => one.status)).toEqual(["refused", "done"]);
});

test("parts of a batch answer as they would alone", async () => {
  const calls = [
    { function: "my-balance", params: {} },
    { function: "no-such", params: {} },
    { function: "send-btc", params: { to_btc_address: ELSEWHERE, amount: "1e3" } },
    { function: "batch", params: { calls: "[]" } },
  ];
  const { results } = await must(hub.url, "batch", { calls: JSON.stringify(calls) }, alice);
  expect(results).toMatchObject([
    await balance(alice),
    { error: { code: "function_unknown" } },
    { error: { code: "amount_invalid", reason: "malformed" } },
    { error: { code: "param_invalid" } },
  ]);
});

test("a restart keeps everything, and coins equal what is owed", async () => {
  const before = { alice: await balance(alice), bob: await balance(bob) };
  const { transfers } = await must(hub.url, "my-transfers", {}, alice);
  hub = await hub.restart();
  expect({ alice: await balance(alice), bob: await balance(bob) }).toEqual(before);
  expect((await must(hub.url, "my-transfers", {}, alice)).transfers).toEqual(transfers);
  const { totals, wallet, fees } = await must(hub.url, "operator-status", {}, hub.operator);
  const btc = (text: string | undefined) => Math.round(Number(text ?? 0) * 1e8);
  expect(btc(totals.btc) + btc(fees.btc)).toBe(btc(wallet.confirmed) + btc(wallet.unconfirmed));
});

test("a stop answers what was taken: a long poll, and a payment under way", async () => {
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bob);
  const posted = await must(hub.url, "new-invoice", { amount: "0.01" }, bob);
  const polled = must(hub.url, "invoice-status", {
    btc_address: posted.invoice.btc_address,
    wait_ms: "30000",
  });
  await until(
    () => must(hub.url, "invoice-status", { btc_address: posted.invoice.btc_address }),
    ({ state }) => state === "open",
  );
  const pay = (i: number) => ({ to_btc_address: btc_address, amount: "0.0001", client_id: `stop-${i}` });
  // What had no connection yet may find none any more.
  const sent = Array.from({ length: 50 }, (_, i) =>
    call(hub.url, "send-btc", pay(i), alice).catch(() => undefined),
  );
  await Promise.race(sent);
  const restarted = hub.restart();
  expect((await polled).state).toBe("open");
  const answers = await Promise.all(sent);
  hub = await restarted;
  const statuses = answers.map((answer) =>
    answer?.status === 200 ? "done" : (answer?.code ?? "no connection"),
  );
  expect(statuses).toContain("done");
  for (const status of statuses) expect(["done", "overloaded", "no connection"]).toContain(status);
  for (const [i, answer] of answers.entries()) {
    const again = await must(hub.url, "send-btc", pay(i), alice);
    if (answer?.status === 200) expect(again).toEqual(answer.body);
  }
});
