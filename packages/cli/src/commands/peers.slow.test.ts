import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { functions } from "@coinholder/protocol";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandLine, keyOf, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
const run = (...words: string[]) => at.run(["peers", ...words], { env: { COINHOLDER_HUB: hub.url } });

beforeEach(async () => {
  at = commandLine();
  hub = await startSmallHub(({ name }) => ({
    answer: functions[name as keyof typeof functions].example.answer,
  }));
  mkdirSync(join(at.folder, "data"));
  writeFileSync(join(at.folder, "data", "operator-authkey.json"), JSON.stringify(keyOf(77)), { mode: 0o600 });
});
afterEach(async () => {
  await hub.close();
  at.remove();
});

test("peers and identities as tables; --json has all of the answer", async () => {
  const { code, err, out } = await run();
  expect([code, err]).toEqual([0, ""]);
  expect(out).toMatch(/https:\/\/x\.example +up +.*yes +0 +412 +1 \(invoice_withdrawn\) +Gx3k/);
  expect(out).toMatch(/Gx3k[^ ]+ +0\.50 +0\.12 +0\.01 +30 of 31 +0 +0 +.*identity\.js/);
  expect(out).toMatch(/0\.01 BTC credited before it confirms, of 2\.00 at most/);
  expect(JSON.parse((await run("--json")).out)).toEqual(functions["operator-peers"].example.answer);
});

test("a ceiling of one identity or of all together; nothing in between", async () => {
  const key = functions["operator-set-line"].example.request.identity as string;
  expect((await run("line", key, "0.5")).out).toContain(`Of ${key} at most 0.5 BTC`);
  expect((await run("line", "--total", "2")).out).toContain("Of all identities together at most 2 BTC");
  expect((await run("line", key, "0")).code).toBe(0);
  expect(hub.asked.map(({ params }) => [params.identity, params.ceiling])).toEqual([
    [key, "0.5"],
    [undefined, "2"],
    [key, "0"],
  ]);
  for (const words of [["line"], ["line", key], ["line", key, "x"], ["line", key, "1", "--total", "2"]])
    expect((await run(...words)).code, words.join(" ")).toBe(2);
  expect(hub.asked).toHaveLength(3);
});

test("a key for a peer may tell of invoices for the operator's account, and is written where only its owner reads it", async () => {
  const file = join(at.folder, "key.json");
  const { code, err, out } = await run("key", "https://x.example", "--out", file);
  expect([code, err]).toEqual([0, ""]);
  const { account } = keyOf(77);
  const { params } = hub.asked[0]!;
  expect(params.label).toBe("https://x.example");
  expect(JSON.parse(params.permissions!)).toEqual([
    [account, "broadcast-invoice"],
    [account, "withdraw-invoice"],
  ]);
  const kept = JSON.parse(readFileSync(file, "utf8"));
  expect(kept).toEqual({
    account,
    authkey: { type: "hmac-sha256", token: kept.authkey.token, key: kept.authkey.key },
  });
  expect(out).not.toContain(kept.authkey.key);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  // Never over another file, and then no key is made.
  expect((await run("key", "https://y.example", "--out", file)).code).toBe(1);
  expect(hub.asked).toHaveLength(1);
});
