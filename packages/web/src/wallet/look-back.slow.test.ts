import { expect, test } from "vitest";
import { checkAccessible } from "../testing/browser.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { views } from "./views.ts";

const visits = startVisits();
const { past } = t.wallet;

test("a search looks through older payments too, page by page, says how far it is, and can be stopped and gone on with", async () => {
  const account = await visits.hub.newAccount();
  const payee = await visits.hub.newAccount();
  await visits.hub.operator.callByName("operator-credit", {
    to_account: account.account,
    currency: "USD",
    amount: "7.00",
    reference: "the oldest of all",
  });
  await visits.hub.give(account, "BTC", "0.5");
  const { btc_address } = await payee.hub.call("new-btc-address");
  const pay = { function: "send-btc", params: { to_btc_address: btc_address, amount: "0.00000001" } };
  for (let i = 0; i < 12; i++)
    await account.hub.call("batch", { calls: Array.from({ length: 100 }, () => pay) });

  const { page } = await visits.visit();
  await signIn(page, account);
  await page.goto(views.history);
  const rows = page.getByRole("list", { name: past.list }).getByRole("listitem");
  await expect.poll(() => rows.count()).toBe(50);
  let held: (() => void)[] | undefined = [];
  let asked = 0;
  await page.route("**/api/my-transfers", async (route) => {
    if (route.request().postData()?.includes("before=")) {
      asked++;
      await new Promise<void>((go) => (held ? held.push(go) : go()));
    }
    await route.continue();
  });
  await page.getByLabel(past.search).fill("oldest");
  await page.getByText(past.noMatchYet).waitFor();
  await page.getByText(past.looking(50)).waitFor();
  await expect.poll(() => held?.length).toBe(1);
  await checkAccessible(page);
  await page.getByRole("button", { name: past.stop }).click();
  held.shift()!();
  await page.getByText(past.looked(550)).waitFor();
  await page.getByText(past.noMatch, { exact: true }).waitFor();
  expect(asked).toBe(1);

  for (const go of held) go();
  held = undefined;
  await page.getByRole("button", { name: past.lookFurther }).click();
  await page.getByText("the oldest of all").waitFor();
  await expect.poll(() => rows.count()).toBe(1);
  expect(asked).toBe(3);
  // All are known now: nothing is left to look through.
  await page.getByRole("button", { name: past.lookFurther }).waitFor({ state: "detached" });

  // What is found is not drawn all at once.
  await page.getByLabel(past.search).fill("0.00000001");
  await page.getByText(past.found(1200), { exact: true }).waitFor();
  expect(await rows.count()).toBe(200);
  await page.getByRole("button", { name: past.moreFound(1000) }).click();
  await expect.poll(() => rows.count()).toBe(400);
}, 180_000);
