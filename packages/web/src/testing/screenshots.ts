import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { launchBrowser, type Size, sizes } from "./browser.ts";
import { startPageHub } from "./hub.ts";
import { scenes, showScenes } from "./scenes.ts";

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
  const shown = scenes.filter(
    ({ name }) => wanted.length === 0 || wanted.some((start) => name.startsWith(start)),
  );
  for (const size of Object.keys(sizes) as Size[])
    for (const dark of [false, true])
      for (const as of ["stranger", "owner", "operator"] as const)
        await showScenes(browser, { hub, account }, { shown, as, size, dark }, async ({ name }, visitor) => {
          const { page, troubles } = visitor;
          const file = `${name}-${size}-${dark ? "dark" : "light"}.png`;
          // All of a phone's page, as if the phone were so long: its bars stand at both ends of it.
          const { width, height } = sizes[size];
          const all = await page.evaluate(() => document.documentElement.scrollHeight);
          if (size === "phone") await page.setViewportSize({ width, height: Math.max(height, all) });
          await page.screenshot({ path: join(folder, file) });
          await page.setViewportSize({ width, height });
          for (const trouble of troubles) console.error(`${file}: ${trouble}`);
        });
  console.log(`Pictures in ${folder}`);
} finally {
  await browser.close();
  await hub.end();
}
