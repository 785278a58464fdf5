import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { HubError } from "@coinholder/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAccessible } from "../testing/browser.ts";
import { type PageHub, type TestAccount, until } from "../testing/hub.ts";
import { card, findByPlace } from "../testing/shop.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

/** What the desk takes for a BTC, in USD: its source outside. */
let rate = 100_000;
const source: Server = createServer((_, answer) => {
  answer.end(JSON.stringify({ bid: `${rate}.00`, ask: `${rate + 1}.00`, t: Date.now() }));
});
await new Promise<void>((resolve) => source.listen(0, "127.0.0.1", resolve));
afterAll(() => source.close());

const pair = { spread_bps: 100, most: "0.5" };
const visits = startVisits({
  desk: {
    most_open: 100,
    most_open_per_buyer: 50,
    markets: [
      {
        ...pair,
        market: "BTC/USD",
        price: { url: `http://127.0.0.1:${(source.address() as AddressInfo).port}/` },
        stale_s: 3600,
        wild_bps: 1_000_000,
      },
      { ...pair, market: "BTC/EUR", price: { rate: "100000.00" } },
    ],
  },
});
let hub: PageHub;
beforeAll(async () => {
  hub = visits.hub;
  const { account } = hub.operatorCredentials;
  for (const currency of ["USD", "EUR"])
    await hub.operator.call("operator-credit", {
      to_account: account,
      currency,
      amount: "100000.00",
      reference: "wire",
    });
});

const words = t.nearby;

/** A till's invoice and a phone beside it; the payer has 0.01 BTC. */
const meet = async (
  lat: number,
  [amount, currency, memo]: readonly [string, string, string],
): Promise<{
  phone: Page;
  payer: TestAccount;
  shop: TestAccount;
  invoice: { readonly invoice_json: string; readonly signature: string };
}> => {
  const [shop, payer] = await Promise.all([hub.newAccount(), hub.newAccount()]);
  await hub.give(payer, "BTC", "0.01");
  const place = { lat: String(lat), lng: "-75" };
  const { invoice_json, signature } = await shop.hub.call("new-invoice", {
    amount,
    currency,
    memo,
    ...place,
  });
  const { page: phone } = await visits.visit({ place: { latitude: lat, longitude: -75 } });
  await signIn(phone, payer, "everyday");
  await findByPlace(phone);
  await card(phone, memo).waitFor();
  return { phone, payer, shop, invoice: { invoice_json, signature } };
};

const available = async ({ hub }: TestAccount): Promise<Record<string, string>> =>
  (await hub.call("my-balance")).available;
const btcLess = (had: string, price: string): string => {
  const left = Math.round(Number(had) * 1e8) - Math.round(Number(price) * 1e8);
  return (left / 1e8).toFixed(8).replace(/0+$/, "");
};
/** The hub's price now; nothing is paid. */
const priceNow = async (
  { hub }: TestAccount,
  invoice: { readonly invoice_json: string; readonly signature: string },
): Promise<string> => {
  const refused = await hub.call("pay-invoice", { ...invoice, max_amount: "0.00000001" }).then(
    () => undefined,
    (error: unknown) => error,
  );
  return refused instanceof HubError ? String(refused.particulars.price) : "";
};
const shownPrice = async (page: Page, memo: string): Promise<string> => {
  const button = card(page, memo).getByRole("button", { name: /^Pay 0\.\d+ BTC$/ });
  return /0\.\d+/.exec((await button.textContent())!)![0];
};

