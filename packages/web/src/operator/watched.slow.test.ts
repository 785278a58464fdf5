import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAccessible } from "../testing/browser.ts";
import { type PageHub, until } from "../testing/hub.ts";
import { OUTSIDE_ADDRESS } from "../testing/outside-invoice.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { pathOf } from "./views.ts";

// Who has stolen the hub's phrase, as the hub's own tests have it.
const { steal } = (await import(
  new URL("../../../hub/dist/testing/outside-signer.js", import.meta.url).href
)) as {
  steal: (
    data: string,
    coin: { readonly outpoint: string; readonly btc_address: string; readonly amount: string },
    to: string,
    fee: bigint,
  ) => Promise<string>;
};

/** Sources of a price: what each of them answers. */
const told: Record<string, { bid: number; age: number }> = {
  one: { bid: 100_000, age: 0 },
  two: { bid: 100_010, age: 0 },
  old: { bid: 100_005, age: 3_600_000 },
  wild: { bid: 150_000, age: 0 },
};
const sources: Server = createServer(({ url }, answer) => {
  const source = told[url!.slice(1)];
  if (source === undefined) answer.writeHead(502);
  const { age, bid } = source ?? { age: 0, bid: 0 };
  answer.end(JSON.stringify({ bid: `${bid}.00`, ask: `${bid + 1}.00`, t: Date.now() - age }));
});
await new Promise<void>((resolve) => sources.listen(0, "127.0.0.1", resolve));
afterAll(() => sources.close());
const at = `http://127.0.0.1:${(sources.address() as AddressInfo).port}`;

const visits = startVisits({
  desk: {
    markets: [
      {
        market: "BTC/USD",
        price: { sources: [...Object.keys(told), "broken"].map((name) => `${at}/${name}`), quorum: 2 },
      },
    ],
  },
});
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});
const words = t.operator;

const visitAsOperator = async (): Promise<Page> => {
  const { page } = await visits.visit();
  await signIn(page, { credentials: hub.operatorCredentials }, "operator");
  return page;
};
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();

test("price sources: which count, and why the others do not, as it changes", async () => {
  const page = await visitAsOperator();
  await page.goto(pathOf("overview"));
  const row = (name: string) => page.getByRole("row").filter({ hasText: `${at}/${name}` });
  const { standings } = words.overview;
  await row("one").getByText(standings.used).waitFor();
  await row("two").getByText(standings.used).waitFor();
  await row("old").getByText(standings.stale).waitFor();
  await row("wild").getByText(standings.outlier).waitFor();
  await row("broken").getByText(standings.missing).waitFor();
  await row("broken").getByText("status_502").waitFor();
  await checkAccessible(page);
  told.wild = { bid: 100_020, age: 0 };
  told.one = { bid: 100_000, age: 3_600_000 };
  await row("wild").getByText(standings.used).waitFor();
  await row("one").getByText(standings.stale).waitFor();
}, 180_000);

