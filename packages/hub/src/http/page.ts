import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

/**
 * The page at `/`: the files that its build has written (packages/web/site), read once. Beside the larger ones stand their compressed
 * forms, `.br` and `.gz`; `paths.json` lists the paths that the page makes views of by itself.
 */

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webmanifest": "application/manifest+json",
};

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "media-src 'self'",
  "frame-ancestors 'none'",
  "form-action 'self'",
  "base-uri 'none'",
].join("; ");

const HEADERS = {
  "content-security-policy": CSP,
  "permissions-policy": "camera=(self), geolocation=(self), microphone=()",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  vary: "accept-encoding",
};

/** Names under assets/ hold a hash of what is in them. */
const FOR_EVER = "public, max-age=31536000, immutable";
const ASK_EACH_TIME = "no-cache";

interface SiteFile {
  readonly type: string;
  readonly etag: string;
  readonly caching: string;
  readonly plain: Buffer;
  readonly br?: Buffer;
  readonly gzip?: Buffer;
}

const readSiteFile = (folder: string, name: string): SiteFile => {
  const plain = readFileSync(join(folder, name));
  const compressed = (suffix: string): Buffer | undefined =>
    existsSync(join(folder, name + suffix)) ? readFileSync(join(folder, name + suffix)) : undefined;
  const br = compressed(".br");
  const gzip = compressed(".gz");
  return {
    type: TYPES[extname(name)]!,
    etag: `"${createHash("sha256").update(plain).digest("base64url").slice(0, 22)}"`,
    caching: name.startsWith("assets/") ? FOR_EVER : ASK_EACH_TIME,
    plain,
    ...(br ? { br } : {}),
    ...(gzip ? { gzip } : {}),
  };
};

const takes = (request: FastifyRequest, encoding: string): boolean =>
  new RegExp(`(?:^|[,\\s])${encoding}(?:\\s*;\\s*q=(?!0(?:\\.0*)?(?:,|$))[^,]*)?(?:,|$)`).test(
    String(request.headers["accept-encoding"] ?? ""),
  );

const sendBytes = (request: FastifyRequest, reply: FastifyReply, file: SiteFile): FastifyReply => {
  reply.headers({ ...HEADERS, "content-type": file.type });
  if (file.br && takes(request, "br")) return reply.header("content-encoding", "br").send(file.br);
  if (file.gzip && takes(request, "gzip")) return reply.header("content-encoding", "gzip").send(file.gzip);
  return reply.send(file.plain);
};

const send = (request: FastifyRequest, reply: FastifyReply, file: SiteFile): FastifyReply => {
  reply.headers({ "cache-control": file.caching, etag: file.etag });
  if (request.headers["if-none-match"] === file.etag) return reply.headers(HEADERS).code(304).send();
  return sendBytes(request, reply, file);
};

/** Where the build writes it; null where it was not built. */
export const siteFolder = (): string | null => {
  const folder = fileURLToPath(new URL("../site/", import.meta.resolve("@coinholder/web")));
  return existsSync(join(folder, "index.html")) ? folder : null;
};

/** Paths for programs (`/code` is Mt Gox's): they are answered in JSON, whoever asks. */
const FOR_PROGRAMS = /^\/(?:api|code)(?:\/|\?|$)/;

/** Whether somebody opened the address in a browser. */
const isOpened = ({ method, url, headers }: FastifyRequest): boolean =>
  method === "GET" && !FOR_PROGRAMS.test(url) && /\btext\/html\b/i.test(String(headers.accept ?? ""));

/** Answers a browser for a path that there is not, with the page, which says so; undefined for all others. */
export type AnswerMissing = (request: FastifyRequest, reply: FastifyReply) => FastifyReply | undefined;

/** Serves the page. Without one, `/` leads to the reference. */
export const servePage = (server: FastifyInstance, folder = siteFolder()): AnswerMissing => {
  if (folder === null) {
    server.get("/", (_request, reply) => reply.redirect("/api/docs"));
    return () => undefined;
  }
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .map((name) => name.replaceAll("\\", "/"))
    .filter((name) => Object.hasOwn(TYPES, extname(name)));
  for (const name of names) {
    if (name === "index.html") continue;
    const file = readSiteFile(folder, name);
    server.get(`/${name}`, (request, reply) => send(request, reply, file));
  }
  const page = readSiteFile(folder, "index.html");
  const paths: string[] = Object.values(JSON.parse(readFileSync(join(folder, "paths.json"), "utf8")));
  for (const path of paths) {
    server.get(path, (request, reply) => send(request, reply, page));
    if (path !== "/") server.get(`${path}/*`, (request, reply) => send(request, reply, page));
  }
  return (request, reply) =>
    isOpened(request)
      ? sendBytes(request, reply.code(404).header("cache-control", "no-store"), page)
      : undefined;
};
