import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { checkAccessible, launchBrowser, newVisitor } from "../testing/browser.ts";
import { type PageHub, startPageHub, until } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { t } from "../texts/index.ts";
import { orderAt } from "./busy-market.ts";
import { showPart } from "./scenes.ts";

const words = t.market;
const USD = `${paths.market}/BTC-USD`;

let hub: PageHub;
let browser: Browser;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startPageHub(), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
});

/** The page's own memory is gone after a load: marks show that there was none. */
const mark = (page: Page): Promise<void> =>
  page.evaluate(() => {
    (window as unknown as { marked: boolean }).marked = true;
  });
const isMarked = (page: Page): Promise<boolean> =>
  page.evaluate(() => (window as unknown as { marked?: boolean }).marked === true);

const levelsShown = (page: Page, side: "bids" | "asks"): Promise<string[][]> =>
  page
    .locator(`tbody[data-side=${side}] tr`)
    .evaluateAll((rows) =>
      rows.map((row) => [...row.querySelectorAll("td")].slice(0, 2).map((cell) => cell.textContent ?? "")),
    );

const inForm = (page: Page, label: string) => page.getByLabel(label, { exact: true });

const fillIn = async (page: Page, side: "buy" | "sell", price: string, amount: string): Promise<void> => {
  await page.getByRole("radio", { name: words.order[side]("BTC") }).check();
  await page.getByRole("radio", { name: words.order.limit }).check();
  await inForm(page, words.order.price).fill(price);
  await inForm(page, words.order.amount).fill(amount);
};
const submit = (page: Page, side: "buy" | "sell"): Promise<void> =>
  page.getByRole("button", { name: words.order[side]("BTC"), exact: true }).click();
const placeAt = async (page: Page, side: "buy" | "sell", price: string, amount: string): Promise<void> => {
  await fillIn(page, side, price, amount);
  await submit(page, side);
};

const openOrders = (page: Page) => page.getByRole("table", { name: words.mine.orders }).locator("tbody tr");

test("two browsers buy and sell: book, trades, orders and balances change in both without a reload", async () => {
  const [seller, buyer] = [await hub.newAccount(), await hub.newAccount()];
  await hub.give(seller, "BTC", "1.00");
  await hub.give(buyer, "USD", "50000.00");
  const hers = await newVisitor(browser, hub.url, { size: "desktop" });
  const his = await newVisitor(browser, hub.url, { size: "phone" });
  await signIn(hers.page, seller);
  await signIn(his.page, buyer);
  await hers.page.goto(USD);
  await his.page.goto(USD);
  await his.page.getByText(words.book.empty).waitFor();
  await mark(hers.page);
  await mark(his.page);

  // Half of that price is no whole number of cents; it is what the hub holds all the same.
  await placeAt(hers.page, "sell", "65000.01", "0.5");
  await hers.page.getByText(words.order.open).waitFor();
  expect((await seller.hub.call("my-open-orders")).orders).toMatchObject([
    { price: "65000.01", trade_amt: "0.50" },
  ]);
  await openOrders(hers.page).getByText("65000.01").waitFor();

  // He sees it, takes its price with a press, and is told what it comes to before he sends.
  const offer = his.page.getByRole("button", { name: words.book.take("65000.01") });
  await offer.click();
  expect(await inForm(his.page, words.order.price).inputValue()).toBe("65000.01");
  await his.page.keyboard.type("0.5");
  expect(await inForm(his.page, words.order.amount).inputValue()).toBe("0.5");
  const terms = his.page.locator("[data-terms]");
  await terms.getByText("32500.01").waitFor();
  await his.page.getByRole("button", { name: words.order.buy("BTC"), exact: true }).click();
  await his.page.getByText(words.order.filled).waitFor();

  // Both see the trade, and what they have now.
  await openOrders(hers.page).first().waitFor({ state: "detached" });
  await hers.page.getByText(words.mine.noOrders).waitFor();
  await hers.page.getByRole("table", { name: words.trades.title }).getByText("65000.01").waitFor();
  await showPart(his.page, "book");
  await his.page.getByRole("table", { name: words.trades.title }).getByText("65000.01").waitFor();
  const { available } = await buyer.hub.call("my-balance");
  expect(available.usd).toBe("17499.99");
  await showPart(his.page, "order");
  await his.page.getByText("17499.99").waitFor();
  const hersNow = (await seller.hub.call("my-balance")).available;
  await hers.page.getByRole("radio", { name: words.order.buy("BTC") }).check();
  await hers.page.getByText(hersNow.usd!).first().waitFor();
  await hers.page.getByRole("tab", { name: words.mine.fills }).click();
  await hers.page.getByRole("table", { name: words.mine.fills }).getByText("65000.01").waitFor();

  // He bids; she sells all of it now, and the limit that bounds it is shown.
  await placeAt(his.page, "buy", "17000.00", "1");
  await his.page.getByText(words.order.open).waitFor();
  await hers.page.getByRole("radio", { name: words.order.sell("BTC") }).check();
  await hers.page.getByRole("radio", { name: words.order.now }).check();
  await hers.page.getByRole("button", { name: t.ui.all, exact: true }).click();
  expect(await inForm(hers.page, words.order.amount).inputValue()).toBe("0.50");
  await hers.page.locator("[data-terms]").getByText("16830.00").waitFor();
  await hers.page.getByRole("button", { name: words.order.sell("BTC"), exact: true }).click();
  await hers.page.getByText(words.order.filled).waitFor();

  // The half that is left of his bid is changed, and then cancelled with another one.
  await showPart(his.page, "mine");
  await openOrders(his.page).getByText("17000.00").waitFor();
  await his.page.getByRole("button", { name: words.mine.amend }).click();
  const dialog = his.page.getByRole("dialog");
  await dialog.getByLabel(words.mine.amendAmount).fill("0.75");
  await dialog.getByRole("button", { name: words.mine.amendSave }).click();
  await dialog.waitFor({ state: "detached" });
  await openOrders(his.page).getByText("0.75").waitFor();
  await showPart(his.page, "order");
  await placeAt(his.page, "buy", "100.00", "0.01");
  await his.page.getByText(words.order.open).waitFor();
  await showPart(his.page, "mine");
  await his.page.getByRole("button", { name: words.mine.cancelAll }).click();
  await dialog.getByRole("button", { name: words.mine.cancelAll }).click();
  await his.page.getByText(words.mine.noOrders).waitFor();
  expect((await buyer.hub.call("my-open-orders")).orders).toEqual([]);

  // More than there is is told at the field, and not sent.
  await showPart(his.page, "order");
  await placeAt(his.page, "buy", "100000.00", "1");
  await his.page.getByText(/^Only .* USD available$/).waitFor();

  expect(await isMarked(hers.page)).toBe(true);
  expect(await isMarked(his.page)).toBe(true);
  hers.check();
  his.check();
  await hers.close();
  await his.close();
}, 240_000);

