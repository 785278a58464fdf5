import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ReferenceRoute } from "./reference/index.ts";

// Seen from dist/http.
const folder = new URL("../../assets/proof/", import.meta.url);

// Nothing from other hosts, nothing inline, never in a frame. The empty icon is a data: URL.
const CSP =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const JAVASCRIPT = "text/javascript; charset=utf-8";
const files = [
  ["/proof", "index.html", "text/html; charset=utf-8"],
  ["/proof/style.css", "style.css", "text/css; charset=utf-8"],
  ["/proof/page.js", "page.js", JAVASCRIPT],
  ["/proof/verdict.js", "verdict.js", JAVASCRIPT],
] as const;

/** An import, as compiled modules write it. */
const IMPORT = /(?<= from ")(\.|@noble\/hashes)\/([\w-]+\.js)(?=")/g;

/**
 * The protocol's own module for proofs and all that it imports: the very files that the hub runs, but for the name of the package,
 * which a browser could not resolve.
 */
const moduleRoutes = (): { readonly path: string; readonly body: Buffer }[] => {
  const protocol = fileURLToPath(import.meta.resolve("@coinholder/protocol"));
  const hashes = createRequire(protocol).resolve("@noble/hashes/sha2.js");
  const ofProtocol = { path: "protocol", folder: dirname(protocol) };
  const ofHashes = { path: "noble-hashes", folder: dirname(hashes) };

  const bodies = new Map<string, Buffer>();
  const add = (of: typeof ofProtocol, name: string): void => {
    const path = `/proof/${of.path}/${name}`;
    if (bodies.has(path)) return;
    bodies.set(path, Buffer.alloc(0));
    const text = readFileSync(join(of.folder, name), "utf8").replace(
      IMPORT,
      (_, from: string, imported: string) => {
        add(from === "." ? of : ofHashes, imported);
        return `${from === "." ? "." : `../${ofHashes.path}`}/${imported}`;
      },
    );
    bodies.set(path, Buffer.from(text));
  };
  add(ofProtocol, "proof.js");
  return [...bodies].map(([path, body]) => ({ path, body }));
};

/** The page where an account checks its leaf and path. */
export const proofPageRoutes = (): ReferenceRoute[] => [
  ...files.map(([path, file, contentType]) => ({
    path,
    contentType,
    body: readFileSync(new URL(file, folder)),
    csp: CSP,
  })),
  ...moduleRoutes().map((route) => ({ ...route, contentType: JAVASCRIPT, csp: CSP })),
];
