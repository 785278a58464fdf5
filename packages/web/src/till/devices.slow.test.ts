import { test } from "vitest";
import { paths } from "../app/paths.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

const visits = startVisits();

test("what another device of the account asks for stands in the till's list at once, and what becomes of it", async () => {
  const account = await visits.hub.newAccount();
  const { page } = await visits.visit();
  await signIn(page, account, "till");
  await page.goto(`${paths.till}/day`);
  await page.getByText(t.till.noSales).waitFor();
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  const { invoice } = await account.hub.call("new-invoice", {
    amount: "3.42",
    currency: "USD",
    memo: "a cake",
    random: "417",
  });
  const line = page.getByRole("listitem").filter({ hasText: "417 · a cake" });
  await line.getByText(t.till.waiting).waitFor();
  await account.hub.call("withdraw-invoice", { invoice_bitcoin_address: invoice.btc_address });
  await line.getByText(t.till.states.withdrawn).waitFor();
}, 120_000);