test("every price on the tick is held as it was typed; what is too little or would not rest is told at its field", async () => {
  const account = await hub.newAccount();
  await hub.give(account, "BTC", "0.10");
  await hub.give(account, "USD", "1000.00");
  const visitor = await newVisitor(browser, hub.url, { size: "phone" });
  const { page } = visitor;
  await signIn(page, account);
  await page.goto(USD);
  await showPart(page, "order");
  const held = async (): Promise<unknown> => (await account.hub.call("my-open-orders")).orders;
  await placeAt(page, "sell", "65000.01", "0.001");
  await page.getByText(words.order.open).waitFor();
  expect(await held()).toMatchObject([{ price: "65000.01", trade_amt: "0.001", for_amt: "65.00" }]);

  await placeAt(page, "sell", "65000.01", "0.00000001");
  await page.getByText(words.order.tooLittle).waitFor();

  await page.getByText(words.order.more, { exact: true }).click();
  await page.getByRole("checkbox", { name: words.order.postOnly }).check();
  await placeAt(page, "buy", "65000.01", "0.001");
  await page.getByText(words.order.wouldCross).waitFor();
  await placeAt(page, "buy", "64999.99", "0.001");
  await page.getByText(words.order.open).waitFor();
  const bid = { price: "64999.99", trade_amt: "65.00", for_amt: "0.001", post_only: true };
  expect(await held()).toMatchObject([{ price: "65000.01" }, bid]);
  await checkAccessible(page);

  await showPart(page, "mine");
  await page.getByRole("button", { name: words.mine.amend }).last().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel(words.mine.price, { exact: true }).fill("65000.01");
  await dialog.getByRole("button", { name: words.mine.amendSave }).click();
  await dialog.getByText(words.order.wouldCross).waitFor();
  await dialog.getByLabel(words.mine.price, { exact: true }).fill("64999.97");
  await dialog.getByRole("button", { name: words.mine.amendSave }).click();
  await dialog.waitFor({ state: "detached" });
  await openOrders(page).getByText("64999.97").waitFor();
  expect(await held()).toMatchObject([{ price: "65000.01" }, { ...bid, price: "64999.97" }]);
  await account.hub.call("cancel-all-orders", {});
  visitor.check();
  await visitor.close();
}, 120_000);

