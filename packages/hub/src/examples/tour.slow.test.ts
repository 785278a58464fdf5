import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { must, startTestHub, type TestHub } from "../testing/harness.ts";
import { FOREIGN, type Foreign, foreignAccount, startForeign } from "./foreign.ts";
import { runExample } from "./run.ts";

// The same script, unchanged, on our hub, on hubs that know the seed alone, on Mt Gox's API and on an exchange of ccxt.

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub({ mtgox: true });
});
afterAll(() => hub.end());

const PASS = "correct horse battery";

const customer = async (name: string) => {
  const { account, authkey } = await must(hub.url, "create-account", { name, pass: PASS });
  const to_account = account;
  const money = { to_account, currency: "USD", amount: "1000.00", reference: "bank", client_id: name };
  await must(hub.url, "operator-credit", money, hub.operator);
  return { account, token: authkey.token, key: authkey.key! };
};

const expectTour = async (url: string, env: Record<string, string>, order = /0\.39 USD for 1\.05 BTC/) => {
  const { code, out, err } = await runExample("tour.mjs", [url], env);
  expect({ code, err, out }).toMatchObject({ code: 0, err: "" });
  expect(out).toMatch(/^hub: .+, with [0-9]+ functions$/m);
  expect(out).toMatch(/^available: [0-9.]+ USD$/m);
  expect(out).toMatch(/^address: \S{20,}$/m);
  expect(out).toMatch(
    new RegExp(`^placed: ${order.source}, order \\S+\nopen: true\ncancelled: true\n$`, "m"),
  );
};

test("our hub", async () => {
  const { token, key, account } = await customer("carol");
  await expectTour(hub.url, { TOKEN: token, KEY: key, ACCOUNT: account });
  const { available, held } = await must(hub.url, "my-balance", {}, { token, key });
  expect({ available, held }).toMatchObject({ available: { usd: "1000.00" } });
});

test.each(Object.keys(FOREIGN) as Foreign[])("a hub written from the seed alone: %s", async (name) => {
  const foreign = await startForeign(name);
  try {
    await expectTour(foreign.url, await foreignAccount(name, foreign.url));
  } finally {
    foreign.close();
  }
});

test("the Mt Gox API", async () => {
  await customer("mark");
  await expectTour(`mtgox:${hub.url}`, { NAME: "mark", PASS });
});

test("an exchange of ccxt, with credentials from a file that only its owner can read", async () => {
  const path = new URL("../../../client/dist/ccxt/testing.js", import.meta.url).href;
  const kraken = await (await import(path)).startKraken();
  const folder = mkdtempSync(join(tmpdir(), "coinholder-tour-"));
  try {
    const file = join(folder, "kraken.json");
    const content = JSON.stringify({ credentials: kraken.keys, options: { ccxt: kraken.ccxt } });
    writeFileSync(file, content, { mode: 0o600 });
    await expectTour("ccxt:kraken", { CREDENTIALS: file }, /6\.5 USD for 0\.001 BTC/);
  } finally {
    await kraken.close();
    rmSync(folder, { recursive: true });
  }
});

test("credentials that others can read, a stranger's key and no hub at all end it with a reason", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-tour-"));
  const file = join(folder, "open.json");
  writeFileSync(file, "{}", { mode: 0o644 });
  const open = await runExample("tour.mjs", [hub.url], { CREDENTIALS: file });
  expect(open).toMatchObject({ code: 1, err: expect.stringContaining("others can read") });
  rmSync(folder, { recursive: true });
  const stranger = await runExample("tour.mjs", [hub.url], { TOKEN: "ak-aaaaaaaaaaaaaaaa", KEY: "AAAA" });
  expect(stranger).toMatchObject({ code: 1, err: expect.stringContaining("authentication_failed") });
  const gone = await startForeign("wren");
  gone.close();
  const nowhere = await runExample("tour.mjs", [gone.url], { TOKEN: "a", KEY: "AAAA" });
  expect(nowhere).toMatchObject({ code: 1, err: expect.stringContaining("hub_unreachable") });
});
