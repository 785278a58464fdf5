import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkAccessible, launchBrowser, newVisitor } from "../testing/browser.ts";
import { type PageHub, startPageHub, until } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { t } from "../texts/index.ts";
import { pathOf } from "./views.ts";

/** Of nobody's wallet: the seed is 64 bytes of 7. */
const COLD =
  "tpubDCn3Cs4qLCeLcfbcbBs4sXiHbxnQ77EDejkRb4aB4FPLiF8BC6uEzmY7UWHwxcmcQn2g7aPWjFjmU1cwbGeMtLvsCnou4TVWxjkoosLHUqo";

// A wallet elsewhere that was restored from the hub's phrase, as the hub's own tests have it.
const { signOutside } = (await import(
  new URL("../../../hub/dist/testing/outside-signer.js", import.meta.url).href
)) as { signOutside: (data: string, psbt: string) => Promise<{ readonly psbt: string }> };

const data = mkdtempSync(join(tmpdir(), "coinholder-sweep-"));
let hub: PageHub;
let browser: Browser;

beforeAll(async () => {
  const config = { hot_ceiling: "1", cold_descriptor: `wpkh(${COLD}/0/*)` };
  [hub, browser] = await Promise.all([startPageHub(config, { data }), launchBrowser()]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
});

test("above the ceiling the page says so; a sweep is prepared, saved, signed outside, brought back after a reload and sent", async () => {
  const words = t.operator.wallet;
  const account = await hub.newAccount();
  await hub.give(account, "BTC", "1.50");
  const { page, check, close } = await newVisitor(browser, hub.url);
  await signIn(page, { credentials: hub.operatorCredentials }, "operator");
  await page.goto(pathOf("overview"));
  await page.getByText(t.operator.overview.alarmNames.hot_ceiling!).waitFor();
  await checkAccessible(page);
  await page.goto(pathOf("wallet"));
  await page.getByText(words.above, { exact: true }).waitFor();
  await page.getByRole("button", { name: words.prepareDo }).click();
  await page.getByRole("heading", { name: words.prepared }).waitFor();
  await checkAccessible(page);
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: words.download }).click(),
  ]);
  const psbt = readFileSync(await file.path()).toString("base64");

  await page.reload();
  await page.getByLabel(words.signed).fill("no PSBT");
  await page.getByRole("button", { name: words.finishDo }).click();
  await page.getByText(words.signedBad).waitFor();
  // Not signed: the hub does not take it, and says why.
  await page.getByLabel(words.signed).fill(psbt);
  await page.getByRole("button", { name: words.finishDo }).click();
  await page.getByRole("dialog").getByRole("button", { name: words.finishYes }).click();
  await page.getByRole("dialog").getByRole("alert").waitFor();
  await checkAccessible(page);
  await page.getByRole("dialog").getByRole("button", { name: t.ui.close }).click();
  const signed = await signOutside(data, psbt);
  await page.getByLabel(words.file).setInputFiles({
    name: "signed.psbt",
    mimeType: "application/octet-stream",
    buffer: Buffer.from(signed.psbt, "base64"),
  });
  await page.getByRole("dialog").getByRole("button", { name: words.finishYes }).click();
  await page.getByText(words.kinds.sweep, { exact: true }).waitFor();
  // Finished is journaled; the node has it a look later, and only then does a block.
  const { in_flight } = await until(
    () => hub.operator.call("operator-wallet"),
    ({ in_flight: [first] }) => first?.broadcast === true,
  );
  expect(in_flight).toMatchObject([{ is: "sweep" }]);
  await hub.chain("devchain_mine", 1);
  await until(
    () => hub.operator.call("operator-wallet"),
    ({ cold }) => cold !== "0.00",
  );
  await page.getByRole("button", { name: words.coldDo }).click();
  await page
    .getByText(/^bcrt1/)
    .first()
    .waitFor();
  await checkAccessible(page);
  check();
  await close();
}, 180_000);
