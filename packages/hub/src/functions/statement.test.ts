import { type Answer, parseAmount } from "@coinholder/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { call, type Key, must, startTestHub, type TestHub, until } from "../testing/harness.ts";

type Statement = Answer<"my-statement">;
type Account = Key & { account: string };

let hub: TestHub;
let anna: Account;
let bert: Account;

const DECIMALS = { BTC: 8, USD: 2 } as const;
type Code = keyof typeof DECIMALS;
const OUTSIDE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

/** A decimal with its sign as a whole number of smallest units. */
const units = (text: string, code: Code): bigint => {
  const positive = text.replace(/^-/, "");
  const read = parseAmount(positive, DECIMALS[code]);
  const amount =
    "problem" in read && read.problem === "not_positive"
      ? 0n
      : "amount" in read
        ? BigInt(read.amount)
        : undefined;
  if (amount === undefined) throw new Error(`${text} is no amount`);
  return text.startsWith("-") ? -amount : amount;
};

const expectSums = ({ closing, entries, opening }: Statement, code: Code): void => {
  let balance = units(closing, code);
  for (const { amount, balance: after } of entries) {
    expect(units(after, code)).toBe(balance);
    balance -= units(amount, code);
  }
  expect(units(opening, code)).toBe(balance);
};

const statement = async (
  of: Account,
  params: { currency: Code } & Record<string, string>,
): Promise<Statement> => {
  const told = await must(hub.url, "my-statement", params, of);
  expectSums(told, params.currency);
  return told;
};

const owned = async (of: Account, code: Code): Promise<bigint> => {
  const { available, held } = await must(hub.url, "my-balance", {}, of);
  const key = code.toLowerCase();
  return units(available[key] ?? "0", code) + units(held[key] ?? "0", code);
};

const order = (by: Account, give: [string, string], want: [string, string]) =>
  must(
    hub.url,
    "place-order",
    { trade_amt: give[0], trade_cur: give[1], for_amt: want[0], for_cur: want[1] },
    by,
  );

beforeAll(async () => {
  hub = await startTestHub();
  [anna, bert] = [await hub.fundedAccount("2"), await hub.fundedAccount("3")];
  const credit = { to_account: bert.account, currency: "USD", amount: "1000.00", reference: '=wire, "May"' };
  await must(hub.url, "operator-credit", { ...credit, client_id: "usd" }, hub.operator);
  await order(anna, ["1", "BTC"], ["300.00", "USD"]);
  await order(bert, ["75.00", "USD"], ["0.25", "BTC"]);
  const { btc_address } = await must(hub.url, "new-btc-address", {}, bert);
  await must(hub.url, "send-btc", { to_btc_address: btc_address, amount: "0.1" }, anna);
});
afterAll(() => hub.end());

test("a statement of all time begins at nothing and closes at what is available and held", async () => {
  for (const [who, code] of [
    [anna, "BTC"],
    [anna, "USD"],
    [bert, "BTC"],
    [bert, "USD"],
  ] as const) {
    const told = await statement(who, { currency: code });
    expect(units(told.opening, code)).toBe(0n);
    expect(units(told.closing, code)).toBe(await owned(who, code));
    expect(told.more_exist).toBe(false);
  }
  const { entries } = await statement(anna, { currency: "BTC" });
  expect(entries.map(({ kind, amount }) => [kind, amount])).toEqual([
    ["internal", "-0.10"],
    ["trade", "-0.25"],
    ["deposit", "2.00"],
  ]);
  expect(entries[1]).toMatchObject({ trade_id: "x1", market: "BTC/USD", price: "300.00" });
});

test("pages join, and so do times that follow one another", async () => {
  const whole = await statement(bert, { currency: "BTC" });
  const pages: Statement[] = [];
  for (let after: string | undefined; ; ) {
    const page = await statement(bert, { currency: "BTC", limit: "1", ...(after ? { after } : {}) });
    pages.push(page);
    if (pages.length > 1) expect(page.closing).toBe(pages.at(-2)!.opening);
    after = page.next_after;
    if (!page.more_exist) break;
  }
  expect(pages.flatMap(({ entries }) => entries)).toEqual(whole.entries);
  expect(pages[0]!.closing).toBe(whole.closing);
  for (const { t } of whole.entries)
    for (const cut of [t, t + 1].map(String)) {
      const [earlier, later] = [
        await statement(bert, { currency: "BTC", to_t: cut }),
        await statement(bert, { currency: "BTC", from_t: cut, to_t: String(whole.to_t) }),
      ];
      expect(later.opening).toBe(earlier.closing);
      expect([...later.entries, ...earlier.entries]).toEqual(whole.entries);
    }
});

test("a withdrawal is an entry when its money has left; one that is refused is none", async () => {
  const before = await statement(bert, { currency: "USD" });
  const ask = () =>
    must(hub.url, "withdraw-fiat", { currency: "USD", amount: "10.00", destination: "IBAN" }, bert);
  const [paid, refused] = [await ask(), await ask()];
  expect((await statement(bert, { currency: "USD" })).entries).toEqual(before.entries);
  const settle = (transfer_id: string, outcome: string) =>
    must(hub.url, "operator-settle-fiat-withdrawal", { transfer_id, outcome, reference: "" }, hub.operator);
  await settle(paid.transfer_id, "done");
  await settle(refused.transfer_id, "refused");
  const after = await statement(bert, { currency: "USD", from_t: String(before.to_t) });
  expect(after.opening).toBe(before.closing);
  expect(after.entries).toMatchObject([
    { kind: "fiat-withdrawal", amount: "-10.00", transfer_id: paid.transfer_id, reference: "IBAN" },
  ]);
  const { transfers } = await must(hub.url, "my-transfers", { limit: "2" }, bert);
  expect(transfers.map(({ status }) => status)).toEqual(["refused", "done"]);

  const sent = await must(hub.url, "send-btc", { to_btc_address: OUTSIDE, amount: "0.5" }, bert);
  const left = await until(
    async () => {
      await hub.rpc("devchain_mine", 1);
      return statement(bert, { currency: "BTC", from_t: String(after.to_t) });
    },
    ({ entries }) => entries.length > 0,
    60_000,
  );
  expect(left.entries).toMatchObject([
    { kind: "withdrawal", transfer_id: sent.transfer_id, fee: sent.fee, btc_address: OUTSIDE },
  ]);
  expect(units(left.entries[0]!.amount, "BTC")).toBe(-50_000_000n - units(sent.fee!, "BTC"));
  expect(units(left.closing, "BTC")).toBe(await owned(bert, "BTC"));
});

test("what goes on from a made-up place, or another account's, is refused", async () => {
  const { next_after } = await statement(bert, { currency: "BTC", limit: "1" });
  for (const after of [
    next_after!,
    "[1,2,0,0]",
    "[1,99,0,0]",
    "[2000000000000,1,0,-9007199254740991]",
    "[01,0,0,0]",
    "[1,0,0]",
    "x",
  ])
    expect((await call(hub.url, "my-statement", { currency: "BTC", after }, anna)).code).toBe(
      "param_invalid",
    );
  expect((await call(hub.url, "my-statement", { currency: "XYZ" }, anna)).code).toBe("currency_unknown");
  const backwards = { currency: "BTC", from_t: "2", to_t: "1" };
  expect((await call(hub.url, "my-statement", backwards, anna)).code).toBe("param_invalid");
});
