import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { checkAccessible, launchBrowser, type Size, sizes } from "./browser.ts";
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

describe.each(Object.keys(sizes) as Size[])("on a %s", (size) => {
  for (const dark of [false, true])
    test.each(people)(
      `axe finds nothing on the pages that a %s sees, ${dark ? "dark" : "light"}, nothing is too wide, and the page has no trouble`,
      async (as) => {
        await showScenes(browser, { hub, account }, { shown, as, size, dark }, async (scene, visitor) => {
          await checkAccessible(visitor.page).catch((failure) => {
            throw new Error(`scene ${scene.name}`, { cause: failure });
          });
          visitor.check();
        });
      },
      600_000,
    );
});
