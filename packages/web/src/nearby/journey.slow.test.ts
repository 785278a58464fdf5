import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { checkAccessible, type VisitorOptions } from "../testing/browser.ts";
import { type PageHub, until } from "../testing/hub.ts";
import { loseAnswers } from "../testing/lost-answers.ts";
import { outsideInvoice } from "../testing/outside-invoice.ts";
import { askFor, card, findByPlace, openTill, press, shopWithTill } from "../testing/shop.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

const visits = startVisits();
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});

const words = t.nearby;
const { till } = t;
// Each story has a street of its own.
const CAFE = { latitude: 45.508888, longitude: -73.561668 };

const visit = async (options?: VisitorOptions): Promise<Page> => (await visits.visit(options)).page;

const navigationOf = async (page: Page): Promise<string[]> =>
  (await page.getByRole("navigation").filter({ visible: true }).getByRole("link").allTextContents()).filter(
    Boolean,
  );

/** The link that the page of keys shows as a QR code. */
const makeTillKey = async (page: Page): Promise<string> => {
  await page.goto(`${paths.till}/settings`);
  await page.getByRole("link", { name: till.deviceGo }).click();
  await page.getByRole("radio", { name: t.session.consent.presets.till.name }).check();
  await press(page, t.session.keys.tillMake);
  await press(page, t.session.keys.tillCopy);
  return page.evaluate(() => navigator.clipboard.readText());
};

test("a newcomer with a phone makes an account, learns how to get play money, finds the till's invoice by place and code, and pays; the till says so by itself", async () => {
  // The café's owner makes a key for the till by the page, and the till's device takes it.
  const owner = await hub.newAccount();
  const office = await visit({ size: "desktop", place: CAFE });
  await signIn(office, owner, "everyday");
  await office.goto(paths.till);
  await press(office, till.open);
  const link = await makeTillKey(office);
  const device = await visit({ place: CAFE });
  await openTill(device, link, "BTC");
  expect(await navigationOf(device), "a till's key offers nothing else").not.toContain(t.app.sections.wallet);
  const code = await askFor(device, "0.0021", "BTC", "Two espressos");
  await checkAccessible(device);

  const begun = performance.now();
  const phone = await visit({ place: { latitude: 45.50895, longitude: -73.5618 } });
  await phone.goto("/");
  await phone.getByRole("button", { name: t.session.begin.create }).click();
  await phone.getByLabel(t.session.create.name, { exact: true }).fill("newcomer");
  await phone.getByLabel(t.session.create.password, { exact: true }).fill("correct horse");
  await press(phone, t.session.create.submit);
  await press(phone, t.session.consent.agree);
  await press(phone, words.getCoins.get("1.5"));
  await phone.getByText(words.getCoins.title).waitFor({ state: "hidden" });
  await phone.getByRole("link", { name: t.app.home.payNearby }).click();
  await press(phone, words.place.use);
  const found = card(phone, "Two espressos");
  await found.getByText(words.codeOf(code)).waitFor();
  await found.getByText(words.own).waitFor();
  await phone.getByLabel(words.code, { exact: true }).fill(code);
  await found.waitFor();
  await checkAccessible(phone);

  await device.evaluate(() => {
    (window as unknown as { notReloaded: boolean }).notReloaded = true;
  });
  const pressed = performance.now();
  await found.getByRole("button").click();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  const paid = performance.now();
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  console.log(
    `from the press to «paid» on the till: ${Math.round(paid - pressed)} ms; from the newcomer's first look: ${Math.round(paid - begun)} ms`,
  );
  expect(
    await device.evaluate(() => (window as unknown as { notReloaded?: boolean }).notReloaded),
    "the till was not loaded anew",
  ).toBe(true);
  await checkAccessible(device);
  await device.getByRole("link", { name: till.next }).click();
  await device.getByText(till.sales(1)).waitFor();
  // A reload of either shows the same.
  await phone.reload();
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  await phone.getByText("Two espressos").waitFor();
}, 300_000);

