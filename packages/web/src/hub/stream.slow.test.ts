import { expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { checkAccessible } from "../testing/browser.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

const visits = startVisits();
const LIVE = "[data-connection=live]";

test("a channel that the key may not read any more is named, and the others stay live, after a reload too", async () => {
  const account = await visits.hub.newAccount();
  const { page } = await visits.visit();
  await signIn(page, account);
  await page.goto(paths.wallet);
  await page.locator(LIVE).first().waitFor({ state: "attached" });
  const { authkeys } = await account.hub.call("my-authkeys");
  const { token } = authkeys.find(({ label }) => label?.startsWith("Browser"))!;
  await account.hub.call("change-authkey-permissions", {
    authkey_token: token,
    remove: [[account.account, "my-balance"]],
  });
  // What changes a balance lets the hub look whether it may be told.
  await visits.hub.give(account, "USD", "1.00");
  const note = page.getByText(new RegExp(`^${t.app.channels.balances}: `));
  await note.waitFor();
  await page.locator(LIVE).first().waitFor({ state: "attached" });
  for (const sum of ["12.34", "23.45"]) {
    await page.reload();
    await note.waitFor();
    await page.locator(LIVE).first().waitFor({ state: "attached" });
    await checkAccessible(page);
    await visits.hub.give(account, "USD", sum);
    await page.getByText(sum).first().waitFor();
  }
}, 120_000);

test("a stream that is refused again and again for what time may cure is tried again, and the page says so", async () => {
  const account = await visits.hub.newAccount();
  const { page } = await visits.visit();
  await signIn(page, account);
  let refused = 0;
  await page.route(/\/api\/stream\?/, async (route) => {
    if (refused++ >= 4) return route.continue();
    const error = { code: "nonce_stale", message: "", now: Date.now() };
    return route.fulfill({ status: 401, json: { error } });
  });
  await page.reload();
  await page.locator("[data-connection=reconnecting]").first().waitFor({ state: "attached" });
  await page.locator(LIVE).first().waitFor({ state: "attached" });
  expect(refused).toBeGreaterThan(4);
}, 120_000);
