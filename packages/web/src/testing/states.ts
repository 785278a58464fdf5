import { credentialsOf } from "@coinholder/client";
import type { Page } from "playwright-core";
import { paths } from "../app/paths.ts";
import { pathOf } from "../operator/views.ts";
import { keyLinkAt } from "../session/key-text.ts";
import type { Preset } from "../session/permissions.ts";
import { t } from "../texts/index.ts";
import { views } from "../wallet/views.ts";
import { type PageHub, type TestAccount, until } from "./hub.ts";
import type { Scene } from "./scenes.ts";
import { signIn } from "./sign-in.ts";

// How the page looks when something is missing, is under way or has gone wrong. What would disturb the scenes after it is `alone`.

type Before = NonNullable<Scene["before"]>;

const words = t.wallet;
const session = t.session;

/** Somebody who has only begun. */
const asNew = async (page: Page, hub: PageHub, preset: Preset = "everyday"): Promise<TestAccount> => {
  const account = await hub.newAccount();
  await signIn(page, account, preset);
  return account;
};

/** Calls of these functions: lost on their way, or never answered. */
const hold = (page: Page, names: RegExp, how: "lost" | "waiting"): Promise<unknown> =>
  page.route(
    ({ pathname }) => names.test(pathname),
    (route) => (how === "lost" ? route.abort() : undefined),
  );

const goOffline: Before = async (page) => {
  // All is there first.
  await page.locator("[data-connection=live]").first().waitFor({ state: "attached" });
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
  await page.context().setOffline(true);
  await page.getByText(t.ui.noConnection).first().waitFor();
};

/** An invoice over 0.002 BTC, at a till whose key may do nothing else. */
const tillInvoice = async (page: Page, hub: PageHub): Promise<string> => {
  const account = await asNew(page, hub, "till");
  const { invoice } = await account.hub.call("new-invoice", {
    amount: "0.002",
    currency: "BTC",
    memo: "Two espressos",
    random: "417",
  });
  await page.goto(`${paths.till}/invoice/${invoice.btc_address}`);
  await page.getByText(t.till.states.open).waitFor();
  return invoice.btc_address;
};

const begun: readonly Scene[] = [
  { name: "not-found", path: "/nowhere", as: "stranger" },
  {
    name: "begin-sign-in-wrong",
    path: paths.begin,
    as: "stranger",
    before: async (page) => {
      await page.getByRole("button", { name: session.begin.signIn }).click();
      await page.getByLabel(session.signIn.name).fill("maria");
      await page.getByLabel(session.signIn.password).fill("wrong horse");
      await page.getByRole("button", { name: session.signIn.submit }).click();
      await page.getByText(session.signIn.wrong).waitFor();
    },
  },
  {
    name: "begin-key-bad",
    path: paths.begin,
    as: "stranger",
    before: async (page) => {
      await page.getByRole("button", { name: session.begin.withKey }).click();
      await page.getByLabel(session.withKey.text).fill("ac-notakey.ak-atall.x");
      await page.getByRole("button", { name: session.withKey.submit }).click();
      await page.getByText(session.withKey.bad).waitFor();
    },
  },
  {
    name: "begin-incoming",
    path: paths.begin,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      const { account, credentials } = await hub.newAccount();
      const { authkey } = await hub.hub.as(credentials).call("create-authkey", {
        permissions: (["my-authkeys", "revoke-authkey", "new-invoice", "my-invoices"] as const).map(
          (name) => [account, name] as const,
        ),
        label: "Till at the door",
      });
      await page.goto("about:blank");
      await page.goto(keyLinkAt("", credentialsOf(account, authkey)));
      await page.getByRole("button", { name: session.incoming.accept }).waitFor();
    },
  },
  {
    name: "begin-sheet",
    path: paths.begin,
    as: "stranger",
    alone: true,
    before: async (page) => {
      await page.getByRole("button", { name: session.begin.create }).click();
      await page.getByRole("radio", { name: session.create.withoutPassword }).check();
      await page.getByRole("button", { name: session.create.submit }).click();
      await page.getByRole("button", { name: session.consent.agree }).click();
      await page.getByRole("heading", { level: 1, name: session.sheet.stepTitle }).waitFor();
    },
  },
  {
    name: "begin-unreached",
    path: paths.begin,
    as: "stranger",
    alone: true,
    before: async (page) => {
      await page.route("**/*", (route) =>
        route.request().resourceType() === "fetch" ? route.abort() : route.continue(),
      );
      await page.reload();
      await page.getByRole("heading", { level: 1, name: t.app.unreachedTitle }).waitFor();
    },
  },
];

const owned: readonly Scene[] = [
  {
    name: "home-empty",
    path: paths.home,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await asNew(page, hub);
    },
  },
  {
    name: "home-till-key",
    path: paths.home,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await asNew(page, hub, "till");
    },
  },
  { name: "home-offline", path: paths.home, as: "owner", alone: true, before: goOffline },
  {
    name: "home-ended",
    path: paths.home,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      const account = await asNew(page, hub);
      const { authkeys } = await account.hub.call("my-authkeys");
      for (const { token } of authkeys)
        if (token !== account.credentials.token)
          await account.hub.call("revoke-authkey", { authkey_token: token });
      await page.goto(paths.wallet);
      await page.getByRole("heading", { level: 1, name: session.ended.title }).waitFor();
    },
  },
  {
    name: "more",
    path: paths.home,
    as: "owner",
    before: async (page) => {
      const more = page.getByRole("button", { name: t.ui.more, exact: true });
      if (await more.isVisible()) await more.click();
    },
  },
  {
    name: "keys-end",
    path: paths.keys,
    as: "owner",
    before: async (page) => {
      await page
        .getByRole("button", { name: session.keys.revokeOf(session.keys.noLabel) })
        .first()
        .click();
      await page.getByRole("dialog").waitFor();
    },
  },
  {
    name: "recovery-print",
    path: paths.recovery,
    as: "owner",
    alone: true,
    paper: true,
    before: async (page) => {
      await page.getByRole("button", { name: session.sheet.make }).click();
      await page.getByRole("heading", { level: 2, name: session.sheet.title }).waitFor();
    },
  },
];

