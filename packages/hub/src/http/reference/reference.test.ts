import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { decodeForm, decodeJson, signCall } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { referenceRoutes } from "./index.ts";

const { buildCall, curlLine, sign } = await import(
  new URL("../../../assets/reference/request.js", import.meta.url).href
);

const key = "cGxlYXNlIHVzZSAzMiByYW5kb20gYnl0ZXMgaGVyZS4=";
const credentials = { type: 2, account: "ac-7h2k5mq4x2v6b3tz", token: "ak-5c2r7wq6x4m5b3td", key };
const values = {
  memo: `"Käse" & 'Brot' = 3 € +%?`,
  limit: "5",
  calls: '[{"function":"my-balance","params":{}}]',
  open: "false",
};
const types = { memo: "string", limit: "integer", calls: "array", open: "boolean" };
const common = {
  url: "http://localhost:8420/api/new-invoice",
  fn: "new-invoice",
  values,
  types,
  now: 1_795_348_800_000,
};

const routes = new Map(referenceRoutes().map((route) => [route.path, route]));
const text = (path: string): string => routes.get(path)!.body.toString("utf8");

test("the page holds nothing inline and nothing from elsewhere, which its Content-Security-Policy would block", () => {
  const html = text("/api/docs");
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain("src=");
  for (const [path] of routes) expect(text(path), path).not.toMatch(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i);
  for (const { csp } of routes.values()) {
    expect(csp).toContain("default-src 'self'");
    expect(csp).not.toContain("unsafe");
  }
});

test("every file that the page asks for is served", () => {
  const asked = [...text("/api/docs").matchAll(/(?:href|src)="([^"#:]+)"/g)].map(([, path]) => path!);
  const imported = [...text("/api/docs/try.js").matchAll(/from "\.\/([^"]+)"/g)].map(
    ([, path]) => `docs/${path}`,
  );
  expect(asked.length + imported.length).toBeGreaterThanOrEqual(3);
  for (const path of [...asked, ...imported].filter((one) => one !== "openapi.json"))
    expect([...routes.keys()]).toContain(`/api/${path}`);
});

test("the browser signs as the protocol does", async () => {
  expect(await sign(key, "naïve ☕")).toBe(signCall(key, new TextEncoder().encode("naïve ☕")));
});

test.each(["form", "json", "get"])(
  "%s: the hub reads what was filled in, and the signature is over what is sent",
  async (how) => {
    const call = await buildCall({ ...common, how, credentials });
    const bytes: string = how === "get" ? call.url.slice(call.url.indexOf("?") + 1) : call.body;
    expect(call.headers["X-Signature"]).toBe(signCall(key, new TextEncoder().encode(bytes)));
    const decoded = how === "json" ? decodeJson(bytes) : decodeForm(bytes);
    expect("pairs" in decoded && Object.fromEntries(decoded.pairs)).toEqual({
      f: "new-invoice",
      account: credentials.account,
      nonce_ms: "1795348800000",
      nonce_random: expect.stringMatching(/^[0-9a-f]{32}$/),
      memo: values.memo,
      limit: how === "json" ? 5 : "5",
      calls: how === "json" ? JSON.parse(values.calls) : values.calls,
      open: how === "json" ? false : "false",
    });
  },
);

test("a call by password carries no headers of authentication, and one without credentials neither", async () => {
  const byPassword = await buildCall({
    ...common,
    how: "form",
    credentials: { type: 1, name: "alice", pass: "p&ss word" },
  });
  expect(new URLSearchParams(byPassword.body).get("pass")).toBe("p&ss word");
  const byNobody = await buildCall({ ...common, how: "form", credentials: { type: 0 } });
  for (const { headers } of [byPassword, byNobody]) expect(Object.keys(headers)).toEqual(["Content-Type"]);
});

test("the curl line that is shown gives curl exactly the call", async () => {
  const call = await buildCall({ ...common, how: "json", credentials });
  const { stdout } = await promisify(execFile)("bash", [
    "-c",
    `curl() { printf '%s\\0' "$@"; }\n${curlLine(call)}`,
  ]);
  expect(stdout.split("\0").slice(0, -1)).toEqual([
    call.url,
    ...Object.entries(call.headers).flatMap(([name, value]) => ["--header", `${name}: ${value}`]),
    "--data-binary",
    call.body,
  ]);
});
