import { readFileSync } from "node:fs";

/** A file of the page at /api/docs, ready to serve. */
export interface ReferenceRoute {
  readonly path: string;
  readonly contentType: string;
  readonly body: Buffer;
  /** Content-Security-Policy. */
  readonly csp: string;
}

// Seen from dist/http/reference.
const folder = new URL("../../../assets/reference/", import.meta.url);

// Nothing from other hosts, nothing inline, never in a frame. The empty icon is a data: URL.
const CSP =
  "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const files = [
  ["/api/docs", "index.html", "text/html; charset=utf-8"],
  ["/api/docs/style.css", "style.css", "text/css; charset=utf-8"],
  ["/api/docs/request.js", "request.js", "text/javascript; charset=utf-8"],
  ["/api/docs/try.js", "try.js", "text/javascript; charset=utf-8"],
] as const;

/** The page to read the reference and try the calls in. */
export const referenceRoutes = (): ReferenceRoute[] =>
  files.map(([path, file, contentType]) => ({
    path,
    contentType,
    body: readFileSync(new URL(file, folder)),
    csp: CSP,
  }));