test("a till's limited key: nothing but the till is offered, nor a key to another device", async () => {
  const { link } = await shopWithTill(hub);
  const page = await visit({ place: { latitude: 10, longitude: 10 } });
  await openTill(page, link, "USD");
  const shown = await navigationOf(page);
  for (const section of ["wallet", "nearby", "operator"] as const)
    expect(shown).not.toContain(t.app.sections[section]);
  await page.goto(`${paths.till}/settings`);
  await page.getByRole("button", { name: till.save }).waitFor();
  expect(await page.getByRole("link", { name: till.deviceGo }).count()).toBe(0);
  await page.goto(paths.nearby);
  await page.getByLabel(words.code, { exact: true }).fill("1");
}, 180_000);

test("a memo with markup stays text on both pages, and a reload in the middle of each step loses nothing", async () => {
  const evil = `</script><img src=x onerror=alert(1)> & <b>bold</b>`;
  const street = { latitude: 46.1, longitude: -73.1 };
  const { link } = await shopWithTill(hub);
  const device = await visit({ place: street });
  await openTill(device, link, "USD");
  // While typing.
  await device.getByLabel(till.amountIn("USD")).fill("3.42");
  await device.getByLabel(till.memo).fill(evil);
  await device.reload();
  await device.getByRole("button", { name: till.askOf("3.42", "USD") }).waitFor();
  expect(await device.getByLabel(till.memo).inputValue()).toBe(evil);
  // The answer to the post never comes: the hub has it, and the page finds it.
  await loseAnswers(device, "new-invoice");
  await press(device, till.askOf("3.42", "USD"));
  await device.getByText(till.states.open).waitFor();
  await device.unroute("**/api/new-invoice");
  await device.getByText(evil).waitFor();
  const code = await device.getByText(/^\d{3}$/).textContent();
  await device.reload();
  expect(await device.getByText(/^\d{3}$/).textContent()).toBe(code);

  const payer = await hub.newAccount();
  await hub.give(payer, "USD", "10.00");
  const phone = await visit({ place: street });
  await signIn(phone, payer, "everyday");
  await findByPlace(phone);
  await card(phone, evil).waitFor();
  await phone.reload();
  await card(phone, evil).waitFor();
  // Paid, but the answer is lost, and so is the page.
  await loseAnswers(phone, "pay-invoice");
  await card(phone, evil).getByRole("button").click();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  await phone.getByText(words.unfinishedTitle).waitFor();
  await phone.unroute("**/api/pay-invoice");
  await phone.reload();
  await phone.getByText(evil).first().waitFor();
  await press(phone, words.findOut);
  await phone.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  await phone.getByText(evil).waitFor();
  expect((await payer.hub.call("my-balance")).available.usd, "it was paid once").toBe("6.58");
  expect(await device.locator("img[src=x]").count()).toBe(0);
  expect(await phone.locator("img[src=x]").count()).toBe(0);
  await device.reload();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
}, 240_000);

test("a withdrawn invoice goes from the phone at once; an expired one is told on both, by time alone", async () => {
  const street = { latitude: 46.2, longitude: -73.2 };
  const { shop, link } = await shopWithTill(hub);
  const device = await visit({ place: street });
  await openTill(device, link, "USD");
  await askFor(device, "7.00", "USD", "Taken back");
  const phone = await visit({ place: street });
  await signIn(phone, await hub.newAccount(), "everyday");
  await findByPlace(phone);
  await card(phone, "Taken back").getByRole("link").click();
  await phone.getByRole("heading", { level: 1, name: words.details }).waitFor();
  await phone.getByText(words.address, { exact: true }).waitFor();
  await press(device, till.withdraw);
  await press(device, till.withdrawYes);
  await device.getByText(till.states.withdrawn, { exact: true }).waitFor();
  await phone.getByText(words.gone.withdrawn).waitFor();
  await phone.reload();
  await phone.getByText(words.gone.withdrawn).waitFor();

  const { invoice } = await shop.hub.call("new-invoice", {
    amount: "1.00",
    currency: "USD",
    memo: "Soon over",
    lat: "46.2",
    lng: "-73.2",
    random: "9",
    expires_t: Date.now() + 8_000,
  });
  await device.goto(`${paths.till}/invoice/${invoice.btc_address}`);
  await device.getByText(till.states.expired, { exact: true }).waitFor();
  await findByPlace(phone);
  await phone.getByText(words.emptyTitle).waitFor();
}, 180_000);

