import { paths } from "../app/paths.ts";
import type { Scene } from "../testing/scenes.ts";
import { t } from "../texts/index.ts";

const words = t.till;
type Before = NonNullable<Scene["before"]>;

const open: Before = async (page) => {
  const button = page.getByRole("button", { name: words.open });
  const keypad = page.getByRole("group", { name: words.keypad });
  await button.or(keypad).waitFor();
  if (!(await button.isVisible())) return;
  await page.getByLabel(words.currency).selectOption("USD");
  await page.getByRole("button", { name: words.placeUse }).click();
  await page.getByText(/^45\./).waitFor();
  await button.click();
  await keypad.waitFor();
};

const asked =
  (amount: string, memo: string): Before =>
  async (page, at) => {
    await open(page, at);
    await page.getByLabel(words.amountIn("USD")).fill(amount);
    await page.getByLabel(words.memo).fill(memo);
    await page.getByRole("button", { name: words.askOf(amount, "USD") }).click();
    await page.getByText(words.states.open).waitFor();
  };

const LONG_MEMO =
  "Two espressos, one oat milk cortado, a slice of the cake of the day and the newspaper of yesterday, because today's is gone. ".repeat(
    3,
  );

export const tillScenes: readonly Scene[] = [
  { name: "till-setup", path: paths.till, as: "owner" },
  { name: "till", path: paths.till, as: "owner", before: open },
  { name: "till-waiting", path: paths.till, as: "owner", before: asked("3.42", "Two espressos") },
  { name: "till-long", path: paths.till, as: "owner", before: asked("1234567.89", LONG_MEMO) },
  {
    name: "till-paid",
    path: paths.till,
    as: "owner",
    before: async (page, at) => {
      await asked("4.20", "Tea and cake")(page, at);
      const { invoices } = await at.account.hub.call("my-invoices", { limit: 1 });
      const payer = await at.hub.newAccount();
      await at.hub.give(payer, "USD", "10.00");
      const { invoice_json, signature } = invoices[0]!;
      await payer.hub.call("pay-invoice", { invoice_json, signature });
      await page.getByText(words.states.paid, { exact: true }).waitFor();
    },
  },
  {
    name: "till-bitcoin",
    path: paths.till,
    as: "owner",
    before: async (page, at) => {
      await asked("3.00", "A spoon")(page, at);
      const { invoices } = await at.account.hub.call("my-invoices", { limit: 1 });
      await at.hub.chain("devchain_fund", invoices[0]!.invoice.btc_address, "0.00004");
      await at.hub.chain("devchain_mine", 1);
      await page.getByText(words.onlyBitcoinTitle).waitFor();
    },
  },
  {
    name: "till-withdraw",
    path: paths.till,
    as: "owner",
    before: async (page, at) => {
      await asked("5.00", "A mistake")(page, at);
      await page.getByRole("button", { name: words.withdraw }).click();
      await page.getByRole("button", { name: words.withdrawYes }).click();
      await page.getByText(words.states.withdrawn, { exact: true }).waitFor();
    },
  },
  { name: "till-day", path: `${paths.till}/day`, as: "owner" },
  { name: "till-settings", path: `${paths.till}/settings`, as: "owner" },
];
