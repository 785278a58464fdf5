import { credentialsOf, type TextKeyCredentials } from "@coinholder/client";
import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { keyLinkAt } from "../session/key-text.ts";
import { checkAccessible, type VisitorOptions } from "../testing/browser.ts";
import type { PageHub } from "../testing/hub.ts";
import { loseAnswers } from "../testing/lost-answers.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";
import { views } from "../wallet/views.ts";
import { pathOf, type View } from "./views.ts";

const visits = startVisits();
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});
const words = t.operator;

const visit = async (options?: VisitorOptions): Promise<Page> => (await visits.visit(options)).page;
const visitAsOperator = async (options: VisitorOptions = {}): Promise<Page> => {
  const page = await visit(options);
  await signIn(page, { credentials: hub.operatorCredentials }, "operator");
  return page;
};
const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();
const pressInDialog = (page: Page, name: string): Promise<void> =>
  page.getByRole("dialog").getByRole("button", { name, exact: true }).click();
const open = async (page: Page, view: View): Promise<void> => {
  await page
    .getByRole("navigation", { name: words.nav })
    .getByRole("link", { name: words.links[view], exact: true })
    .click();
  await page.getByRole("heading", { level: 1, name: words.views[view], exact: true }).waitFor();
};

const NASTY = "</script><script>alert(1)</script><img src=x onerror=alert(2)> wire 2026-11-22/7";

test("an operator credits an account found by its name, with a reference that stays text, and the audit log shows it", async () => {
  const page = await visitAsOperator();
  const maria = await hub.newAccount({ name: "maria", pass: "correct horse" });
  await page.goto(paths.operator);
  await open(page, "accounts");
  await page.getByLabel(words.accounts.search).fill("mari");
  await press(page, words.accounts.searchDo);
  await page.getByText("maria", { exact: true }).waitFor();
  await checkAccessible(page);
  await page.getByRole("link", { name: words.accounts.creditOf("maria") }).click();
  await page.getByLabel(words.credit.currency).selectOption("USD");
  await press(page, words.credit.review);
  await page.getByText(words.credit.referenceNeeded).waitFor();
  // More than any hub counts, and more than this one has of its own: no dialog asks for what would be refused.
  const sum = page.getByLabel(t.ui.amount, { exact: true });
  await page.getByLabel(words.credit.reference).fill(NASTY);
  for (const [currency, amount, problem] of [
    ["USD", "90000000000000.01", t.ui.amountProblems.too_large],
    ["BTC", "21000000.00000001", t.ui.amountProblems.too_large],
    ["BTC", "20999999.99999999", words.credit.tooMuch("0.00")],
  ] as const) {
    await page.getByLabel(words.credit.currency).selectOption(currency);
    await sum.fill(amount);
    await press(page, words.credit.review);
    await page.getByText(problem).waitFor();
    expect(await page.getByRole("dialog").filter({ visible: true }).count()).toBe(0);
  }
  await page.getByLabel(words.credit.currency).selectOption("USD");
  await sum.fill("20999999.99");
  await press(page, words.credit.review);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("maria").waitFor();
  await dialog.getByText(NASTY).waitFor();
  await checkAccessible(page);
  expect((await maria.hub.call("my-balance")).available).toEqual({});
  await pressInDialog(page, words.credit.yes("20999999.99", "USD"));
  await page.getByText(words.credit.done("20999999.99", "USD", maria.account)).waitFor();
  expect((await maria.hub.call("my-balance")).available).toEqual({ usd: "20999999.99" });

  await open(page, "audit");
  const entry = page.locator("[data-function=operator-credit]").first();
  await entry.getByText(NASTY).waitFor();
  await entry.getByText("20999999.99").waitFor();
  await entry.getByText(maria.account).waitFor();
  await checkAccessible(page);
  // Once more in the list of accounts, where a long number has to fit.
  await open(page, "accounts");
  await page.getByText(maria.account).waitFor();
  await checkAccessible(page);
}, 180_000);

