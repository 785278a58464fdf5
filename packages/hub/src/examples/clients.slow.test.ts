import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { must, startTestHub, type TestHub } from "../testing/harness.ts";
import { FOREIGN, type Foreign, foreignAccount, startForeign } from "./foreign.ts";
import { example, runExample } from "./run.ts";

// Two clients that share no line with ours: curl and openssl, and Python's standard library.
// Python is found on every CI machine; where somebody works without it, its half is left out.
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const CLIENTS = ["call.sh", ...(hasPython || process.env.CI ? ["client.py"] : [])];

let hub: TestHub;
beforeAll(async () => {
  hub = await startTestHub();
});
afterAll(() => hub.end());

describe.each(CLIENTS)("%s", (client) => {
  const call = async (env: Record<string, string>, ...words: string[]) => {
    const { code, out, err } = await runExample(client, words, env);
    return {
      code,
      err,
      body: out.trim().startsWith("{") || out.trim().startsWith("[") ? JSON.parse(out) : out,
    };
  };

  test("makes an account on our hub, trades with it, and is told refusals", async () => {
    const nobody = { HUB: hub.url };
    const { account, authkey } = (await call(nobody, "create-account")).body;
    const env = { ...nobody, TOKEN: authkey.token, KEY: authkey.key, ACCOUNT: account };
    const credit = {
      to_account: account,
      currency: "USD",
      amount: "5.00",
      reference: "x",
      client_id: client,
    };
    await must(hub.url, "operator-credit", credit, hub.operator);
    expect(await call(env, "my-balance")).toMatchObject({ code: 0, body: { available: { usd: "5.00" } } });
    const order = ["trade_amt=0.39", "trade_cur=USD", "for_amt=1.05", "for_cur=BTC"];
    const { oid } = (await call(env, "place-order", ...order)).body;
    expect((await call(env, "my-open-orders")).body.orders).toMatchObject([{ oid }]);
    expect(await call(env, "cancel-order", `oid=${oid}`)).toMatchObject({ code: 0 });
    const memo = 'Käse & "Brot" = 3€ 😀 +%\\n@';
    const { invoice } = (await call(env, "new-invoice", "amount=0.001", `memo=${memo}`)).body;
    expect(invoice.info.memo).toBe(memo);
    const again = await call(env, "cancel-order", `oid=${oid}`);
    expect(again.code).toBe(1);
    expect(JSON.stringify(again)).toContain("order_unknown");
    expect(await call({ HUB: "http://127.0.0.1:1" }, "create-account")).not.toMatchObject({ code: 0 });
  });

  test("signs in by name and password", async () => {
    const pass = "over & out = 100%";
    const name = `py-${client.replace(".", "-")}`;
    await must(hub.url, "create-account", { name, pass });
    // Our overview says type 2 and takes both.
    expect(await call({ HUB: hub.url, NAME: name, PASS: pass }, "my-open-orders")).toMatchObject({
      code: 0,
      body: { orders: [] },
    });
  });

  test.each(Object.keys(FOREIGN) as Foreign[])(
    "works with a hub that knows the seed alone: %s",
    async (name) => {
      const foreign = await startForeign(name);
      try {
        const env = { HUB: foreign.url, ...(await foreignAccount(name, foreign.url)) };
        expect((await call(env, "my-balance")).body).toHaveProperty("available.btc");
        const order = ["trade_amt=0.39", "trade_cur=USD", "for_amt=1.05", "for_cur=BTC"];
        const { oid } = (await call(env, "place-order", ...order)).body;
        expect(JSON.stringify((await call(env, "my-open-orders")).body)).toContain(oid);
        expect(await call(env, "cancel-order", `oid=${oid}`)).toMatchObject({ code: 0 });
        expect(await call(env, "cancel-order", `oid=${oid}`)).toMatchObject({ code: 1 });
      } finally {
        foreign.close();
      }
    },
  );
});

test("the bash client leaves neither key nor password among the words of a program, which other users can read", async () => {
  const folder = mkdtempSync(join(tmpdir(), "coinholder-words-"));
  const log = join(folder, "words");
  for (const program of ["curl", "openssl", "od", "sed", "tr", "cat", "date"]) {
    const real = spawnSync("bash", ["-c", `command -v ${program}`], { encoding: "utf8" }).stdout.trim();
    writeFileSync(join(folder, program), `#!/bin/bash\nprintf '%s\\n' "$@" >>${log}\nexec ${real} "$@"\n`, {
      mode: 0o755,
    });
  }
  try {
    const { token, key } = await hub.newAccount();
    await must(hub.url, "create-account", { name: "words", pass: "a password of some length" });
    const env = { HUB: hub.url, PATH: `${folder}:${process.env.PATH}` };
    expect(await runExample("call.sh", ["my-balance"], { ...env, TOKEN: token, KEY: key })).toMatchObject({
      code: 0,
    });
    const byName = { ...env, NAME: "words", PASS: "a password of some length" };
    expect(await runExample("call.sh", ["my-balance"], byName)).toMatchObject({ code: 0 });
    const words = readFileSync(log, "utf8");
    expect(words).toContain("overview.js");
    for (const secret of [key, Buffer.from(key, "base64").toString("hex"), "password", "%70%61%73%73"])
      expect(words).not.toContain(secret);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.runIf(hasPython)("the Python client sets a wrong clock right by what the hub tells", async () => {
  const { token, key } = await hub.newAccount();
  const script = `
import sys, time
sys.path.insert(0, sys.argv[1])
import client
class Late:
    time = staticmethod(lambda: time.time() - 3600)
client.time = Late
hub = client.Hub(sys.argv[2], sys.argv[3], sys.argv[4])
print(hub.call("my-open-orders"))
`;
  const folder = example(".");
  const child = spawn("python3", ["-B", "-c", script, folder, hub.url, token, key]);
  let told = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      told += text;
    });
  await once(child, "close");
  expect(told).toBe("{'orders': []}\n");
});
