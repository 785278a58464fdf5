import type { Page } from "playwright-core";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { checkAccessible, type VisitorOptions } from "../testing/browser.ts";
import { type TestAccount, until } from "../testing/hub.ts";
import { loseAnswers } from "../testing/lost-answers.ts";
import type { Pair } from "../testing/pair.ts";
import { askFor, card, findByPlace, openTill, press, shopWithTill } from "../testing/shop.ts";
import { signIn } from "../testing/sign-in.ts";
import { startPairVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

const visits = startPairVisits();
let pair: Pair;
beforeAll(() => {
  pair = visits.pair;
});
beforeEach(() => {
  pair.gate.open();
});

const words = t.nearby;
const { till } = t;

/** A till of the one hub and a phone of the other, in a street of their own. */
const meet = async (
  latitude: number,
  currency: string,
): Promise<{ device: Page; phone: Page; shop: TestAccount; payer: TestAccount }> => {
  const options: VisitorOptions = { place: { latitude, longitude: -73.5 } };
  const { link, shop } = await shopWithTill(pair.tills);
  const { page: device } = await visits.visitAt(pair.tills.url, options);
  await openTill(device, link, currency);
  const payer = await pair.newPayer();
  const { page: phone } = await visits.visitAt(pair.payers.url, options);
  await signIn(phone, payer, "everyday");
  return { device, phone, shop, payer };
};

const available = async ({ hub }: TestAccount): Promise<Record<string, string>> =>
  (await hub.call("my-balance")).available;
const heading = (page: Page, name: string): Promise<void> =>
  page.getByRole("heading", { level: 1, name }).waitFor();
/** The invoice's hub confirms it: it may be paid by one press. */
const confirmed = (page: Page, memo: string): Promise<void> =>
  card(page, memo)
    .getByText(words.confirmed(new URL(pair.tills.url).host))
    .waitFor();
const payAtPrice = (page: Page) => page.getByRole("button", { name: /^Pay 0\.\d+ BTC$/ });
/** The first press asks for the price and costs nothing. */
const askPrice = async (page: Page, memo: string): Promise<void> => {
  await card(page, memo).getByRole("button").click();
  await payAtPrice(page).waitFor();
};

test("a customer of one hub pays CAD at a till of another: the price first, then one press, and the till says «paid» before any block", async () => {
  const { device, payer, phone, shop } = await meet(47.1, "CAD");
  const code = await askFor(device, "3.42", "CAD", "Two espressos");
  await findByPlace(phone);
  await card(phone, "Two espressos").getByText(words.codeOf(code)).waitFor();
  await confirmed(phone, "Two espressos");
  await card(phone, "Two espressos").getByText(words.askPrice).waitFor();
  await checkAccessible(phone);
  await askPrice(phone, "Two espressos");
  await checkAccessible(phone);
  expect(await available(payer), "asking costs nothing").toEqual({ btc: "0.80" });
  await payAtPrice(phone).click();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  await heading(phone, words.standings.counted.title);
  await phone.getByText(words.standings.counted.hint).waitFor();
  await checkAccessible(phone);
  await checkAccessible(device);
  expect(await available(shop)).toEqual({ cad: "3.42" });
}, 240_000);

test("an invoice in BTC of another hub, found by its code alone, is paid by one press; a reload says the same", async () => {
  const { device, phone, payer, shop } = await meet(47.2, "BTC");
  const code = await askFor(device, "0.0021", "BTC", "A lamp");
  await phone.goto(paths.nearby);
  await phone.getByLabel(words.code, { exact: true }).fill(code);
  await confirmed(phone, "A lamp");
  await card(phone, "A lamp").getByText(words.feeToo).waitFor();
  await card(phone, "A lamp").getByRole("button").click();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  await phone.getByText(words.standings.counted.hint).waitFor();
  await phone.reload();
  await phone.getByText(words.standings.counted.hint).waitFor();
  await phone.getByText("A lamp").waitFor();
  expect(await available(shop)).toEqual({ btc: "0.0021" });
  const { transfers } = await payer.hub.call("my-transfers", { limit: 1 });
  expect(transfers[0]).toMatchObject({ amount: "0.0021", kind: "withdrawal" });
  await phone.goto(`${paths.wallet}/payment/${transfers[0]!.transfer_id}`);
  await phone.getByText(`${t.wallet.ways.withdrawal}, ${t.wallet.invoice}`).waitFor();
}, 240_000);

test("the link of another hub's till, pasted into the wallet, opens the invoice where it is paid", async () => {
  const { device, phone, shop } = await meet(47.25, "CAD");
  await askFor(device, "2.00", "CAD", "A pear");
  await press(device, till.copyText);
  const link = await device.evaluate(() => navigator.clipboard.readText());
  expect(link.startsWith(`${pair.tills.url}${paths.nearby}/pay/`)).toBe(true);
  await phone.goto(`${paths.wallet}/send`);
  await phone.getByLabel(t.wallet.sending.to).fill(link);
  await heading(phone, words.details);
  await phone.getByText(words.confirmed(new URL(pair.tills.url).host)).waitFor();
  await press(phone, words.payOf("2.00", "CAD", "A pear"));
  await payAtPrice(phone).click();
  await phone.getByText(words.standings.counted.hint).waitFor();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  expect(await available(shop)).toEqual({ cad: "2.00" });
}, 240_000);

test("what the other hub refuses, and one that goes away while it is asked, is told as «nothing was paid»; then it is paid once", async () => {
  const { device, payer, phone, shop } = await meet(47.3, "CAD");
  await askFor(device, "5.00", "CAD", "A cake");
  await findByPlace(phone);
  await confirmed(phone, "A cake");
  const { identity } = pair.payers.hub.overview;
  const setLine = (ceiling: string) =>
    pair.tills.operator.call("operator-set-line", { identity: identity!.public_key, ceiling });
  const found = card(phone, "A cake");
  await setLine("0");
  await found.getByRole("button").click();
  await found.getByRole("alert").getByText(t.ui.errors.not_accepted_unconfirmed!).waitFor();
  await checkAccessible(phone);
  await setLine("5");
  pair.gate.shutAt("before", "buy-option");
  await found.getByRole("button").click();
  await found.getByRole("alert").getByText(t.ui.errors.peer_unreachable!).waitFor();
  expect(await found.getByText(t.ui.unknownOutcome).count(), "it is known").toBe(0);
  expect(await available(payer)).toEqual({ btc: "0.80" });
  pair.gate.open();
  await askPrice(phone, "A cake");
  await payAtPrice(phone).click();
  await heading(phone, words.standings.counted.title);
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  expect(await available(shop)).toEqual({ cad: "5.00" });

  await device.getByRole("link", { name: till.next }).click();
  await askFor(device, "900000.00", "CAD", "The bakery");
  await phone.getByRole("link", { name: words.another }).click();
  await confirmed(phone, "The bakery");
  await card(phone, "The bakery").getByRole("button").click();
  await card(phone, "The bakery").getByRole("alert").getByText(t.ui.errors.option_refused!).waitFor();
}, 240_000);

test("the answer is lost, the page is loaded anew and the till's hub is away: it is told as unknown, then on its way, then paid, once", async () => {
  const { device, payer, phone, shop } = await meet(47.4, "CAD");
  await askFor(device, "4.00", "CAD", "Two bagels");
  await findByPlace(phone);
  await confirmed(phone, "Two bagels");
  await askPrice(phone, "Two bagels");
  pair.gate.shutAt("before", "attach-identity-to-transfer");
  await loseAnswers(phone, "pay-invoice");
  await payAtPrice(phone).click();
  await pair.gate.isShut();
  await phone.getByText(words.unfinishedTitle).waitFor();
  await phone.unroute("**/api/pay-invoice");
  await phone.reload();
  await phone.getByText(words.unfinishedText("4.00", "CAD")).waitFor();
  await checkAccessible(phone);
  await press(phone, words.findOut);
  await heading(phone, words.standings["on-its-way"].title);
  await phone.getByText(words.standings["on-its-way"].hint).waitFor();
  await checkAccessible(phone);
  // The same call twice was one payment.
  const sent = async () =>
    (await payer.hub.call("my-transfers")).transfers.filter((one) => one.direction === "out");
  expect(await sent()).toHaveLength(1);
  pair.gate.open();
  await device.getByText(till.states.paid, { exact: true }).waitFor();
  await phone.getByText(words.standings.counted.hint).waitFor();
  expect(await sent()).toHaveLength(1);
  expect(await available(shop)).toEqual({ cad: "4.00" });
}, 240_000);

test("a payment that never reached the hub, of an invoice that is over by now: finding out says that nothing was paid", async () => {
  const { device, payer, phone } = await meet(47.5, "BTC");
  await askFor(device, "0.003", "BTC", "A vase");
  await findByPlace(phone);
  await confirmed(phone, "A vase");
  await card(phone, "A vase").getByRole("link").click();
  await heading(phone, words.details);
  await phone.route("**/api/pay-invoice", (route) => route.abort("connectionreset"));
  await phone.getByRole("button", { name: words.payOf("0.003", "BTC", "A vase") }).click();
  await phone.getByText(words.unfinishedTitle).waitFor();
  await phone.unroute("**/api/pay-invoice");
  await press(device, till.withdraw);
  await press(device, till.withdrawYes);
  await device.getByText(till.states.withdrawn, { exact: true }).waitFor();
  await phone.reload();
  await phone.getByText(words.unfinishedTitle).waitFor();
  await checkAccessible(phone);
  await press(phone, words.findOut);
  await phone.getByRole("alert").getByText(words.notPaidTitle("0.003", "BTC")).waitFor();
  await checkAccessible(phone);
  expect(await phone.getByText(words.unfinishedTitle).count()).toBe(0);
  expect(await available(payer)).toEqual({ btc: "0.80" });
}, 240_000);

test("bitcoin that come too late for their price: the payer and the till are told that the payee has them, and neither asks for more", async () => {
  const { device, phone, shop } = await meet(47.6, "CAD");
  const code = await askFor(device, "6.00", "CAD", "A pie");
  await findByPlace(phone);
  await confirmed(phone, "A pie");
  await askPrice(phone, "A pie");
  pair.gate.shutAt("before", "attach-identity-to-transfer");
  await payAtPrice(phone).click();
  await pair.gate.isShut();
  await heading(phone, words.standings["on-its-way"].title);
  // Until it is settled the tills' hub was told by nobody.
  await pair.payers.chain("devchain_mine", 8);
  await heading(phone, words.standings.kept.title);
  await phone.getByText(words.standings.kept.hint).waitFor();
  await checkAccessible(phone);
  pair.gate.open();
  await device.getByText(till.onlyBitcoinTitle).waitFor();
  await until(
    () => available(shop),
    ({ btc }) => btc !== undefined,
  );
  await device.getByText(till.onlyBitcoinHint("CAD")).waitFor();
  expect(await device.getByText(code, { exact: true }).count(), "no code to pay once more").toBe(0);
  await checkAccessible(device);
  await device.getByRole("link", { name: till.next }).click();
  await device.getByText(till.onlyBitcoin).waitFor();
  await checkAccessible(device);
}, 240_000);