test("a payout whose coin was stolen is given up when it can never confirm, and not before; then it is paid anew", async () => {
  const account = await hub.newAccount();
  await hub.give(account, "BTC", "1.00");
  const wallet = () => hub.operator.call("operator-wallet");
  const [coin] = (await wallet()).coins.largest;
  await account.hub.call("send-btc", { to_btc_address: OUTSIDE_ADDRESS, amount: "0.3" });
  const { in_flight } = await until(wallet, (now) => now.in_flight[0]?.broadcast === true);
  const { payout } = in_flight[0]!;
  const page = await visitAsOperator();
  await page.goto(pathOf("wallet"));
  const abandon = page.getByRole("button", { name: words.wallet.abandonOf(payout) });
  await page.getByText(in_flight[0]!.txid).waitFor();
  expect(await abandon.count(), "while it can confirm").toBe(0);

  const theft = await steal(hub.data, coin!, OUTSIDE_ADDRESS, 100_000n);
  await hub.chain("sendrawtransaction", theft);
  await hub.chain("devchain_mine", 1);
  await page.getByText(words.wallet.conflict, { exact: true }).waitFor();
  await checkAccessible(page);
  await abandon.click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(coin!.outpoint).waitFor();
  const yes = dialog.getByRole("button", { name: words.wallet.abandonYes });
  expect(await yes.isDisabled(), "its number has to be typed").toBe(true);
  await page.getByLabel(words.typed(payout)).fill(payout);
  await yes.click();
  await dialog.getByRole("alert").getByText(t.ui.errorCode("payout_alive")).waitFor();
  await checkAccessible(page);
  await hub.chain("devchain_mine", 5);
  const height = await hub.chain("getblockcount");
  await until(
    () => hub.operator.call("operator-status"),
    ({ chain }) => chain.height === height,
  );
  await yes.click();
  await page.getByText(words.wallet.abandonDone(payout)).waitFor();
  await page.getByText(words.wallet.noInFlight, { exact: true }).waitFor();
  await checkAccessible(page);
  expect((await wallet()).waiting).toMatchObject({ count: 1, amount: "0.30" });
  await page.goto(pathOf("audit"));
  await page.locator("[data-function=operator-abandon-payout]").getByText(payout).waitFor();
}, 240_000);

/** What stands on each page, from the newest on. */
const walk = async (page: Page, read: () => Promise<string[]>): Promise<string[][]> => {
  const pages: string[][] = [];
  const older = page.getByRole("button", { name: words.older, exact: true });
  for (;;) {
    const before = pages.at(-1);
    pages.push(await until(read, (shown) => shown.length > 0 && shown[0] !== before?.[0]));
    if ((await older.count()) === 0 || (await older.isDisabled())) return pages;
    await older.click();
  }
};

test("more accounts than a page holds: older ones and back, none twice and none left out", async () => {
  for (let i = 0; i < 60; i++) await hub.newAccount();
  const all: string[] = [];
  let before: number | undefined;
  do {
    const page = await hub.operator.call("operator-accounts", {
      limit: 100,
      ...(before === undefined ? {} : { before }),
    });
    all.push(...page.accounts.map(({ account }) => account));
    before = page.next_before;
  } while (before !== undefined);
  const page = await visitAsOperator();
  await page.goto(pathOf("accounts"));
  const read = () => page.getByText(/^ac-[a-z0-9]+$/).allTextContents();
  const pages = await walk(page, read);
  expect(pages.length).toBeGreaterThan(2);
  expect(pages.flat()).toEqual(all);
  await checkAccessible(page);
  for (const shown of pages.slice(0, -1).reverse()) {
    await press(page, words.newer);
    await until(read, (now) => now.join() === shown.join());
  }
  expect(await page.getByRole("button", { name: words.newer, exact: true }).isDisabled()).toBe(true);
}, 180_000);

test("a longer audit than a page holds: older entries and back, also while new ones come", async () => {
  const account = await hub.newAccount();
  const credit = (i: number) =>
    hub.operator.call("operator-credit", {
      to_account: account.account,
      currency: "USD",
      amount: "1.00",
      reference: `audit ${i}`,
    });
  // Its key is an entry, too.
  const page = await visitAsOperator();
  for (let i = 0; i < 60; i++) await credit(i);
  await page.goto(pathOf("audit"));
  const read = () => page.getByText(/^audit \d+$/).allTextContents();
  const expected = Array.from({ length: 60 }, (_, i) => `audit ${59 - i}`);
  expect(await until(read, (shown) => shown.length > 0)).toEqual(expected.slice(0, 25));
  await press(page, words.older);
  await until(read, (shown) => shown.join() === expected.slice(25, 50).join());
  await credit(60);
  await press(page, words.older);
  await until(read, (shown) => shown.join() === expected.slice(50).join());
  await checkAccessible(page);
  await press(page, words.newer);
  await until(read, (shown) => shown.join() === expected.slice(25, 50).join());
  await press(page, words.newer);
  await until(read, (shown) => shown.join() === ["audit 60", ...expected.slice(0, 24)].join());
}, 180_000);