test("a credit whose answer was lost is told as unknown after a reload, and finding out credits once", async () => {
  const page = await visitAsOperator();
  const payee = await hub.newAccount();
  await page.goto(`${pathOf("credit")}/${payee.account}`);
  await page.getByLabel(words.credit.currency).selectOption("USD");
  await page.getByLabel(t.ui.amount, { exact: true }).fill("5");
  await page.getByLabel(words.credit.reference).fill("wire 8");
  await press(page, words.credit.review);
  // It reaches the hub; the answer does not come back.
  await loseAnswers(page, "operator-credit");
  await pressInDialog(page, words.credit.yes("5.00", "USD"));
  await page.getByRole("dialog").getByText(t.ui.unknownOutcome).waitFor();
  await page.unroute("**/api/operator-credit");
  await page.reload();
  await page.getByText(words.unknown).waitFor();
  await checkAccessible(page);
  await press(page, words.findOut);
  await page.getByText(words.credit.done("5.00", "USD", payee.account)).waitFor();
  expect((await payee.hub.call("my-balance")).available).toEqual({ usd: "5.00" });
}, 180_000);

test("a bank withdrawal that somebody asked for is settled, and another refused and given back", async () => {
  const page = await visitAsOperator({ size: "desktop" });
  const payee = await hub.newAccount();
  await hub.give(payee, "USD", "100.00");
  const ask = (amount: string, destination: string) =>
    payee.hub.call("withdraw-fiat", { currency: "USD", amount, destination });
  const first = await ask("60.00", `IBAN DE02 1203 0000 0000 2020 51 ${NASTY}`);
  const second = await ask("15.00", "no such bank");
  await page.goto(pathOf("withdrawals"));
  await page.getByText(NASTY).waitFor();
  await checkAccessible(page);
  await press(page, words.withdrawals.paidOf(first.transfer_id));
  await pressInDialog(page, words.withdrawals.paidYes);
  await page.getByText(words.withdrawals.needed).waitFor();
  await page.getByLabel(words.withdrawals.reference).fill("wire out 9");
  await checkAccessible(page);
  await pressInDialog(page, words.withdrawals.paidYes);
  await page.getByText(words.withdrawals.paidDone(first.transfer_id)).waitFor();
  await press(page, words.withdrawals.refuseOf(second.transfer_id));
  await page.getByLabel(words.withdrawals.why, { exact: true }).fill("The bank is unknown");
  await pressInDialog(page, words.withdrawals.refuseYes);
  await page.getByText(words.withdrawals.none).waitFor();
  expect((await payee.hub.call("my-balance")).available).toEqual({ usd: "40.00" });
  await open(page, "audit");
  await page.getByText("wire out 9").waitFor();

  const owner = await visit();
  await signIn(owner, { credentials: payee.credentials });
  await owner.goto(views.payment(second.transfer_id));
  await owner.getByText(t.wallet.transfer.reason).waitFor();
  await owner.getByText("The bank is unknown").waitFor();
  await checkAccessible(owner);
}, 180_000);

test("withdrawals are halted and resumed, each asked once more, and the alarm is told", async () => {
  const page = await visitAsOperator();
  await page.goto(pathOf("wallet"));
  await press(page, words.wallet.haltDo);
  await page.getByRole("dialog").getByLabel(words.wallet.haltWhy).fill(NASTY);
  await checkAccessible(page);
  await pressInDialog(page, words.wallet.haltYes);
  await page.getByText(words.wallet.reasons.operator).waitFor();
  await page.getByText(NASTY).waitFor();
  expect((await hub.operator.call("operator-chain")).halt).toMatchObject({
    reason: "operator",
    detail: NASTY,
  });
  await open(page, "overview");
  await page.getByRole("main").getByText(words.overview.alarmNames.withdrawals_halted!).waitFor();
  await checkAccessible(page);
  await open(page, "wallet");
  await press(page, words.wallet.resumeDo);
  const yes = page.getByRole("dialog").getByRole("button", { name: words.wallet.resumeYes, exact: true });
  expect(await yes.isDisabled()).toBe(true);
  const why = page.getByRole("dialog").getByLabel(words.wallet.haltWhy);
  expect(await why.inputValue()).toBe("");
  await why.fill("it was ours");
  await checkAccessible(page);
  await page.getByLabel(words.typed(words.wallet.resumeWord)).fill("Resume");
  await yes.click();
  await page.getByRole("button", { name: words.wallet.haltDo }).waitFor();
  expect(await hub.operator.call("operator-chain")).not.toHaveProperty("halt");
  await open(page, "audit");
  const entry = (name: string) => page.locator(`[data-function=${name}]`).first();
  await entry("operator-halt-withdrawals").getByText(NASTY).waitFor();
  await entry("operator-resume-withdrawals").getByText("it was ours").waitFor();
}, 180_000);

