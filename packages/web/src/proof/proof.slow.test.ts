import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import {
  checkAccessible,
  launchBrowser,
  newVisitor,
  type Visitor,
  type VisitorOptions,
} from "../testing/browser.ts";
import { type PageHub, startPageHub, type TestAccount } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { t } from "../texts/index.ts";

let hub: PageHub;
let browser: Browser;
const visitors: Visitor[] = [];
const words = t.proof;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startPageHub(), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
});
afterEach(async () => {
  for (const { check, close } of visitors.splice(0)) {
    check();
    await close();
  }
});

const visit = async (account: TestAccount, options: VisitorOptions = {}): Promise<Page> => {
  const visitor = await newVisitor(browser, hub.url, options);
  visitors.push(visitor);
  await signIn(visitor.page, account, "look");
  return visitor.page;
};
const heading = (page: Page, name: string): Promise<void> => page.getByRole("heading", { name }).waitFor();

test("nothing is published, then the operator publishes: the account finds itself counted, with its long balance, the hub's coins signed for, and its way drawn", async () => {
  const account = await hub.newAccount();
  const page = await visit(account);
  await page.goto(paths.proof);
  await page.getByText(words.none).waitFor();
  await checkAccessible(page);

  await hub.give(account, "BTC", "1.23456789");
  await hub.give(account, "USD", "20999999.99");
  const others = await Promise.all([hub.newAccount(), hub.newAccount(), hub.newAccount()]);
  for (const other of others) await hub.give(other, "USD", "1.00");
  const { root } = await hub.operator.call("operator-publish-proof");
  await page.getByRole("button", { name: words.again }).click();
  await heading(page, words.counted);
  await page.getByText(root.hash).first().waitFor();
  await page.getByText(words.coinsHold("").replace(/[ .]*$/, "")).waitFor();
  await checkAccessible(page);
  await page.getByText(words.wayShow).click();
  await page.getByText(`= ${words.theRoot}`).waitFor();
  await checkAccessible(page);

  // Compared with what others were shown.
  await page.getByLabel(words.elsewhere).fill(root.hash.toUpperCase());
  await page.getByRole("button", { name: words.compare }).click();
  await page.getByText(words.same).waitFor();
  await page.getByLabel(words.elsewhere).fill("f".repeat(64));
  await page.getByRole("button", { name: words.compare }).click();
  await heading(page, words.problems.root_differs.title);

  // What came since is not counted, and said so.
  await hub.give(account, "USD", "7.00");
  await page.reload();
  await page.getByText(words.changed).waitFor();
  // The page for checking by hand, and back.
  await page.getByRole("link", { name: words.publicPage }).click();
  await page.getByRole("heading", { level: 1, name: "Is your balance counted?" }).waitFor();
  await page.locator("header a[href='proof-of-balance']").click();
  await heading(page, words.counted);
}, 180_000);

test("an account that was made after the proof is told that it is not in it", async () => {
  await hub.operator.call("operator-publish-proof");
  const page = await visit(await hub.newAccount(), { size: "desktop" });
  await page.goto(paths.proof);
  await heading(page, words.problems.leaf_missing.title);
  await checkAccessible(page);
}, 120_000);

type Mine = {
  leaf: { account: string; sums: Record<string, number> };
  path: { hash: string }[];
  root: { hash: string };
};

test("a way that the hub altered, a balance that it counted too low, and a root of its own for one account are told as wrong", async () => {
  const account = await hub.newAccount();
  await hub.give(account, "USD", "250.00");
  await hub.operator.call("operator-publish-proof");
  const page = await visit(account);
  const altered = async (alter: (mine: Mine) => void, title: string): Promise<void> => {
    await page.route("**/api/my-proof", async (route) => {
      const response = await route.fetch();
      const mine = (await response.json()) as Mine;
      alter(mine);
      await route.fulfill({ response, json: mine });
    });
    await page.goto(paths.proof);
    await heading(page, title);
    expect(await page.getByRole("heading", { name: words.counted }).count()).toBe(0);
    await page.unroute("**/api/my-proof");
  };
  const { problems } = words;
  await altered((mine) => {
    mine.path[0]!.hash = "0".repeat(64);
  }, problems.leaf_wrong.title);
  await checkAccessible(page);
  await altered((mine) => {
    mine.leaf.sums.USD = 100;
  }, problems.leaf_wrong.title);
  await altered((mine) => {
    mine.leaf.sums.USD = -100;
  }, problems.malformed.title);
  await altered((mine) => {
    mine.root.hash = "0".repeat(64);
    mine.path[0]!.hash = "1".repeat(64);
  }, problems.leaf_of_other_root.title);
  await altered((mine) => {
    mine.leaf.account = "ac-aaaaaaaaaaaaaaaa";
  }, problems.other_account.title);

  // Coins that the hub did not sign for.
  await page.route("**/api/proof-of-reserves*", async (route) => {
    const response = await route.fetch();
    const batch = (await response.json()) as { coins: { amount: number }[] };
    for (const coin of batch.coins) coin.amount += 1;
    await route.fulfill({ response, json: batch });
  });
  await page.goto(paths.proof);
  await heading(page, words.counted);
  await page.getByText(words.reservesProblems.signatures_wrong).waitFor();
}, 180_000);
