import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, gzipSync } from "node:zlib";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig, type Plugin } from "vite";
import { paths } from "./src/app/paths.ts";

const folder = fileURLToPath(new URL(".", import.meta.url));
const site = join(folder, "site");
// Written beside it and put in its place at the end, so that no hub that starts meanwhile sees half of it.
const building = `${site}.${process.pid}`;

const COMPRESSED = new Set([".html", ".js", ".css", ".svg", ".webmanifest", ".json"]);
/** Stands in service-worker.ts for the list of files. */
const SHELL_PLACE = /["'`]__SHELL__["'`]/g;

/** The paths for the hub, the service worker's list of files, and the compressed forms beside the files. */
const siteFiles = (): Plugin => ({
  name: "site-files",
  enforce: "post",
  generateBundle(_options, bundle) {
    this.emitFile({ type: "asset", fileName: "paths.json", source: JSON.stringify(paths) });
    const worker = bundle["service-worker.js"];
    if (worker?.type !== "chunk" || worker.code.search(SHELL_PLACE) < 0)
      throw new Error("the service worker has no place for its list");
    const files = Object.keys(bundle)
      .filter((name) => name.startsWith("assets/"))
      .map((name) => `/${name}`);
    // index.html names the first of them, and is kept beside them.
    const name = `shell-${createHash("sha256").update(files.join("\n")).digest("hex").slice(0, 16)}`;
    worker.code = worker.code.replace(SHELL_PLACE, () => JSON.stringify({ name, files }));
  },
  closeBundle() {
    // Called after a failure too.
    if (!existsSync(join(building, "index.html"))) return;
    for (const name of readdirSync(building, { recursive: true, encoding: "utf8" })) {
      if (!COMPRESSED.has(extname(name))) continue;
      const bytes = readFileSync(join(building, name));
      writeFileSync(join(building, `${name}.br`), brotliCompressSync(bytes));
      writeFileSync(join(building, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    }
    rmSync(site, { recursive: true, force: true });
    renameSync(building, site);
  },
});

/** Wrappers of exchanges: the page speaks to its own hub only. */
const withoutWrappers = (): Plugin => ({
  name: "without-wrappers",
  load: (id) =>
    /\/client\/dist\/(?:ccxt|mtgox)\/connect\.js$/.test(id)
      ? "export const connectCcxt = undefined; export const connectMtgox = undefined;"
      : undefined,
});

export default defineConfig({
  root: folder,
  plugins: [tailwindcss(), withoutWrappers(), siteFiles()],
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: building,
    emptyOutDir: true,
    target: "es2022",
    // light-dark() and nesting are there since these.
    cssTarget: ["chrome123", "safari17.5", "firefox121"],
    // The Content-Security-Policy allows no data: but of images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    rollupOptions: {
      input: { page: join(folder, "index.html"), "service-worker": join(folder, "src/service-worker.ts") },
      output: {
        entryFileNames: ({ name }) =>
          name === "service-worker" ? "service-worker.js" : "assets/[name]-[hash].js",
      },
      treeshake: {
        // Importing our packages does nothing; what a page does not use of them it need not load.
        moduleSideEffects: (id) => !/\/packages\/(protocol|client)\/dist\//.test(id),
      },
    },
  },
});