test("the hub goes away and comes back: the page says that it is not live, and its book is then that of depth", async () => {
  const maker = await hub.newAccount();
  await hub.give(maker, "BTC", "5.00");
  await hub.give(maker, "USD", "200000.00");
  const visitor = await newVisitor(browser, hub.url, { size: "desktop" });
  const { page } = visitor;
  await page.goto(USD);
  await mark(page);
  for (const [i, dollars] of [66_000, 66_010, 66_020].entries())
    await maker.hub.call("place-order", orderAt("sell", dollars, 100 + i));
  await maker.hub.call("place-order", orderAt("buy", 64_000, 200));
  await page.getByRole("button", { name: words.book.take("64000.00") }).waitFor();
  await hub.stop();
  await page.getByText(words.notLive).first().waitFor();
  hub = await hub.restart();
  // Of the hub that came back; the account is the same.
  const again = hub.hub.as(maker.credentials);
  await again.call("cancel-all-orders", {});
  await again.call("place-order", orderAt("sell", 66_005, 300));
  await again.call("place-order", orderAt("sell", 67_000, 10));
  await again.call("place-order", orderAt("buy", 63_500, 70));
  const depth = await hub.hub.call("depth", { market: "BTC/USD" });
  await page.locator(`table[data-seq="${depth.seq}"]`).waitFor();
  await page.locator("main").getByText(words.live, { exact: true }).waitFor();
  expect(await levelsShown(page, "bids")).toEqual(depth.bids);
  expect(await levelsShown(page, "asks")).toEqual([...depth.asks].reverse());
  expect(await isMarked(page)).toBe(true);
  visitor.check();
  await again.call("cancel-all-orders", {});
  await visitor.close();
}, 240_000);

test.each([
  ["after the hub has it", true],
  ["before the hub has it", false],
])(
  "a reload in the middle of placing an order, %s, places it once",
  async (_, arrives) => {
    const account = await hub.newAccount();
    await hub.give(account, "USD", "1000.00");
    const visitor = await newVisitor(browser, hub.url, { size: "phone" });
    const { page } = visitor;
    await signIn(page, account);
    await page.goto(USD);
    await showPart(page, "order");
    let reached = (): void => {};
    const sent = new Promise<void>((resolve) => {
      reached = resolve;
    });
    // The answer never comes back.
    await page.route("**/api/place-order", async (route) => {
      if (arrives) await route.fetch().catch(() => undefined);
      reached();
    });
    await placeAt(page, "buy", "20000.00", "0.01");
    await sent;
    await page.reload();
    await page.unrouteAll({ behavior: "ignoreErrors" });
    await showPart(page, "order");
    await page.getByText(words.order.unfinished).waitFor();
    await page.getByRole("button", { name: words.order.finish }).click();
    await page.getByText(words.order.unfinished).waitFor({ state: "detached" });
    const { orders } = await until(
      () => account.hub.call("my-open-orders"),
      ({ orders: open }) => open.length > 0,
    );
    expect(orders).toMatchObject([{ price: "20000.00", for_amt: "0.01" }]);
    expect((await account.hub.call("my-balance")).available.usd).toBe("800.00");
    await showPart(page, "mine");
    await openOrders(page).getByText("20000.00").waitFor();
    visitor.check();
    await account.hub.call("cancel-all-orders", {});
    await visitor.close();
  },
  120_000,
);

test("a key that may only look sees its orders and is offered nothing that it may not do", async () => {
  const account = await hub.newAccount();
  await hub.give(account, "USD", "1000.00");
  await account.hub.call("place-order", orderAt("buy", 20_000, 10));
  const visitor = await newVisitor(browser, hub.url, { size: "desktop" });
  const { page } = visitor;
  await signIn(page, account, "look");
  await page.goto(USD);
  await openOrders(page).getByText("20000.00").waitFor();
  await page.getByText(words.order.notAllowed).waitFor();
  expect(await page.getByRole("button", { name: words.mine.cancel }).count()).toBe(0);
  expect(await page.getByRole("button", { name: words.mine.amend }).count()).toBe(0);
  visitor.check();
  await visitor.close();
}, 120_000);

test("candles are drawn in the page's colours, without a request elsewhere and with their makers named", async () => {
  const account = await hub.newAccount();
  const other = await hub.newAccount();
  await hub.give(account, "USD", "1000.00");
  await hub.give(other, "BTC", "0.10");
  await account.hub.call("place-order", orderAt("buy", 50_000, 10));
  await other.hub.call("place-order", orderAt("sell", 50_000, 10));
  const visitor = await newVisitor(browser, hub.url, { size: "phone", dark: true });
  const { page } = visitor;
  await page.goto(USD);
  await showPart(page, "chart");
  await page.locator("[data-candles] canvas").first().waitFor();
  await page.getByRole("radio", { name: words.chart.intervals["1h"] }).check();
  await page
    .getByRole("img", {
      name: words.chart.candlesOf("BTC/USD", words.chart.intervals["1h"], "50000.00"),
    })
    .waitFor();
  expect(await page.getByRole("link", { name: words.chart.attribution }).getAttribute("href")).toBe(
    "https://www.tradingview.com/",
  );
  visitor.check();
  await visitor.close();
}, 120_000);
