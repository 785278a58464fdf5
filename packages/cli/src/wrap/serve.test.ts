import { cpSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { connect, credentialsOf, HubError } from "@coinholder/client";
import { DatabaseSync } from "@photostructure/sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openCallNotes } from "./call-notes.ts";
import {
  FORM,
  JSON_BODY,
  lost,
  newFolder,
  SECRET,
  type Served,
  type Small,
  serve,
  signedCall,
  smallExchange,
} from "./testing.ts";

let small: Small;
let folder: ReturnType<typeof newFolder>;
let at: Served;

beforeEach(async () => {
  small = smallExchange();
  folder = newFolder();
  at = await serve(small, folder.data);
});
afterEach(async () => {
  await at.close();
  folder.remove();
});
const restart = async (): Promise<void> => {
  await at.close();
  at = await serve(small, folder.data);
};

const ORDER = { trade_amt: "65", trade_cur: "USD", for_amt: "0.001", for_cur: "BTC" };
const times = (name: string): number => small.asked.filter((one) => one === name).length;

describe("it speaks the protocol", () => {
  test("the overview is of this server, with what the exchange has", async () => {
    const overview = await (await fetch(`${at.url}/api/overview.js`)).json();
    expect(overview).toMatchObject({
      req_url: `${at.url}/api/(function_name)`,
      req_method: "POST",
      post_body_encoding: FORM,
      req_authentication_type: 2,
      name: "Small",
      supported_functions: ["my-balance", "ticker", "place-order", "my-open-orders", "send-btc", "batch"],
    });
    const described = (await (await fetch(`${at.url}/api/openapi.json`)).json()) as { paths: object };
    expect(Object.keys(described.paths)).toContain("/api/place-order");
    expect(Object.keys(described.paths)).not.toContain("/api/create-account");
  });

  test("the client of any hub uses it", async () => {
    const { account, authkey } = at.key;
    const hub = await connect(at.url, credentialsOf(account, authkey));
    expect((await hub.call("my-balance")).available).toEqual({ btc: "1.5" });
    expect(await hub.call("place-order", ORDER)).toMatchObject({ oid: "o1", state: "open" });
    expect((await hub.call("my-open-orders")).orders[0]).toMatchObject({ oid: "o1" });
    await expect(hub.call("create-account")).rejects.toMatchObject({ code: "function_unknown" });
  });

  test("form and JSON, POST and GET; a body that is too long, and other methods, are refused", async () => {
    expect((await signedCall(at, "my-balance", {}, { type: JSON_BODY })).status).toBe(200);
    expect((await signedCall(at, "my-balance", {}, { method: "GET" })).status).toBe(200);
    expect((await signedCall(at, "my-balance", {}, { type: "text/plain" })).code).toBe(
      "content_type_unsupported",
    );
    expect((await signedCall(at, "place-order", { ...ORDER, trade_amt: "9".repeat(70_000) })).code).toBe(
      "body_too_large",
    );
    expect((await signedCall(at, "place-order", { ...ORDER, strange: "1" })).code).toBe("param_unknown");
    expect((await signedCall(at, "place-order", { ...ORDER, post_only: "maybe" })).code).toBe(
      "param_invalid",
    );
    expect((await fetch(`${at.url}/api/my-balance`, { method: "DELETE" })).status).toBe(405);
    expect((await fetch(`${at.url}/api/my-balance`, { method: "OPTIONS" })).status).toBe(204);
    expect((await fetch(`${at.url}/nowhere`)).status).toBe(404);
    expect((await signedCall(at, "my-trades")).code).toBe("function_unknown");
  });

  test("a batch carries out its calls in order, each on its own", async () => {
    const calls = [
      { function: "my-balance" },
      { function: "place-order", params: { ...ORDER, client_id: "b1" } },
      { function: "place-order", params: { ...ORDER, client_id: "b1" } },
      { function: "my-trades" },
      { function: "batch", params: { calls: [] } },
    ];
    const { body } = await signedCall(at, "batch", { calls: JSON.stringify(calls) });
    expect(body.results).toMatchObject([
      { available: { btc: "1.5" } },
      { oid: "o1" },
      { oid: "o1" },
      { error: { code: "function_unknown" } },
      { error: { code: "param_invalid" } },
    ]);
    expect(times("place-order")).toBe(1);
  });
});

describe("only the holder of its key gets in", () => {
  test("the key's file and what is beside it are its owner's", () => {
    expect(statSync(join(folder.data, "authkey.json")).mode & 0o777).toBe(0o600);
  });

  test("a call without a signature, with a wrong one, for another function or account, with a password", async () => {
    const plain = await fetch(`${at.url}/api/my-balance`, { method: "POST" });
    expect(await plain.json()).toMatchObject({ error: { code: "authentication_missing" } });
    const wrong = Buffer.alloc(32).toString("base64");
    expect((await signedCall(at, "my-balance", {}, { signature: wrong })).code).toBe("authentication_failed");
    const { account, authkey } = at.key;
    const other = { ...at, key: { account, authkey: { ...authkey, token: "ak-aaaaaaaaaaaaaaaa" } } };
    expect((await signedCall(other, "my-balance")).code).toBe("authentication_failed");
    const stranger = { ...at, key: { account: "ac-aaaaaaaaaaaaaaaa", authkey } };
    expect((await signedCall(stranger, "my-balance")).code).toBe("authentication_failed");
    const password = await fetch(`${at.url}/api/my-balance`, {
      method: "POST",
      body: new URLSearchParams({ name: account, pass: "x" }),
    });
    expect(await password.json()).toMatchObject({ error: { code: "authentication_missing" } });
    expect(small.asked).toEqual([]);
  });

  test("a call is not played twice, nor long after", async () => {
    const call = { random: "same", nonceMs: Date.now() };
    expect((await signedCall(at, "my-balance", {}, call)).status).toBe(200);
    expect((await signedCall(at, "my-balance", {}, call)).code).toBe("nonce_used");
    for (const ahead of [-90_000, 90_000]) {
      const { code } = await signedCall(at, "my-balance", {}, { nonceMs: Date.now() + ahead });
      expect(code).toBe("nonce_stale");
    }
  });

  test("after a restart no call from before is played again, also one signed by a clock that is ahead", async () => {
    const t = Date.now();
    const payment = { to_btc_address: "bc1q", amount: "1" };
    expect((await signedCall(at, "send-btc", payment, { nonceMs: t + 20_000 })).status).toBe(200);
    await restart();
    for (const nonceMs of [t, t + 20_000]) {
      const { code, body } = await signedCall(at, "send-btc", payment, { nonceMs });
      expect(code).toBe("nonce_stale");
      expect((body.error as { now: number }).now).toBe(t + 20_001);
    }
    expect(times("send-btc")).toBe(1);
    // Our own client sets its clock by the answer.
    const hub = await connect(at.url, credentialsOf(at.key.account, at.key.authkey));
    expect((await hub.call("my-balance")).available).toEqual({ btc: "1.5" });
  });

  test("public data are for all, but not without end", async () => {
    const ask = () => fetch(`${at.url}/api/ticker?market=BTC/USD`);
    expect((await ask()).status).toBe(200);
    let refused: Response | undefined;
    for (let i = 0; i < 500 && refused === undefined; i++) {
      const answer = await ask();
      if (answer.status !== 200) refused = answer;
    }
    expect(await refused?.json()).toMatchObject({ error: { code: "rate_limited" } });
    expect(refused?.headers.get("retry-after")).toMatch(/^[0-9]+$/);
    expect((await signedCall(at, "ticker", { market: "BTC/USD" })).status).toBe(200);
  });

  test("one process at a time serves from a folder", async () => {
    await expect(serve(small, folder.data)).rejects.toMatchObject({ code: "data_in_use" });
  });
});

describe("what has a client_id is done once", () => {
  const order = (params = {}) => signedCall(at, "place-order", { ...ORDER, client_id: "mine", ...params });

  test("a retry has the first answer, also after a restart; other parameters are refused", async () => {
    const first = await order();
    expect(first.body).toMatchObject({ oid: "o1" });
    expect((await order()).body).toEqual(first.body);
    expect((await order({ trade_amt: "66" })).code).toBe("client_id_conflict");
    await restart();
    expect((await order()).body).toEqual(first.body);
    expect((await order({ trade_amt: "66" })).code).toBe("client_id_conflict");
    expect(times("place-order")).toBe(1);
    expect((await order({ client_id: "other" })).body).toMatchObject({ oid: "o2" });
  });

  test("two at the same time are one, and another by the same id is refused", async () => {
    let go = (): void => {};
    small.told.before = () =>
      new Promise((resolve) => {
        go = resolve;
      });
    const both = [order(), order()];
    await expect.poll(() => times("place-order")).toBe(1);
    await expect.poll(async () => (await order({ trade_amt: "66" })).code).toBe("client_id_conflict");
    go();
    const [a, b] = await Promise.all(both);
    expect(a?.body).toMatchObject({ oid: "o1" });
    expect(b?.body).toEqual(a?.body);
    expect(times("place-order")).toBe(1);
  });

  test("a refusal is not kept", async () => {
    small.told.before = async () => {
      throw new HubError("insufficient_funds", "Not enough.", {
        status: 409,
        particulars: { available: "1" },
      });
    };
    expect((await order()).body).toEqual({
      error: { code: "insufficient_funds", message: "Not enough.", available: "1" },
    });
    small.told.before = async () => {};
    expect((await order({ trade_amt: "66" })).body).toMatchObject({ oid: "o1" });
  });

  test("an order whose answer was lost is found among the open ones, and not placed again", async () => {
    small.told.after = async () => {
      throw lost();
    };
    const cut = await order();
    expect(cut).toMatchObject({ status: 503, code: "outcome_unknown" });
    expect(cut.body).toMatchObject({ error: { client_id: "mine", reason: "connection_lost" } });
    small.told.after = async () => {};
    expect((await order({ trade_amt: "66" })).code).toBe("client_id_conflict");
    const found = await order();
    expect(found.body).toEqual({ oid: "o1", filled_trade_amt: "0", filled_for_amt: "0", state: "open" });
    expect(times("place-order")).toBe(1);
    small.orders.length = 0;
    expect((await order()).body).toEqual(found.body);
  });

  test("what was begun before a crash and is not to be found stays unknown, and is never sent again", async () => {
    small.told.after = async () => {
      throw lost();
    };
    const send = () => signedCall(at, "send-btc", { to_btc_address: "bc1q", amount: "1", client_id: "rent" });
    expect((await send()).code).toBe("outcome_unknown");
    expect((await order()).code).toBe("outcome_unknown");
    small.orders.length = 0;
    await restart();
    for (const again of [send, send, order]) {
      const { body, status } = await again();
      expect(status).toBe(503);
      expect(body).toMatchObject({ error: { code: "outcome_unknown", client_id: expect.any(String) } });
    }
    expect(times("send-btc")).toBe(1);
    expect(times("place-order")).toBe(1);
  });

  test("it is noted before it goes out", async () => {
    let noted: unknown;
    const { data } = folder;
    small.told.before = async () => {
      // As after a crash at this moment.
      cpSync(data, `${data}-copy`, { recursive: true });
      const db = new DatabaseSync(join(`${data}-copy`, "calls.db"));
      noted = db.prepare("SELECT fn, client_id, answer FROM call").get();
      db.close();
    };
    await order();
    expect(noted).toEqual({ fn: "place-order", client_id: "mine", answer: null });
    rmSync(`${data}-copy`, { recursive: true });
  });

  test("after thirty days it is forgotten", async () => {
    await at.close();
    const DAY_MS = 24 * 3_600_000;
    const notes = openCallNotes(folder.data);
    const t = 1_795_348_800_000;
    notes.begin({ fn: "send-btc", clientId: "old", params: "x" }, t);
    notes.begin({ fn: "send-btc", clientId: "newer", params: "x" }, t + 5 * DAY_MS);
    notes.begin({ fn: "send-btc", clientId: "new", params: "x" }, t + 31 * DAY_MS);
    expect(notes.find("send-btc", "old")).toBeUndefined();
    expect(notes.find("send-btc", "newer")).toEqual({ params: "x", answer: undefined });
    notes.close();
    at = await serve(small, folder.data);
  });
});

describe("the exchange's failures in a hub's words", () => {
  const fails = (error: unknown) => {
    small.told.before = async () => {
      throw error;
    };
  };

  test.each([
    ["authentication_failed", "permission_denied", 403],
    ["authkey_expired", "permission_denied", 403],
    ["nonce_stale", "overloaded", 503],
    ["hub_unreachable", "overloaded", 503],
    ["rate_limited", "rate_limited", 429],
    ["withdrawals_halted", "withdrawals_halted", 409],
  ])("%s of the exchange is told as %s", async (of, code, status) => {
    fails(new HubError(of, "The exchange says so.", { status: 401 }));
    expect(await signedCall(at, "send-btc", { to_btc_address: "bc1q", amount: "1" })).toMatchObject({
      code,
      status,
    });
  });

  test("a reading that failed has no unknown outcome; our own failure halfway has one", async () => {
    fails(lost());
    expect(await signedCall(at, "my-balance")).toMatchObject({ code: "overloaded", status: 503 });
    fails(new TypeError("of ours"));
    expect(await signedCall(at, "place-order", ORDER)).toMatchObject({
      code: "outcome_unknown",
      status: 503,
    });
    expect(await signedCall(at, "my-balance")).toMatchObject({ code: "internal", status: 500 });
  });

  test("the exchange's keys are in no answer and no log", async () => {
    const encoded = encodeURIComponent(SECRET);
    fails(
      new HubError("internal", `GET https://x.example/?secret=${encoded} ${SECRET} failed`, {
        unknown: true,
        particulars: { url: `https://x.example/${encoded}`, list: [SECRET] },
      }),
    );
    const answers = [
      await signedCall(at, "place-order", ORDER),
      await signedCall(at, "my-balance"),
      await signedCall(at, "batch", { calls: [{ function: "my-balance" }] }, { type: JSON_BODY }),
    ];
    const told = JSON.stringify([answers, at.lines]);
    expect(told).toContain("(secret)");
    expect(at.lines.length).toBeGreaterThan(0);
    for (const secret of [SECRET, encoded, at.key.authkey.key]) expect(told).not.toContain(secret);
  });
});

test("a stop waits for the calls under way", async () => {
  let go = (): void => {};
  small.told.before = () =>
    new Promise((resolve) => {
      go = resolve;
    });
  const order = signedCall(at, "place-order", { ...ORDER, client_id: "last" });
  await expect.poll(() => times("place-order")).toBe(1);
  const closed = at.close();
  go();
  expect((await order).body).toMatchObject({ oid: "o1" });
  await closed;
  small.told.before = async () => {};
  at = await serve(small, folder.data);
  expect((await signedCall(at, "place-order", { ...ORDER, client_id: "last" })).body).toMatchObject({
    oid: "o1",
  });
  expect(times("place-order")).toBe(1);
});
