import type { Browser, Page } from "playwright-core";
import { paths } from "../app/paths.ts";
import { marketScenes } from "../market/scenes.ts";
import { nearbyScenes } from "../nearby/scenes.ts";
import { operatorScenes } from "../operator/scenes.ts";
import { proofScenes } from "../proof/scenes.ts";
import { t } from "../texts/index.ts";
import { tillScenes } from "../till/scenes.ts";
import { walletScenes } from "../wallet/scenes.ts";
import { newVisitor, type Size, type Visitor } from "./browser.ts";
import type { PageHub, TestAccount } from "./hub.ts";
import { signIn } from "./sign-in.ts";
import { stateScenes } from "./states.ts";

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
  /** What is put right in the hub when it was looked at. */
  readonly after?: (at: { readonly hub: PageHub; readonly account: TestAccount }) => Promise<void>;
  /** In a browser of its own: what it leaves there would disturb others. */
  readonly alone?: true;
  /** As it is printed. */
  readonly paper?: true;
  /** It is looked at while it is being loaded. */
  readonly loading?: true;
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
  ...stateScenes,
];

export const scenes: readonly Scene[] = [...own, ...sections];

/** Goes there, does what the scene does, and waits until nothing is being loaded. */
const showScene = async (
  page: Page,
  { path, before, loading, paper }: Scene,
  at: { readonly hub: PageHub; readonly account: TestAccount },
): Promise<void> => {
  await page.goto(path);
  await page.getByRole("heading", { level: 1 }).waitFor();
  await before?.(page, at);
  // Below a dialog, or left out in print.
  await page.getByRole("heading", { level: 1, includeHidden: true }).waitFor({ state: "attached" });
  if (paper) await page.emulateMedia({ media: "print" });
  if (!loading) await page.waitForFunction(() => document.querySelector(".skeleton") === null);
};

/** Somewhere in a town. */
const place = { latitude: 45.5089, longitude: -73.5617 };

/** Leads a person through scenes, one after the other, and looks at each. */
export const showScenes = async (
  browser: Browser,
  at: { readonly hub: PageHub; readonly account: TestAccount },
  {
    shown,
    as,
    ...window
  }: {
    readonly shown: readonly Scene[];
    readonly as: Scene["as"];
    readonly size: Size;
    readonly dark: boolean;
  },
  look: (scene: Scene, visitor: Visitor) => Promise<void>,
): Promise<void> => {
  const visit = async (): Promise<Visitor> => {
    const visitor = await newVisitor(browser, at.hub.url, { ...window, place });
    if (as === "owner") await signIn(visitor.page, at.account, "everything");
    if (as === "operator")
      await signIn(visitor.page, { credentials: at.hub.operatorCredentials }, "operator");
    return visitor;
  };
  const own = shown.filter((scene) => scene.as === as);
  const together = own.some(({ alone }) => !alone) ? await visit() : undefined;
  for (const scene of own) {
    const visitor = scene.alone ? await visit() : together!;
    await showScene(visitor.page, scene, at);
    await look(scene, visitor);
    await scene.after?.(at);
    if (scene.alone) await visitor.close();
  }
  await together?.close();
};
