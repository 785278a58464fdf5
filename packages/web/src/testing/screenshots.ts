import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser, newVisitor, type Size, sizes } from "./browser.ts";
import { startPageHub } from "./hub.ts";
import { scenes, showScene } from "./scenes.ts";
import { signIn } from "./sign-in.ts";

// `npm run screenshots [name ...]`: pictures of every page at both widths, light and dark, in .cache/screenshots. With names only those
// whose file name begins with one of them.

const folder = fileURLToPath(new URL("../../../../.cache/screenshots/", import.meta.url));
const wanted = process.argv.slice(2);

const hub = await startPageHub();
const browser = await launchBrowser();
if (wanted.length === 0) rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
try {
  const account = await hub.newAccount({ name: "maria", pass: "correct horse" });
  await hub.give(account, "BTC", "1.23456789");
  await hub.give(account, "USD", "12345.60");
  const operator = { credentials: hub.operatorCredentials };
  for (const size of Object.keys(sizes) as Size[])
    for (const dark of [false, true])
      for (const as of ["stranger", "owner", "operator"] as const) {
        const shown = scenes.filter(
          (scene) =>
            scene.as === as && (wanted.length === 0 || wanted.some((start) => scene.name.startsWith(start))),
        );
        if (shown.length === 0) continue;
        const place = { latitude: 45.5089, longitude: -73.5617 };
        const { page, troubles, close } = await newVisitor(browser, hub.url, { size, dark, place });
        if (as === "owner") await signIn(page, account, "everything");
        if (as === "operator") await signIn(page, operator, "operator");
        for (const scene of shown) {
          await showScene(page, scene, { hub, account });
          const file = `${scene.name}-${size}-${dark ? "dark" : "light"}.png`;
          await page.screenshot({ path: join(folder, file), fullPage: size === "phone" });
        }
        for (const trouble of troubles) console.error(`${size} ${as}: ${trouble}`);
        await close();
      }
  console.log(`Pictures in ${folder}`);
} finally {
  await browser.close();
  await hub.end();
}
