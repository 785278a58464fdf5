import { rmSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../data-folder.ts";
import { type Answered, call, type Key, must, startTestHub, type TestHub } from "../testing/harness.ts";

let hub: TestHub;
let alice: Key & { account: string };

beforeAll(async () => {
  hub = await startTestHub();
  alice = await hub.fundedAccount("1");
});
afterAll(() => hub.end());

const outcome = ({ status, code }: Answered) => [status, code];
const accounts = (params: Record<string, string> = {}) =>
  must(hub.url, "operator-accounts", params, hub.operator);
const audit = (params: Record<string, string> = {}) => must(hub.url, "operator-audit", params, hub.operator);
const newKey = async (params: Record<string, string>) =>
  (await must(hub.url, "create-authkey", params, hub.operator)).authkey;

/** All pages. */
const everyAccount = async (limit: number, search?: string) => {
  const all: Awaited<ReturnType<typeof accounts>>["accounts"] = [];
  for (let before: number | undefined; ; ) {
    const page = await accounts({
      limit: String(limit),
      ...(search === undefined ? {} : { search }),
      ...(before === undefined ? {} : { before: String(before) }),
    });
    all.push(...page.accounts);
    expect(page.next_before !== undefined).toBe(page.more_exist);
    if (!page.more_exist) return all;
    before = page.next_before;
  }
};

test("accounts are paged through newest first, each once, with what it has; the hub's own are left out", async () => {
  const made = [alice.account];
  for (const name of ["zoe", "zoe.till", "zoey"])
    made.unshift((await must(hub.url, "create-account", { name })).account);
  await must(hub.url, "create-authkey", { label: "second" }, alice);
  const credit = { to_account: "zoe", currency: "USD", amount: "5.00", reference: "wire" };
  await must(hub.url, "operator-credit", credit, hub.operator);
  const order = { trade_amt: "0.25", trade_cur: "BTC", for_amt: "900000.00", for_cur: "USD" };
  const { oid } = await must(hub.url, "place-order", order, alice);
  const wanted = [...made, hub.operator.account];
  for (const limit of [1, 2, 5, 200])
    expect((await everyAccount(limit)).map(({ account }) => account)).toEqual(wanted);
  const all = await everyAccount(200);
  expect(all.find(({ account }) => account === alice.account)).toEqual({
    account: alice.account,
    available: { btc: "0.75" },
    held: { btc: "0.25" },
    pending: {},
    withdrawable: { btc: "0.75" },
    authkeys: 2,
    in_debt: false,
  });
  expect(all.find(({ name }) => name === "zoe")).toMatchObject({ available: { usd: "5.00" }, authkeys: 1 });
  const { totals } = await must(hub.url, "operator-status", {}, hub.operator);
  expect(totals).toMatchObject({ btc: "1.00", usd: "5.00" });
  await must(hub.url, "cancel-order", { oid }, alice);
});

test("a search finds what begins so, what is named in full first, an identifier alone, and nobody else", async () => {
  const names = async (search: string, limit = 200) =>
    (await everyAccount(limit, search)).map(({ name, account }) => name ?? account);
  for (const limit of [1, 2, 200]) {
    expect(await names("zo", limit)).toEqual(["zoey", "zoe.till", "zoe"]);
    expect(await names("zoe", limit)).toEqual(["zoe", "zoey", "zoe.till"]);
  }
  expect(await names(alice.account)).toEqual([alice.account]);
  expect(await names(alice.account.slice(0, 12))).toEqual([alice.account]);
  for (const search of ["zoe.tills", "sys-hub", "sys-", "nobody"]) expect(await names(search)).toEqual([]);
  expect(outcome(await call(hub.url, "operator-accounts", { search: "%" }, hub.operator))).toEqual([
    400,
    "param_invalid",
  ]);
});

test("neither is told to a key without that very permission", async () => {
  const operator = hub.operator.account!;
  const authkey = await newKey({
    permissions: JSON.stringify([
      [operator, "operator-status"],
      [operator, "all"],
    ]),
    label: "watcher",
  });
  const watcher = { account: operator, token: authkey.token, key: authkey.key! };
  for (const fn of ["operator-accounts", "operator-audit"]) {
    for (const by of [watcher, alice])
      expect(outcome(await call(hub.url, fn, {}, by))).toEqual([403, "permission_denied"]);
    expect(outcome(await call(hub.url, fn))).toEqual([401, "authentication_missing"]);
  }
});

test("the audit tells who did what with the operator's keys, never a secret, and the same after a restart and a rebuild", async () => {
  const operator = hub.operator.account!;
  const before = await audit({ limit: "1" });
  const authkey = await newKey({
    permissions: JSON.stringify([
      [operator, "operator-credit"],
      [operator, "operator-registration"],
      [operator, "revoke-authkey"],
    ]),
    label: "bank clerk",
    limits: '{"USD":"100.00"}',
  });
  const clerk = { account: operator, token: authkey.token, key: authkey.key! };
  const credit = {
    to_account: "zoe",
    currency: "USD",
    amount: "7.50",
    reference: "wire «7»",
    client_id: "w7",
  };
  const { transfer_id } = await must(hub.url, "operator-credit", credit, clerk);
  await must(hub.url, "operator-credit", credit, clerk); // a retry
  expect((await call(hub.url, "operator-credit", { ...credit, amount: "8.00" }, clerk)).status).toBe(409);
  const closing = [{ function: "operator-registration", params: { open: "false" } }];
  await must(hub.url, "batch", { calls: JSON.stringify(closing) }, hub.operator);
  const { account } = await must(hub.url, "create-account", { name: "made-by-clerk" }, clerk);
  await must(hub.url, "operator-registration", { open: "true" }, clerk);
  await must(hub.url, "operator-halt-withdrawals", {}, hub.operator);
  await must(hub.url, "operator-resume-withdrawals", {}, hub.operator);
  const { btc_address } = await must(hub.url, "operator-cold-address", {}, hub.operator);
  const identity = Buffer.alloc(32, 1).toString("base64");
  await must(hub.url, "operator-set-line", { identity, ceiling: "0.5" }, hub.operator);
  await must(hub.url, "operator-rotate-identity", {}, hub.operator);
  await must(
    hub.url,
    "change-authkey-permissions",
    { authkey_token: clerk.token, remove: JSON.stringify([[operator, "operator-credit"]]) },
    hub.operator,
  );
  await must(hub.url, "my-balance", {}, hub.operator);
  await must(hub.url, "new-btc-address", {}, alice);
  await must(hub.url, "revoke-authkey", { authkey_token: clerk.token }, clerk);

  const told = await audit();
  const { journal_seq, journal } = await must(hub.url, "operator-status", {}, hub.operator);
  const news = told.actions.filter((one) => one.journal_seq > before.actions[0]!.journal_seq).reverse();
  const [own, clerks] = [
    { authkey_token: hub.operator.token, label: "operator" },
    { authkey_token: clerk.token, label: "bank clerk" },
  ];
  expect(news).toMatchObject([
    {
      function: "create-authkey",
      ...own,
      params: { authkey_token: clerk.token, label: "bank clerk", limits: { USD: "100.00" } },
    },
    {
      function: "operator-credit",
      ...clerks,
      params: { ...credit, transfer_id },
    },
    { function: "operator-registration", ...own, params: { open: false } },
    { function: "create-account", ...clerks, params: { account, name: "made-by-clerk" } },
    { function: "operator-registration", ...clerks, params: { open: true } },
    { function: "operator-halt-withdrawals", ...own, params: {} },
    { function: "operator-resume-withdrawals", ...own, params: {} },
    { function: "operator-cold-address", ...own, params: { btc_address } },
    { function: "operator-set-line", ...own, params: { identity, ceiling: "0.50" } },
    { function: "operator-rotate-identity", ...own },
    {
      function: "change-authkey-permissions",
      ...own,
      params: { authkey_token: clerk.token, add: [], remove: [[operator, "operator-credit"]] },
    },
    {
      function: "revoke-authkey",
      authkey_token: clerk.token,
      params: { authkey_token: clerk.token },
    },
  ]);
  expect(news.at(-1)).not.toHaveProperty("label");
  const positions = news.map((one) => one.journal_seq);
  expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
  expect(positions.at(-1)).toBe(journal_seq);
  expect(journal).toMatchObject({ durable_seq: journal_seq, seq: journal_seq, history_seq: journal_seq });
  expect(JSON.stringify(told)).not.toContain(clerk.key);

  const first = await audit({ limit: "3" });
  expect(first).toMatchObject({ actions: told.actions.slice(0, 3), more_exist: true });
  const second = await audit({ limit: "500", before: String(first.next_before) });
  expect(second).toEqual({ actions: told.actions.slice(3), more_exist: false });

  const paid = await must(hub.url, "new-invoice", { amount: "0.01" }, alice);
  const { invoice_json, signature } = paid;
  const payer = await hub.fundedAccount("0.1");
  await must(hub.url, "pay-invoice", { invoice_json, signature }, payer);
  const invoices = () => must(hub.url, "my-invoices", {}, alice);
  const till = await invoices();
  expect(till.invoices).toMatchObject([{ state: "paid", paid_t: expect.any(Number) }]);

  hub = await hub.restart();
  expect(await audit()).toEqual(told);
  const { snapshot, free_bytes } = (await must(hub.url, "operator-status", {}, hub.operator)).journal;
  expect(snapshot).toMatchObject({ seq: expect.any(Number), t: expect.any(Number) });
  expect(snapshot!.seq).toBeGreaterThanOrEqual(journal_seq);
  expect(free_bytes).toBeGreaterThan(0);
  await hub.close();
  rmSync(paths(hub.data).history, { recursive: true });
  hub = await startTestHub({}, hub.data);
  expect(await audit()).toEqual(told);
  expect(await invoices(), "so are the times at which invoices were paid").toEqual(till);
});

test("a key's last use is told to its owner, and costs the journal nothing", async () => {
  const { authkey } = await must(
    hub.url,
    "create-authkey",
    { permissions: JSON.stringify([[alice.account, "my-balance"]]), label: "phone" },
    alice,
  );
  const phone = { account: alice.account, token: authkey.token, key: authkey.key! };
  const keyOf = async () =>
    (await must(hub.url, "my-authkeys", {}, alice)).authkeys.find(({ token }) => token === phone.token)!;
  expect(await keyOf()).not.toHaveProperty("last_used_t");
  const { journal_seq } = await must(hub.url, "operator-status", {}, hub.operator);
  await must(hub.url, "my-balance", {}, phone);
  const { last_used_t } = await keyOf();
  expect(Math.abs(last_used_t! - Date.now())).toBeLessThan(60_000);
  expect((await must(hub.url, "operator-status", {}, hub.operator)).journal_seq).toBe(journal_seq);
});
