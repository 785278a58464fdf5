import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, test } from "vitest";
import { checkAccessible, launchBrowser, newVisitor, type Size, sizes } from "./browser.ts";
import { type PageHub, startPageHub, type TestAccount } from "./hub.ts";
import { type Scene, scenes, showScene } from "./scenes.ts";
import { signIn } from "./sign-in.ts";

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

const people: readonly Scene["as"][] = ["stranger", "owner", "operator"];

describe.each(Object.keys(sizes) as Size[])("on a %s", (size) => {
  for (const dark of [false, true])
    test.each(people)(
      `axe finds nothing on the pages that a %s sees, ${dark ? "dark" : "light"}, nothing is too wide, and the page has no trouble`,
      async (as) => {
        const place = { latitude: 45.5089, longitude: -73.5617 };
        const visitor = await newVisitor(browser, hub.url, { size, dark, place });
        const { page } = visitor;
        if (as === "owner") await signIn(page, account, "everything");
        if (as === "operator") await signIn(page, { credentials: hub.operatorCredentials }, "operator");
        for (const scene of scenes.filter((one) => one.as === as)) {
          await showScene(page, scene, { hub, account });
          await checkAccessible(page);
          visitor.check();
        }
        await visitor.close();
      },
      600_000,
    );
});
