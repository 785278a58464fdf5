import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Fastify, { type FastifyInstance } from "fastify";
import { afterAll, beforeAll, expect, test } from "vitest";
import { servePage } from "./page.ts";

const folder = mkdtempSync(join(tmpdir(), "coinholder-site-"));
let server: FastifyInstance;

beforeAll(() => {
  mkdirSync(join(folder, "assets"));
  const files = {
    "index.html": "<!doctype html>page",
    "index.html.br": "br of the page",
    "index.html.gz": "gzip of the page",
    "paths.json": JSON.stringify({ home: "/", wallet: "/wallet" }),
    "assets/page-abc.js": "plain",
    "assets/page-abc.js.gz": "gzip",
    "service-worker.js": "worker",
    "icon.png": "png",
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  server = Fastify();
  const answerMissing = servePage(server, folder);
  server.setNotFoundHandler(
    (request, reply) => answerMissing(request, reply) ?? reply.code(404).send({ missing: true }),
  );
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

const get = (url: string, headers: Record<string, string> = {}) =>
  server.inject({ method: "GET", url, headers });

test("the page is there at its own paths and below them, and nowhere else", async () => {
  for (const path of ["/", "/wallet", "/wallet/receive", "/wallet/history/t420"]) {
    const { statusCode, headers, body } = await get(path);
    expect([statusCode, headers["content-type"], body]).toEqual([
      200,
      "text/html; charset=utf-8",
      "<!doctype html>page",
    ]);
  }
  for (const path of [
    "/walletx",
    "/nothing",
    "/paths.json",
    "/index.html.br",
    "/assets/../paths.json",
    "/api/x",
  ])
    expect((await get(path)).statusCode, path).toBe(404);
});

const BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

test("who opens a mistyped path in a browser gets the page, as missing and under the same policy, and keeps nothing of it", async () => {
  const page = await get("/", { accept: BROWSER });
  const { statusCode, headers, body } = await get("/walet?x=1", {
    accept: BROWSER,
    "if-none-match": String(page.headers.etag),
  });
  expect([statusCode, body, headers["content-type"]]).toEqual([404, page.body, "text/html; charset=utf-8"]);
  expect(headers["content-security-policy"]).toBe(page.headers["content-security-policy"]);
  expect([headers["cache-control"], headers.etag]).toEqual(["no-store", undefined]);
});

test("programs, and all below /api, are told in JSON that there is nothing", async () => {
  const json = { missing: true };
  for (const accept of ["*/*", "application/json", ""]) {
    const answer = await get("/walet", { accept });
    expect([answer.statusCode, answer.json()]).toEqual([404, json]);
  }
  for (const path of ["/api", "/api/", "/api/my-balanc", "/api?x", "/code/nothing.php"]) {
    const answer = await get(path, { accept: BROWSER });
    expect([answer.statusCode, answer.json()], path).toEqual([404, json]);
  }
  const posted = await server.inject({ method: "POST", url: "/walet", headers: { accept: BROWSER } });
  expect([posted.statusCode, posted.json()]).toEqual([404, json]);
});

test("nothing inline, from elsewhere or in a frame: the policy comes with every file", async () => {
  for (const path of ["/", "/assets/page-abc.js", "/service-worker.js"]) {
    const { headers } = await get(path);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["permissions-policy"]).toContain("camera=(self)");
  }
});

test("names with a hash are kept for ever, all else is asked for again and not sent twice", async () => {
  expect((await get("/assets/page-abc.js")).headers["cache-control"]).toContain("immutable");
  for (const path of ["/", "/service-worker.js", "/icon.png"]) {
    const first = await get(path);
    expect(first.headers["cache-control"]).toBe("no-cache");
    const again = await get(path, { "if-none-match": String(first.headers.etag) });
    expect([again.statusCode, again.body]).toEqual([304, ""]);
  }
});

test.each([
  ["gzip, deflate, br, zstd", "br", "br of the page"],
  ["gzip", "gzip", "gzip of the page"],
  ["br;q=0, gzip;q=0.5", "gzip", "gzip of the page"],
  ["identity", undefined, "<!doctype html>page"],
  ["", undefined, "<!doctype html>page"],
])("for «%s» the page comes as %s", async (accepted, encoding, body) => {
  const answer = await get("/", { "accept-encoding": accepted });
  expect([answer.headers["content-encoding"], answer.body]).toEqual([encoding, body]);
  expect(answer.headers.vary).toBe("accept-encoding");
});

test("without a built page the way leads to the reference", async () => {
  const bare = Fastify();
  servePage(bare, null);
  const { statusCode, headers } = await bare.inject("/");
  expect([statusCode, headers.location]).toEqual([302, "/api/docs"]);
  await bare.close();
});
