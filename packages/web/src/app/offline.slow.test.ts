import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchBrowser, newVisitor } from "../testing/browser.ts";
import { type PageHub, startPageHub, until } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { t } from "../texts/index.ts";
import { paths } from "./paths.ts";

let hub: PageHub;
let browser: Browser;
beforeAll(async () => {
  [hub, browser] = await Promise.all([startPageHub(), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
});

test("the network goes away and comes back: the page says so, shows what it had, and goes on by itself", async () => {
  const { page, context, check, close } = await newVisitor(browser, hub.url);
  const account = await hub.newAccount();
  await hub.give(account, "USD", "5.00");
  await signIn(page, account);
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  await context.setOffline(true);
  await page.getByText(t.ui.noConnection).waitFor();
  await page.getByText("5.00").first().waitFor();
  await hub.give(account, "USD", "4.50");
  await context.setOffline(false);
  await page.getByText("9.50").first().waitFor();
  await page.getByText(t.ui.noConnection).waitFor({ state: "detached" });
  check();
  await close();
}, 120_000);

test("an installed page opens without a connection and says so; no answer of the API was kept", async () => {
  const { page, context, check, close } = await newVisitor(browser, hub.url, { installs: true });
  await signIn(page, await hub.newAccount());
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await context.setOffline(true);
  await page.goto(paths.settings);
  await page.getByRole("heading", { level: 1, name: t.app.unreachedTitle }).waitFor();
  const kept = await page.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys())
      for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
    return urls;
  });
  expect(kept).toContain("/");
  expect(kept.filter((path) => path.startsWith("/api"))).toEqual([]);
  await context.setOffline(false);
  await page.getByRole("heading", { level: 1, name: t.app.settings.title }).waitFor();
  check();
  await close();
}, 120_000);

test("the hub answers every path of the page with the page, and the page shows something there", async () => {
  const { page, check, close } = await newVisitor(browser, hub.url, { size: "desktop" });
  for (const path of Object.values(paths)) {
    await page.goto(path);
    await page.getByRole("heading", { level: 1 }).waitFor();
    await until(
      () => page.title(),
      (title) => title.includes("Café Hub"),
    );
  }
  for (const beside of ["/api/docs", "/proof"]) expect((await page.request.get(beside)).status()).toBe(200);
  check();
  await close();
}, 120_000);

test("a mistyped path shows that there is no such page, with a way home; programs are still told in JSON", async () => {
  const { page, check, close } = await newVisitor(browser, hub.url);
  // The last two cannot be decoded.
  for (const path of ["/walet", "/wallets/receive", "/100%", "/wallet/100%"]) {
    const answer = await page.goto(path);
    expect([answer!.status(), path]).toEqual([404, path]);
    await page.getByRole("heading", { level: 1, name: t.app.notFound }).waitFor();
  }
  await page.getByRole("link", { name: t.app.toHome }).click();
  await page.waitForURL(hub.url + paths.home);
  // A market in another writing is found; one that there is not leads to one that there is.
  await page.goto(`${paths.market}/btc-xxx`);
  await page.getByText(t.market.unknown).waitFor();
  await page.getByRole("link", { name: t.market.toFirst("BTC/USD") }).click();
  await page.getByLabel(t.market.choose, { exact: true }).waitFor();
  await page.goto(`${paths.market}/btc-usd`);
  await page.getByLabel(t.market.choose, { exact: true }).waitFor();
  const { status, type } = await page.evaluate(async () => {
    const told = await fetch("/walet");
    return { status: told.status, type: told.headers.get("content-type") };
  });
  expect([status, type]).toEqual([404, "application/json; charset=utf-8"]);
  check();
  await close();
}, 120_000);

/** Calls of `fetch` for the stream go wrong, or wait, until the page is told to let them through. */
const holdStream = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const through = window.fetch.bind(window);
    const gate = new Promise<void>((resolve) => addEventListener("let-stream", () => resolve()));
    window.fetch = async (input, init) => {
      if (String(input).includes("/stream")) await gate;
      return through(input, init);
    };
  });

test("what happens after a call was answered and before the stream is there is not missed: nothing old is shown as live", async () => {
  const { page, check, close } = await newVisitor(browser, hub.url);
  const account = await hub.newAccount();
  await hub.give(account, "USD", "5.00");
  await signIn(page, account);
  await holdStream(page);
  await page.goto(paths.home);
  await page.getByText("5.00").first().waitFor();
  await hub.give(account, "USD", "4.50");
  await page.evaluate(() => dispatchEvent(new Event("let-stream")));
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  await page.getByText("9.50").first().waitFor();
  check();
  await close();
}, 120_000);

test("a sale that was paid before the till's stream was there is told as paid", async () => {
  const { page, check, close } = await newVisitor(browser, hub.url);
  const [seller, buyer] = [await hub.newAccount(), await hub.newAccount()];
  await hub.give(buyer, "BTC", "1.00");
  const { invoice, invoice_json, signature } = await seller.hub.call("new-invoice", {
    amount: "0.002",
    currency: "BTC",
  });
  await signIn(page, seller);
  await holdStream(page);
  await page.goto(`${paths.till}/invoice/${invoice.btc_address}`);
  await page.getByText(t.till.states.open).first().waitFor();
  await buyer.hub.call("pay-invoice", { invoice_json, signature });
  await page.evaluate(() => dispatchEvent(new Event("let-stream")));
  await page.getByText(t.till.states.paid, { exact: true }).waitFor();
  check();
  await close();
}, 120_000);