test("what is in doubt is not paid by one press: two with one code, and one that no hub stands by", async () => {
  const street = { latitude: 46.3, longitude: -73.3 };
  const place = { lat: "46.3", lng: "-73.3" };
  const [shop, copier, payer] = await Promise.all([hub.newAccount(), hub.newAccount(), hub.newAccount()]);
  await hub.give(payer, "USD", "10.00");
  const asked = { amount: "2.00", currency: "USD", ...place, random: "111" };
  const real = await shop.hub.call("new-invoice", { ...asked, memo: "The real till" });
  const copy = await copier.hub.call("new-invoice", { ...asked, memo: "The copy" });
  const outside = outsideInvoice({ info: { ...place, memo: "Nobody's", random: "222", t: Date.now() } });
  await hub.hub.call("broadcast-invoice", {
    invoice_json: outside.invoice_json,
    signature: outside.signature,
  });
  const page = await visit({ place: street });
  await signIn(page, payer, "everyday");
  await findByPlace(page);
  await card(page, "Nobody's").getByText(words.unconfirmed).waitFor();
  for (const memo of ["The real till", "The copy", "Nobody's"])
    expect(await card(page, memo).getByRole("button").count(), memo).toBe(0);
  // The till's own code leads to its own invoice, and it has to be compared.
  await card(page, "The real till").getByRole("link").click();
  const pay = page.getByRole("button", { name: words.payOf("2.00", "USD", "The real till") });
  await page.getByText(words.addressEnd(real.invoice.btc_address.slice(-6))).waitFor();
  expect(await pay.isDisabled()).toBe(true);
  await checkAccessible(page);
  // The copy is withdrawn: no doubt is left, and the page says so by itself.
  await copier.hub.call("withdraw-invoice", { invoice_bitcoin_address: copy.invoice.btc_address });
  await page.getByLabel(words.compared).waitFor({ state: "detached" });
  await pay.click();
  await page.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  await until(
    () => shop.hub.call("my-balance"),
    ({ available }) => available.usd === "2.00",
  );
}, 180_000);

test("without a place: by the code alone, or by a place that is typed", async () => {
  const shop = await hub.newAccount();
  const random = "80317";
  await shop.hub.call("new-invoice", {
    amount: "1.00",
    currency: "USD",
    memo: "Far away",
    lat: "-33.5",
    lng: "151.2",
    random,
  });
  const page = await visit();
  await page.goto(paths.nearby);
  await page.getByText(words.noPlace).waitFor();
  await press(page, words.place.use);
  await page.getByRole("alert").getByText(words.place.denied).waitFor();
  await page.getByLabel(words.code, { exact: true }).fill(random);
  await card(page, "Far away").getByText(words.needsAccount).waitFor();
  await page.getByLabel(words.code, { exact: true }).fill("");
  await press(page, words.place.typed);
  await page.getByLabel(words.place.lat).fill("95");
  await page.getByLabel(words.place.lng).fill("151,2001");
  await press(page, words.place.take);
  await page.getByText(words.place.badLat).waitFor();
  await page.getByLabel(words.place.lat).fill("-33.5");
  await press(page, words.place.take);
  await card(page, "Far away").waitFor();
  await checkAccessible(page);
  await page.reload();
  await card(page, "Far away").waitFor();
}, 180_000);

test("what became of a payment is told however many came after it, and as it changes", async () => {
  const payer = await hub.newAccount();
  await hub.give(payer, "BTC", "0.01");
  const { transfer_id } = await payer.hub.call("send-btc", {
    to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
    amount: "0.002",
  });
  for (let i = 0; i < 60; i++)
    await hub.operator.call("operator-credit", {
      to_account: payer.account,
      currency: "USD",
      amount: "0.01",
      reference: `later ${i}`,
    });
  const page = await visit();
  await signIn(page, payer, "everyday");
  await page.goto(`${paths.nearby}/paid/${transfer_id}`);
  await page.getByText(words.standings["on-its-way"].hint).waitFor();
  await until(
    async () => (await hub.operator.call("operator-wallet")).in_flight.some(({ broadcast }) => broadcast),
    (sent) => sent,
  );
  await hub.chain("devchain_mine", 1);
  await page.getByText(words.standings["in-block"].hint).waitFor();
  await checkAccessible(page);
  await hub.chain("devchain_mine", 6);
  await page.getByRole("heading", { level: 1, name: words.standings.paid.title }).waitFor();
  await page.goto(`${paths.nearby}/paid/t999999`);
  await page.getByText(t.wallet.transfer.notFound).waitFor();
}, 180_000);
