import { credentialsOf } from "@coinholder/client";
import type { Locator, Page } from "playwright-core";
import { paths } from "../app/paths.ts";
import { keyLinkAt } from "../session/key-text.ts";
import { t } from "../texts/index.ts";
import type { PageHub, TestAccount } from "./hub.ts";

// A shop with a till, and what customers do at it.

const words = t.nearby;
const { till } = t;

export const press = (page: Page, name: string): Promise<void> =>
  page.getByRole("button", { name, exact: true }).click();

/** An invoice that was found. */
export const card = (page: Page, memo: string): Locator =>
  page.getByRole("listitem").filter({ hasText: memo });

/** A shop's account, and the link that hands its till a key. */
export const shopWithTill = async (hub: PageHub): Promise<{ shop: TestAccount; link: string }> => {
  const shop = await hub.newAccount();
  const { authkey } = await shop.hub.call("create-authkey", {
    permissions: [
      "my-authkeys",
      "revoke-authkey",
      "new-invoice",
      "my-invoices",
      "invoice-status",
      "withdraw-invoice",
    ].map((name) => [shop.account, name] as const),
    label: "till",
  });
  return { shop, link: keyLinkAt("", credentialsOf(shop.account, authkey)) };
};

/** Takes over a till's key as a device does that has scanned its code, and sets the till up where it stands. */
export const openTill = async (page: Page, link: string, currency: string): Promise<void> => {
  await page.goto(link);
  await press(page, t.session.incoming.accept);
  await page.getByRole("link", { name: t.app.home.openTill }).click();
  await page.getByLabel(till.currency).selectOption(currency);
  await press(page, till.placeUse);
  await page.getByText(/^-?\d+\.\d{5}, -?\d+\.\d{5}$/).waitFor();
  await press(page, till.open);
};

/** Types a sum on the keys and asks for it; answers the code. */
export const askFor = async (page: Page, amount: string, currency: string, memo: string): Promise<string> => {
  for (const key of amount)
    await page
      .getByRole("group", { name: till.keypad })
      .getByRole("button", { name: key === "." ? till.point : key, exact: true })
      .click();
  await page.getByLabel(till.memo).fill(memo);
  await press(page, till.askOf(amount, currency));
  await page.getByText(till.states.open).waitFor();
  return (await page
    .locator(".digits")
    .filter({ hasText: /^\d{3}$/ })
    .textContent())!;
};

export const findByPlace = async (page: Page): Promise<void> => {
  await page.goto(paths.nearby);
  const use = page.getByRole("button", { name: words.place.use });
  const there = page.getByText(words.place.device);
  await use.or(there).first().waitFor();
  if (await use.isVisible()) await use.click();
  await there.waitFor();
};
