import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";
import { pathOf, type View } from "./views.ts";

const views: readonly View[] = [
  "overview",
  "accounts",
  "credit",
  "withdrawals",
  "wallet",
  "peers",
  "identity",
  "audit",
];

const LONG = `a reference that is as long as they may be ${"wire 2026-11-22/7 ".repeat(8)}`;

/** What makes the views worth looking at: a long number, a long reference, somebody who waits. */
const prepare: NonNullable<Scene["before"]> = async (_page, { hub }) => {
  const someone = await hub.newAccount();
  const credit = { to_account: someone.account, currency: "USD", amount: "20999999.99" };
  await hub.operator.call("operator-credit", { ...credit, reference: LONG });
  await someone.hub.call("withdraw-fiat", {
    currency: "USD",
    amount: "1234.50",
    destination: "IBAN DE02 1203 0000 0000 2020 51, Maria Musterfrau </script><b>bold</b>",
  });
};

export const operatorScenes: readonly Scene[] = [
  ...views.map(
    (view): Scene => ({
      name: `operator-${view}`,
      path: pathOf(view),
      as: "operator",
      ...(view === "overview" ? { before: prepare } : {}),
    }),
  ),
  {
    name: "operator-credit-confirm",
    path: pathOf("credit"),
    as: "operator",
    before: async (page) => {
      const words = t.operator.credit;
      await page.getByLabel(words.account).fill("maria");
      await page.getByLabel(t.ui.amount, { exact: true }).fill("20999999.99");
      await page.getByLabel(words.reference).fill(LONG);
      await page.getByRole("button", { name: words.review }).click();
      await page.getByRole("dialog").getByText(words.has).waitFor();
    },
  },
  {
    name: "operator-halt",
    path: pathOf("wallet"),
    as: "operator",
    before: async (page) => {
      await page.getByRole("button", { name: t.operator.wallet.haltDo }).click();
      await page.getByRole("dialog").getByLabel(t.operator.wallet.haltWhy).fill(LONG.slice(0, 200));
    },
  },
  {
    name: "operator-rotate",
    path: pathOf("identity"),
    as: "operator",
    before: async (page) => {
      await page.getByRole("button", { name: t.operator.identity.rotate }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
];
