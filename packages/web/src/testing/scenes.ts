import type { Page } from "playwright-core";
import { paths } from "../app/paths.ts";
import { marketScenes } from "../market/scenes.ts";
import { nearbyScenes } from "../nearby/scenes.ts";
import { operatorScenes } from "../operator/scenes.ts";
import { proofScenes } from "../proof/scenes.ts";
import { t } from "../texts/index.ts";
import { tillScenes } from "../till/scenes.ts";
import { walletScenes } from "../wallet/scenes.ts";
import type { PageHub, TestAccount } from "./hub.ts";

/** A page as `npm run screenshots` shows it, and as the tests look at it with axe. */
export interface Scene {
  readonly name: string;
  readonly path: string;
  readonly as: "stranger" | "owner" | "operator";
  /** What is done on the page first. */
  readonly before?: (
    page: Page,
    at: { readonly hub: PageHub; readonly account: TestAccount },
  ) => Promise<void>;
}

const own: readonly Scene[] = [
  { name: "begin", path: paths.begin, as: "stranger" },
  {
    name: "begin-create",
    path: paths.begin,
    as: "stranger",
    before: async (page) => {
      await page.getByRole("button", { name: t.session.begin.create }).click();
      await page.getByRole("button", { name: t.session.create.submit }).click();
    },
  },
  {
    name: "begin-sign-in",
    path: paths.begin,
    as: "stranger",
    before: (page) => page.getByRole("button", { name: t.session.begin.signIn }).click(),
  },
  {
    name: "begin-consent",
    path: paths.begin,
    as: "stranger",
    before: async (page) => {
      await page.getByRole("button", { name: t.session.begin.signIn }).click();
      await page.getByLabel(t.session.signIn.name).fill("maria");
      await page.getByLabel(t.session.signIn.password).fill("correct horse");
      await page.getByRole("button", { name: t.session.signIn.submit }).click();
      await page.getByRole("button", { name: t.session.consent.agree }).waitFor();
    },
  },
  {
    name: "begin-key",
    path: paths.begin,
    as: "stranger",
    before: (page) => page.getByRole("button", { name: t.session.begin.withKey }).click(),
  },
  { name: "home", path: paths.home, as: "owner" },
  { name: "keys", path: paths.keys, as: "owner" },
  {
    name: "keys-new",
    path: paths.keys,
    as: "owner",
    before: async (page) => {
      await page.getByRole("button", { name: t.session.keys.tillMake }).click();
      await page.getByRole("dialog").waitFor();
    },
  },
  { name: "recovery", path: paths.recovery, as: "owner" },
  {
    name: "recovery-sheet",
    path: paths.recovery,
    as: "owner",
    before: async (page) => {
      await page.getByRole("button", { name: t.session.sheet.make }).click();
      await page.getByRole("heading", { level: 2, name: t.session.sheet.title }).waitFor();
    },
  },
  {
    name: "accounts",
    path: paths.home,
    as: "owner",
    before: async (page) => {
      await page
        .getByRole("button", { name: t.session.accounts.open("").split(":")[0]! })
        .filter({ visible: true })
        .click();
    },
  },
  { name: "settings", path: paths.settings, as: "owner" },
  { name: "needs-account", path: paths.wallet, as: "stranger" },
];

// Each section adds its own scenes: an array in a file of its own, spread into this list.
const sections: readonly Scene[] = [
  ...walletScenes,
  ...tillScenes,
  ...nearbyScenes,
  ...marketScenes,
  ...proofScenes,
  ...operatorScenes,
];

export const scenes: readonly Scene[] = [...own, ...sections];

/** Goes there, does what the scene does, and waits until nothing is being loaded. */
export const showScene = async (
  page: Page,
  { path, before }: Scene,
  at: { readonly hub: PageHub; readonly account: TestAccount },
): Promise<void> => {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await before?.(page, at);
  await page.getByRole("heading", { level: 1, includeHidden: true }).waitFor();
  await page.waitForFunction(() => document.querySelector(".skeleton") === null);
};