test("an invoice in USD out of BTC: the exact price is told before anything is paid, a higher one again, and that is what is taken", async () => {
  const { invoice, payer, phone, shop } = await meet(49.1, ["3.00", "USD", "A sandwich"]);
  const found = card(phone, "A sandwich");
  await found.getByText(words.askPrice).waitFor();
  await found.getByRole("button").click();
  const first = await shownPrice(phone, "A sandwich");
  await found.getByRole("alert").getByText(words.exact(first)).waitFor();
  expect(first).toBe(await priceNow(payer, invoice));
  await checkAccessible(phone);
  expect(await available(payer)).toEqual({ btc: "0.01" });

  rate = 90_000;
  const second = await until(
    () => priceNow(payer, invoice),
    (price) => price !== first,
  );
  expect(Number(second)).toBeGreaterThan(Number(first));
  await found.getByRole("button", { name: words.payAt(first) }).click();
  await found.getByRole("alert").getByText(words.exact(second)).waitFor();
  expect(await available(payer), "a higher price is asked about again").toEqual({ btc: "0.01" });
  await found.getByRole("button", { name: words.payAt(second) }).click();
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  const cost = phone.locator("dt", { hasText: words.costs }).locator("+ dd");
  expect((await cost.textContent())!.replace(/\s/g, "")).toBe(`${second}BTC`);
  await checkAccessible(phone);
  expect(await available(shop)).toEqual({ usd: "3.00" });
  expect(await available(payer)).toEqual({ btc: btcLess("0.01", second) });
}, 180_000);

/** A trade, so that the page knows a price. */
const tradeAt = async (market: "USD" | "EUR", price: string): Promise<void> => {
  const [seller, buyer] = await Promise.all([hub.newAccount(), hub.newAccount()]);
  await hub.give(seller, "BTC", "0.01");
  await hub.give(buyer, market, "1000000.00");
  const quote = (Number(price) / 100).toFixed(2);
  await seller.hub.call("place-order", {
    trade_amt: "0.01",
    trade_cur: "BTC",
    for_amt: quote,
    for_cur: market,
  });
  await buyer.hub.call("place-order", {
    trade_amt: quote,
    trade_cur: market,
    for_amt: "0.01",
    for_cur: "BTC",
  });
};

test("where the market tells a price, it is told with the most that may be taken, and one press pays", async () => {
  await tradeAt("EUR", "100000.00");
  const { payer, phone, shop } = await meet(49.2, ["3.00", "EUR", "A soup"]);
  const found = card(phone, "A soup");
  await found.getByText(`${words.about("0.00003")}. ${words.atMost("0.00003151")}`).waitFor();
  await checkAccessible(phone);
  await found.getByRole("button").click();
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  expect(await available(shop)).toEqual({ eur: "3.00" });
  const left = Number((await available(payer)).btc);
  expect(left).toBeGreaterThanOrEqual(0.01 - 0.00003151);
}, 180_000);

test("where the hub's price is above what the market told, nothing is taken before the payer has seen it", async () => {
  await tradeAt("USD", "200000.00");
  const { payer, phone } = await meet(49.3, ["4.00", "USD", "A salad"]);
  const found = card(phone, "A salad");
  await found.getByText(words.about("0.00002"), { exact: false }).waitFor();
  await found.getByRole("button").click();
  const price = await shownPrice(phone, "A salad");
  expect(Number(price)).toBeGreaterThan(0.00004);
  expect(await available(payer)).toEqual({ btc: "0.01" });
  await found.getByRole("button", { name: words.payAt(price) }).click();
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  expect(await available(payer)).toEqual({ btc: btcLess("0.01", price) });
}, 180_000);

test("who has too little BTC for the price is told that, not that there is no price", async () => {
  const { payer, phone } = await meet(49.4, ["9000.00", "USD", "A piano"]);
  const found = card(phone, "A piano");
  await found.getByText(words.short).waitFor();
  await found.getByRole("button").click();
  await shownPrice(phone, "A piano");
  await found.getByText(words.short).waitFor();
  await found.getByRole("button", { name: /^Pay 0\.\d+ BTC$/ }).click();
  await found.getByRole("alert").getByText(t.ui.errors.insufficient_funds!).waitFor();
  expect(await found.getByText(words.noPrice("USD")).count()).toBe(0);
  await checkAccessible(phone);
  expect(await available(payer)).toEqual({ btc: "0.01" });
}, 180_000);

test("a currency that the desk does not take bitcoin for: the payer is told to ask for a sum in BTC", async () => {
  const { phone } = await meet(49.5, ["2.00", "CAD", "A bun"]);
  await card(phone, "A bun").getByRole("button").click();
  await card(phone, "A bun").getByRole("alert").getByText(words.noPrice("CAD")).waitFor();
}, 180_000);
