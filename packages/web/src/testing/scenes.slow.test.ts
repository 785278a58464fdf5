import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { checkAccessible, checkOtherTheme, launchBrowser, type Size, sizes, type Theme } from "./browser.ts";
import { type PageHub, startPageHub, type TestAccount } from "./hub.ts";
import { type Scene, scenes, showScenes } from "./scenes.ts";

let hub: PageHub;
let browser: Browser;
let account: TestAccount;

beforeAll(async () => {
  [hub, browser] = await Promise.all([startPageHub(), launchBrowser()]);
  account = await hub.newAccount({ name: "maria", pass: "correct horse" });
  await hub.give(account, "BTC", "1.23456789");
  await hub.give(account, "USD", "1234567.60");
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
});

// Nobody reads paper with a screen reader.
const shown = scenes.filter(({ paper }) => !paper);
const people: readonly Scene["as"][] = ["stranger", "owner", "operator"];

/** In which theme it is loaded at each size; the other one is put on when it stands. So every scene is loaded in both. */
const loadedIn: Record<Size, Theme> = { phone: "light", desktop: "dark" };

describe.each(Object.keys(sizes) as Size[])("on a %s", (size) => {
  const theme = loadedIn[size];
  test.each(people)(
    "axe finds nothing on the pages that a %s sees, light and dark, nothing is too wide, and the page has no trouble",
    async (as) => {
      const look = { shown, as, size, dark: theme === "dark" };
      await showScenes(browser, { hub, account }, look, async (scene, { check, page }) => {
        try {
          await checkAccessible(page);
          await checkOtherTheme(page, theme);
        } catch (failure) {
          throw new Error(`scene ${scene.name}`, { cause: failure });
        }
        check();
      });
    },
    600_000,
  );
});