const wallets: readonly Scene[] = [
  {
    name: "wallet-empty",
    path: paths.wallet,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await asNew(page, hub);
      await page.goto(paths.wallet);
      await page.getByText(words.balances.nothing).waitFor();
    },
  },
  {
    name: "wallet-loading",
    path: paths.wallet,
    as: "owner",
    alone: true,
    loading: true,
    before: async (page) => {
      await hold(page, /my-(balance|transfers)$/, "waiting");
      await page.reload();
      await page.locator(".skeleton").first().waitFor();
    },
  },
  {
    name: "wallet-error",
    path: paths.wallet,
    as: "owner",
    alone: true,
    before: async (page) => {
      await hold(page, /my-(balance|transfers)$/, "lost");
      await page.reload();
      await page.getByRole("alert").first().waitFor();
    },
  },
  {
    name: "wallet-arriving",
    path: paths.wallet,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await asNew(page, hub);
      await page.goto(views.receive);
      const address = await page.locator("[data-address]").getAttribute("data-address");
      await hub.chain("devchain_fund", address!, "0.5");
      await page.locator("[data-transfer]").first().waitFor();
    },
  },
  {
    name: "wallet-pending",
    path: paths.wallet,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      const account = await asNew(page, hub);
      const { btc_address } = await account.hub.call("new-btc-address");
      await hub.chain("devchain_fund", btc_address, "0.5");
      await page.goto(paths.wallet);
      await page.locator("[data-transfer]").first().waitFor();
    },
  },
  {
    name: "wallet-payment-sent",
    path: paths.wallet,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      const account = await asNew(page, hub);
      await hub.give(account, "BTC", "0.5");
      const { transfer_id } = await account.hub.call("send-btc", {
        to_btc_address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
        amount: "0.12345678",
      });
      await page.goto(views.payment(transfer_id!));
      await page.getByRole("list", { name: words.transfer.steps }).waitFor();
    },
  },
  {
    name: "wallet-withdraw-confirm",
    path: views.withdraw,
    as: "owner",
    before: async (page) => {
      await page.getByLabel(t.ui.amount, { exact: true }).fill("1234.50");
      await page
        .getByLabel(words.withdrawing.destination)
        .fill("IBAN DE02 1203 0000 0000 2020 51, Maria Musterfrau");
      await page.getByRole("button", { name: words.withdrawing.check }).click();
      await page.getByText(words.withdrawing.confirmTitle).waitFor();
    },
  },
  {
    name: "wallet-scan",
    path: views.send,
    as: "owner",
    alone: true,
    before: async (page) => {
      await page.getByRole("button", { name: t.ui.scan }).click();
      await page.getByText(t.ui.scanHint).waitFor();
    },
  },
  {
    name: "wallet-history-none",
    path: views.history,
    as: "owner",
    alone: true,
    before: async (page) => {
      await page.getByLabel(words.past.search, { exact: true }).fill("nobody");
      await page.getByText(words.past.noMatch).waitFor();
    },
  },
];

const shops: readonly Scene[] = [
  {
    name: "till-seen",
    path: paths.till,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await hub.chain("devchain_fund", await tillInvoice(page, hub), "0.002");
      await page.getByText(t.till.states.seen).waitFor();
    },
  },
  {
    name: "till-underpaid",
    path: paths.till,
    as: "stranger",
    alone: true,
    before: async (page, { hub }) => {
      await hub.chain("devchain_fund", await tillInvoice(page, hub), "0.0005");
      await hub.chain("devchain_mine", 1);
      await page.getByText(t.till.states.underpaid).waitFor();
    },
  },
  {
    name: "nearby-denied",
    path: paths.nearby,
    as: "stranger",
    alone: true,
    before: async (page) => {
      await page.context().clearPermissions();
      await page.getByRole("button", { name: t.nearby.place.use }).click();
      await page.getByText(t.nearby.place.denied).waitFor();
    },
  },
  { name: "market-offline", path: paths.market, as: "owner", alone: true, before: goOffline },
];

const halt: Before = async (page, { hub }) => {
  const { halt: halted } = await hub.operator.call("operator-chain");
  if (halted === undefined) await hub.operator.callByName("operator-halt-withdrawals", {});
  await until(
    () => hub.operator.call("operator-chain"),
    ({ alarms }) => alarms.length > 0,
  );
  await page.reload();
};
const resume = async ({ hub }: { readonly hub: PageHub }): Promise<void> => {
  await hub.operator.callByName("operator-resume-withdrawals", {});
};

const operated: readonly Scene[] = [
  {
    name: "operator-alarms",
    path: pathOf("overview"),
    as: "operator",
    before: async (page, at) => {
      await halt(page, at);
      await page.getByText(t.operator.overview.halted).waitFor();
    },
    after: resume,
  },
  {
    name: "operator-resume",
    path: pathOf("wallet"),
    as: "operator",
    before: async (page, at) => {
      await halt(page, at);
      await page.getByRole("button", { name: t.operator.wallet.resumeDo }).click();
      await page.getByRole("dialog").waitFor();
    },
    after: resume,
  },
];

export const stateScenes: readonly Scene[] = [...begun, ...owned, ...wallets, ...shops, ...operated];
