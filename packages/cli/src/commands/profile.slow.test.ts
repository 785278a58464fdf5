import { chmodSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { commandLine, keyOf, startSmallHub } from "../testing.ts";

let at: ReturnType<typeof commandLine>;
let hub: Awaited<ReturnType<typeof startSmallHub>>;
let other: Awaited<ReturnType<typeof startSmallHub>>;
beforeEach(async () => {
  at = commandLine();
  hub = await startSmallHub();
  other = await startSmallHub();
});
afterEach(async () => {
  await hub.close();
  await other.close();
  at.remove();
});
const run = (line: string, given: Parameters<typeof at.run>[1] = {}) => at.run(line.split(" "), given);

test("a profile is the hub and the key that signs; flag, environment and use choose between them", async () => {
  expect((await run("profile")).out).toContain("No profiles yet");
  expect(await run(`profile add shop --hub ${hub.url} --as alice`)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/It is in use[\s\S]*No key alice is kept/),
  });
  await run(`profile add else --hub ${other.url}`);
  const file = join(dirname(at.keys), "profiles.json");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(dirname(file)).mode & 0o777).toBe(0o700);

  await run("create-account --as alice");
  await run("create-account --as bob");
  expect((await run("my-balance")).code).toBe(0);
  expect(hub.asked.at(-1)).toMatchObject({ name: "my-balance", account: keyOf(1).account });
  await run("my-balance --as bob");
  expect(hub.asked.at(-1)?.account).toBe(keyOf(2).account);
  expect(hub.asked).toHaveLength(4);

  await run("ticker BTC/USD --profile else");
  await run("ticker BTC/USD", { env: { COINHOLDER_PROFILE: "else" } });
  await run("ticker BTC/USD", { env: { COINHOLDER_HUB: other.url } });
  await run("profile use else");
  await run("ticker BTC/USD");
  expect(other.asked.map(({ name }) => name)).toEqual(["ticker", "ticker", "ticker", "ticker"]);
  expect(hub.asked).toHaveLength(4);

  expect(JSON.parse((await run("profile list --json")).out)).toEqual({
    active: "else",
    profiles: [
      { name: "shop", hub: hub.url, as: "alice" },
      { name: "else", hub: other.url, as: null },
    ],
  });
  expect((await run("profile show shop")).out).toContain(hub.url);
  await run("profile remove else");
  expect((await run("profile show")).out).toContain("No profile is in use");
  expect(await run("ticker BTC/USD --profile else")).toMatchObject({
    code: 1,
    err: expect.stringContaining("profile_unknown"),
  });
  for (const wrong of [
    `ticker BTC/USD --profile shop --hub ${hub.url}`,
    "profile add x",
    `profile add shop --hub ${hub.url}`,
    `profile add 1st --hub ${hub.url}`,
    "profile add x --hub localhost:8420",
  ])
    expect(await run(wrong), wrong).toMatchObject({ code: 2, out: "" });
});

test("keys of exchanges and passwords come by standard input, are kept for their owner alone, and are not shown", async () => {
  const secret = "s3cr3t-of-the-exchange";
  const input = JSON.stringify({ apiKey: "k1", secret, more: 1 });
  const kept = await run("accounts add main --hub ccxt:kraken", { input });
  expect(kept).toMatchObject({ code: 0, err: "" });
  expect(kept.out).not.toContain(secret);
  expect(statSync(at.keys).mode & 0o777).toBe(0o600);
  await run("accounts add old --hub mtgox:https://x.example", { input: '{"name":"bob","pass":"pw"}' });
  expect(JSON.parse(readFileSync(at.keys, "utf8")).hubs).toEqual({
    "ccxt:kraken": { main: { apiKey: "k1", secret } },
    "mtgox:https://x.example": { old: { name: "bob", pass: "pw" } },
  });
  const bad = await run("accounts add next --hub ccxt:kraken", { input: JSON.stringify({ secret }) });
  expect(bad).toMatchObject({ code: 1, err: expect.stringContaining("keys_malformed") });
  expect(bad.err).not.toContain(secret);
});

test("a key file that others can read is not used, and how to mend it is said", async () => {
  await run(`create-account --as alice --hub ${hub.url}`);
  chmodSync(at.keys, 0o640);
  const refused = await run(`my-balance --hub ${hub.url}`);
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`chmod 600 ${at.keys}`) });
  expect(hub.asked).toHaveLength(1);
  chmodSync(at.keys, 0o600);
  expect(await run(`my-balance --hub ${hub.url}`)).toMatchObject({ code: 0 });
});
