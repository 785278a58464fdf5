import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { checkAccessible } from "../testing/browser.ts";
import { type PageHub, until } from "../testing/hub.ts";
import type { Pair } from "../testing/pair.ts";
import { signIn } from "../testing/sign-in.ts";
import { startPairVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { pathOf } from "./views.ts";

const visits = startPairVisits();
let pair: Pair;
beforeAll(() => {
  pair = visits.pair;
});
const words = t.operator.peers;

const visitAsOperator = async (hub: PageHub): Promise<Page> => {
  const { page } = await visits.visitAt(hub.url);
  await signIn(page, { credentials: hub.operatorCredentials }, "operator");
  await page.goto(pathOf("peers"));
  return page;
};
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
/** What stands beside a name. */
const fact = async (page: Page, name: string): Promise<string> =>
  (await page
    .getByRole("listitem")
    .locator("dt")
    .filter({ hasText: new RegExp(`^${name}$`) })
    .locator("+ dd")
    .textContent())!.replace(/[\s\u202f]/g, "");

test("a peer that is there, goes away and comes back, and what waits to be told it meanwhile", async () => {
  const page = await visitAsOperator(pair.payers);
  const row = page.getByRole("row").filter({ hasText: pair.gate.url });
  await row.getByText(words.up, { exact: true }).waitFor();
  await row.getByText(words.yes, { exact: true }).waitFor();
  await checkAccessible(page);
  pair.gate.shut();
  const shop = await pair.payers.newAccount();
  const { invoice } = await shop.hub.call("new-invoice", { amount: "1.00", currency: "USD", random: "1" });
  await row.getByText(words.down, { exact: true }).waitFor();
  const { peers } = await pair.payers.operator.call("operator-peers");
  await row.getByText(peers[0]!.trouble!).waitFor();
  await checkAccessible(page);
  pair.gate.open();
  await row.getByText(words.up, { exact: true }).waitFor();
  await until(
    () => pair.tills.hub.call("invoice-status", { btc_address: invoice.btc_address }).catch(() => undefined),
    (status) => status?.state === "open",
  );
}, 180_000);

test("another hub's identity: its record grows with a payment, its ceiling is set by the row's own button", async () => {
  const payer = await pair.newPayer();
  const shop = await pair.tills.newAccount();
  const { invoice_json, signature } = await shop.hub.call("new-invoice", { amount: "0.002" });
  const page = await visitAsOperator(pair.tills);
  const { public_key } = pair.payers.hub.overview.identity!;
  await page.getByText(public_key).waitFor();
  expect(await fact(page, words.seen)).toContain(words.number(0).replace(/\s/g, ""));
  await payer.hub.call("pay-invoice", { invoice_json, signature });
  await until(
    () => fact(page, words.open),
    (open) => open === "0.002BTC",
  );
  expect(await fact(page, words.seen)).toBe(`${words.number(1)}·0.002BTC`.replace(/\s/g, ""));
  expect(await fact(page, words.confirmed)).toContain(words.number(0).replace(/\s/g, ""));
  await checkAccessible(page);
  await pair.mine();
  await until(
    () => fact(page, words.confirmed),
    (told) => told === `${words.number(1)}·0.002BTC`.replace(/\s/g, ""),
  );
  expect(await fact(page, words.open)).toBe("0.00BTC");
  await page.getByText(`${pair.payers.url}/`, { exact: false }).first().waitFor();

  await press(page, words.setOf(public_key));
  await page.getByLabel(words.amount).fill("0.25");
  await page.getByRole("dialog").getByRole("button", { name: words.review, exact: true }).click();
  await checkAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: words.setYes, exact: true }).click();
  await until(
    () => fact(page, words.ceiling),
    (ceiling) => ceiling === "0.25BTC",
  );
  const { identities } = await pair.tills.operator.call("operator-peers");
  expect(identities).toMatchObject([{ identity: public_key, ceiling: "0.25" }]);
}, 180_000);
