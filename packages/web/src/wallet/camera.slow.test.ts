import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import encodeQR from "qr";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newVisitor } from "../testing/browser.ts";
import { type PageHub, startPageHub } from "../testing/hub.ts";
import { signIn } from "../testing/sign-in.ts";
import { t } from "../texts/index.ts";
import { ELSEWHERE } from "./scenes.ts";
import { views } from "./views.ts";

const WIDTH = 640;
const HEIGHT = 480;
const MODULE = 8;

/** A film of a QR code that lies on a table: YUV4MPEG2, which Chromium plays as a camera. */
const filmOf = (text: string): Buffer => {
  const rows = encodeQR(text, "raw", { border: 4 });
  const luma = Buffer.alloc(WIDTH * HEIGHT, 0xb0);
  const left = Math.floor((WIDTH - rows.length * MODULE) / 2);
  const top = Math.floor((HEIGHT - rows.length * MODULE) / 2);
  for (let y = 0; y < rows.length * MODULE; y++)
    for (let x = 0; x < rows.length * MODULE; x++)
      luma[(top + y) * WIDTH + left + x] = rows[Math.floor(y / MODULE)]![Math.floor(x / MODULE)]
        ? 0x18
        : 0xe8;
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, Buffer.alloc((WIDTH * HEIGHT) / 2, 0x80)]);
  return Buffer.concat([
    Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F10:1 Ip A1:1 C420jpeg\n`),
    ...Array.from({ length: 5 }, () => frame),
  ]);
};

const folder = mkdtempSync(join(tmpdir(), "coinholder-camera-"));
let hub: PageHub;
let browser: Browser;

beforeAll(async () => {
  const film = join(folder, "code.y4m");
  writeFileSync(film, filmOf(`bitcoin:${ELSEWHERE}?amount=0.0125&label=Two%20rolls`));
  [hub, browser] = await Promise.all([
    startPageHub(),
    chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${film}`,
      ],
    }),
  ]);
}, 180_000);
afterAll(async () => {
  await browser?.close();
  await hub?.end();
  rmSync(folder, { recursive: true, force: true });
});

test("a payment link is read from a code in front of the camera", async () => {
  const { page, check, close } = await newVisitor(browser, hub.url);
  await signIn(page, await hub.newAccount());
  await page.goto(views.send);
  await page.getByRole("button", { name: t.ui.scan }).click();
  await page.getByText("Two rolls").waitFor();
  expect(await page.getByLabel(t.wallet.sending.to, { exact: true }).inputValue()).toBe(ELSEWHERE);
  expect(await page.getByLabel(t.ui.amount, { exact: true }).inputValue()).toBe("0.0125");
  check();
  await close();
}, 180_000);
