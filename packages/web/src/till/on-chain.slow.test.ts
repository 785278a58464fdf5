import type { Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { paths } from "../app/paths.ts";
import { pathOf, pointerOf } from "../nearby/pay-text.ts";
import { checkAccessible, type VisitorOptions } from "../testing/browser.ts";
import type { PageHub, TestAccount } from "../testing/hub.ts";
import { askFor, card, findByPlace, openTill, press, shopWithTill } from "../testing/shop.ts";
import { signIn } from "../testing/sign-in.ts";
import { startVisits } from "../testing/visits.ts";
import { t } from "../texts/index.ts";

const visits = startVisits();
let hub: PageHub;
beforeAll(() => {
  hub = visits.hub;
});

const words = t.till;
const { nearby } = t;

/** A till, and a phone that looks closer at what it asks for. */
const lookAt = async (
  latitude: number,
  [amount, currency, memo]: readonly [string, string, string],
): Promise<{ device: Page; phone: Page; shop: TestAccount; payer: TestAccount; address: string }> => {
  const options: VisitorOptions = { place: { latitude, longitude: -74 } };
  const { link, shop } = await shopWithTill(hub);
  const { page: device } = await visits.visit(options);
  await openTill(device, link, currency);
  await askFor(device, amount, currency, memo);
  const payer = await hub.newAccount();
  await hub.give(payer, "BTC", "0.01");
  const { page: phone } = await visits.visit(options);
  await signIn(phone, payer, "everyday");
  const { invoices } = await shop.hub.call("my-invoices", { limit: 1 });
  const { invoice } = invoices[0]!;
  await phone.goto(pathOf(pointerOf(invoice)));
  await phone.getByText(nearby.address, { exact: true }).waitFor();
  return { device, phone, shop, payer, address: invoice.btc_address };
};
/** Any wallet that pays by chain. */
const send = (address: string, amount: string): Promise<unknown> =>
  hub.chain("devchain_fund", address, amount);
const mine = (): Promise<unknown> => hub.chain("devchain_mine", 1);
const told = (page: Page, text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor();

test("a payment by chain is in sight on the till and the phone before it counts, and «paid» on both when a block has it", async () => {
  const { address, device, phone } = await lookAt(48.1, ["0.003", "BTC", "A chair"]);
  await send(address, "0.003");
  await told(device, words.states.seen);
  await told(device, words.stateHints.seen);
  expect(await device.getByRole("button", { name: words.withdraw }).count()).toBe(0);
  await phone.getByText(nearby.gone.seen).waitFor();
  await checkAccessible(device);
  await checkAccessible(phone);
  await device.reload();
  await told(device, words.states.seen);
  await mine();
  await told(device, words.states.paid);
  await phone.getByText(nearby.gone.paid).waitFor();
}, 180_000);

test("of an invoice that is paid in part both are told the rest, and the phone pays just that", async () => {
  const { address, device, payer, phone, shop } = await lookAt(48.2, ["0.003", "BTC", "A table"]);
  await send(address, "0.001");
  await mine();
  await told(device, words.states.underpaid);
  const missing = device.locator("dt", { hasText: words.missing }).locator("+ dd");
  expect((await missing.textContent())!.replace(/\s/g, "")).toBe("0.002BTC");
  expect(await device.getByRole("button", { name: words.withdraw }).count(), "the hub would refuse it").toBe(
    0,
  );
  // Or whoever scans it would pay the whole sum once more.
  await device.getByRole("img", { name: words.qr("0.002", "BTC") }).waitFor();
  await press(device, words.copyText);
  expect(await device.evaluate(() => navigator.clipboard.readText())).toContain(`${address}?amount=0.002&`);
  await checkAccessible(device);
  await told(phone, nearby.due);
  await checkAccessible(phone);
  await press(phone, nearby.payOf("0.002", "BTC", "A table"));
  await told(device, words.states.paid);
  await phone.getByRole("heading", { level: 1, name: nearby.standings.paid.title }).waitFor();
  await phone.locator("[role=status]", { hasText: "0.002" }).waitFor();
  expect((await payer.hub.call("my-balance")).available.btc).toBe("0.008");
  expect((await shop.hub.call("my-balance")).available.btc).toBe("0.003");
}, 180_000);

test("more than was asked for: the till says so and what came, in its list too", async () => {
  const { address, device, phone } = await lookAt(48.3, ["0.003", "BTC", "A bench"]);
  await send(address, "0.0045");
  await mine();
  await told(device, words.states.overpaid);
  await told(device, words.stateHints.overpaid);
  const received = device.locator("dt", { hasText: words.received }).locator("+ dd");
  expect((await received.textContent())!.replace(/\s/g, "")).toBe("0.0045BTC");
  await phone.getByText(nearby.gone.paid).waitFor();
  await checkAccessible(device);
  await device.getByRole("link", { name: words.next }).click();
  const row = device.getByRole("listitem").filter({ hasText: "A bench" });
  await row.getByText(words.states.overpaid).waitFor();
  await device.getByText(words.sales(1)).waitFor();
  await checkAccessible(device);
}, 180_000);

test("bitcoin straight to the address of an invoice in another currency: the sender is warned before, the till told after", async () => {
  const { address, device, payer, phone, shop } = await lookAt(48.4, ["3.00", "EUR", "A spoon"]);
  await phone.goto(`${paths.wallet}/send`);
  await phone.getByLabel(t.wallet.sending.to).fill(address);
  await phone.getByLabel(t.ui.amount, { exact: true }).fill("0.00003");
  await phone.getByRole("button", { name: t.wallet.sending.go }).click();
  await phone.getByText(t.wallet.sending.invoiceTitle("3.00", "EUR")).waitFor();
  await checkAccessible(phone);
  // Somebody does it all the same, with a wallet that knows nothing of it.
  await send(address, "0.00003");
  await told(device, words.states.seen);
  await told(device, words.seenOther);
  await mine();
  await told(device, words.onlyBitcoinTitle);
  await told(device, words.onlyBitcoinHint("EUR"));
  await checkAccessible(device);
  expect((await shop.hub.call("my-balance")).available).toEqual({ btc: "0.00003" });
  await device.getByRole("link", { name: words.next }).click();
  await device.getByRole("listitem").filter({ hasText: "A spoon" }).getByText(words.onlyBitcoin).waitFor();
  await device.getByText(words.noSales).first().waitFor();
  // It can still be paid as it was meant: then what came beside stands there, and counts for no euro.
  await hub.give(payer, "EUR", "10.00");
  await findByPlace(phone);
  await card(phone, "A spoon").getByRole("button").click();
  await phone.getByRole("heading", { level: 1, name: nearby.standings.paid.title }).waitFor();
  await device.getByRole("listitem").filter({ hasText: "A spoon" }).getByRole("link").click();
  await told(device, words.states.overpaid);
  const beside = device.locator("dt", { hasText: words.receivedBtc }).locator("+ dd");
  expect((await beside.textContent())!.replace(/[\s\u202f]/g, "")).toBe("0.00003BTC");
  await checkAccessible(device);
}, 180_000);