test("registration is closed and opened, a proof published, a ceiling set, the identity rotated only by its word", async () => {
  const page = await visitAsOperator({ size: "desktop" });
  await page.goto(paths.operator);
  await press(page, words.overview.close);
  await pressInDialog(page, words.overview.close);
  await page.getByText(words.overview.closed, { exact: true }).waitFor();
  expect((await hub.operator.call("operator-status")).registration_open).toBe(false);
  await press(page, words.overview.reopen);
  await pressInDialog(page, words.overview.reopen);
  await page.getByText(words.overview.open, { exact: true }).waitFor();

  await open(page, "peers");
  await press(page, words.peers.setAll);
  await page.getByLabel(words.peers.amount).fill("0.5");
  await pressInDialog(page, words.peers.review);
  await page.getByText(words.peers.confirmAll("0.50")).waitFor();
  await pressInDialog(page, words.peers.setYes);
  await page.getByText(words.peers.doneSet).waitFor();
  expect((await hub.operator.call("operator-peers")).ceiling).toBe("0.50");
  await press(page, words.peers.setAll);
  await page.getByLabel(words.peers.amount).fill("0");
  await pressInDialog(page, words.peers.review);
  await pressInDialog(page, words.peers.setYes);
  await page.getByRole("dialog").waitFor({ state: "detached" });

  await open(page, "identity");
  await press(page, words.identity.publish);
  await pressInDialog(page, words.identity.publishYes);
  await page.getByText(words.identity.publishDone).waitFor();
  const { root } = await hub.hub.call("proof-root");
  await page.getByText(root.hash).waitFor();
  await press(page, words.identity.rotate);
  const yes = page.getByRole("dialog").getByRole("button", { name: words.identity.rotateYes });
  expect(await yes.isDisabled()).toBe(true);
  await page.getByLabel(words.typed(words.identity.rotateWord)).fill(words.identity.rotateWord);
  await yes.click();
  await page.getByText(words.identity.rotateDone(2)).waitFor();
  await open(page, "audit");
  await page.locator("[data-function=operator-rotate-identity]").waitFor();
  await page.locator("[data-function=operator-publish-proof]").first().getByText(root.hash).waitFor();
  await page.locator("[data-function=operator-set-line]").first().waitFor();
}, 180_000);

/** A key of the operator's that holds so much and no more. */
const limitedKey = async (functions: readonly string[]): Promise<TextKeyCredentials> => {
  const { account } = hub.operatorCredentials;
  const { authkey } = await hub.operator.call("create-authkey", {
    permissions: functions.map((name) => [account, name] as const),
    label: "night watch",
  });
  return credentialsOf(account, authkey);
};

test("a key with operator-status only is taken as it is, and sees nothing else offered", async () => {
  const page = await visit();
  await page.goto(keyLinkAt("", await limitedKey(["operator-status", "my-authkeys"])));
  await press(page, t.session.incoming.accept);
  await page.getByRole("heading", { level: 1, name: t.app.home.title }).waitFor();
  await page.goto(paths.operator);
  await page.getByRole("heading", { name: words.overview.journal }).waitFor();
  const links = page.getByRole("navigation", { name: words.nav }).getByRole("link");
  expect(await links.allTextContents()).toEqual([words.links.overview]);
  expect(await page.getByRole("main").getByRole("button").count()).toBe(0);
  await checkAccessible(page);
  // By its address too.
  await page.goto(pathOf("credit"));
  await page.getByText(words.none).waitFor();
  expect(await page.getByLabel(words.credit.reference).count()).toBe(0);
}, 120_000);

test("the operator's key file is chosen on the page", async () => {
  const page = await visit();
  const { account, token, key } = hub.operatorCredentials;
  const file = JSON.stringify({ account, authkey: { type: "hmac-sha256", token, key } });
  await page.goto(paths.begin);
  await page.getByRole("button", { name: t.session.begin.withKey }).click();
  await page.getByLabel(t.session.withKey.file).setInputFiles({
    name: "operator-authkey.json",
    mimeType: "application/json",
    buffer: Buffer.from(file),
  });
  await page.getByRole("radio", { name: t.session.consent.presets.operator.name }).waitFor();
  await checkAccessible(page);
  await press(page, t.session.consent.agree);
  await page.getByRole("heading", { level: 1, name: t.app.home.title }).waitFor();
  await page.goto(paths.operator);
  const links = page.getByRole("navigation", { name: words.nav }).getByRole("link");
  await links.first().waitFor();
  expect(await links.allTextContents()).toEqual(Object.values(words.links));
}, 120_000);
