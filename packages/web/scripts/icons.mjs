// Draws public/icon.svg as the PNG files that the manifest names. Needs Chromium.
import { readFileSync, writeFileSync } from "node:fs";
import { chromium } from "playwright-core";

const folder = new URL("../public/", import.meta.url);
const svg = readFileSync(new URL("icon.svg", folder), "utf8");
// Systems cut maskable icons to their own shape, and round those of Apple themselves: square, and the sign within the middle.
const square = svg.replace(' rx="15"', "");
const maskable = square
  .replace('viewBox="0 0 64 64"', 'viewBox="-6 -6 76 76"')
  .replace("<rect", '<rect x="-6" y="-6"');

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"],
});
const draw = async (name, size, source) => {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  const sized = source
    .replace("<svg ", `<svg width="${size}" height="${size}" `)
    .replace(/width="64" height="64"/, 'width="76" height="76"');
  await page.setContent(`<body style="margin:0;background:transparent">${sized}</body>`);
  writeFileSync(new URL(name, folder), await page.screenshot({ omitBackground: true }));
  await page.close();
};
await draw("icon-180.png", 180, square);
await draw(
  "icon-192.png",
  192,
  svg.replace('<rect width="64" height="64"', '<rect width="64.0" height="64.0"'),
);
await draw(
  "icon-512.png",
  512,
  svg.replace('<rect width="64" height="64"', '<rect width="64.0" height="64.0"'),
);
await draw("icon-512-maskable.png", 512, maskable);
await browser.close();
