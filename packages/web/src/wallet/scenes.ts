import type { Page } from "playwright-core";
import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";
import { views } from "./views.ts";

/** An address of nobody's on the development chain. */
export const ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

const fillSend = async (page: Page, amount: string): Promise<void> => {
  await page.getByLabel(t.wallet.sending.to, { exact: true }).fill(ELSEWHERE);
  await page.getByLabel(t.ui.amount, { exact: true }).fill(amount);
  await page.getByRole("button", { name: t.wallet.sending.go }).click();
};

export const walletScenes: readonly Scene[] = [
  { name: "wallet", path: "/wallet", as: "owner" },
  {
    name: "wallet-receive",
    path: views.receive,
    as: "owner",
    before: (page) => page.locator("[data-address]").waitFor(),
  },
  { name: "wallet-send", path: views.send, as: "owner" },
  {
    name: "wallet-send-problem",
    path: views.send,
    as: "owner",
    before: async (page) => {
      await page.getByLabel(t.wallet.sending.to, { exact: true }).fill("not an address");
      await page.getByLabel(t.ui.amount, { exact: true }).fill("0.1");
      await page.getByRole("button", { name: t.wallet.sending.go }).click();
      await page.getByText(t.wallet.sending.problems.malformed).waitFor();
    },
  },
  {
    name: "wallet-send-confirm",
    path: views.send,
    as: "owner",
    before: async (page) => {
      await fillSend(page, "0.12345678");
      await page.locator("[data-debit]").waitFor();
    },
  },
  {
    name: "wallet-withdraw",
    path: views.withdraw,
    as: "owner",
    before: (page) => page.getByLabel(t.wallet.withdrawing.destination).waitFor(),
  },
  { name: "wallet-history", path: views.history, as: "owner" },
  {
    name: "wallet-history-detail",
    path: views.history,
    as: "owner",
    before: async (page) => {
      await page.locator("[data-transfer]").first().click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "wallet-payment", path: views.payment("t1"), as: "owner" },
  { name: "wallet-statement", path: views.statement, as: "owner" },
  { name: "wallet-allowed", path: views.allowed, as: "owner" },
];
