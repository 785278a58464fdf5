import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { secretOf } from "./accounts/key-table.ts";
import { keysOf } from "./accounts/keyring.ts";
import { BrokenInvariant } from "./assert.ts";
import { built, free, mine, replaced, withdraw } from "./bitcoin/testing.ts";
import { listOf } from "./columns.ts";
import { dump } from "./dump.ts";
import { attach, ceiling, conflicted, IDENTITY, output } from "./lines/testing.ts";
import { load } from "./load.ts";
import type { State } from "./state.ts";
import { at, CONFIG, confirmations, sat, stateText, testHub } from "./testing.ts";

// A bit of everything.
const busy = () => {
  const hub = testHub();
  const [a, b] = [hub.account("anna"), hub.account()];
  for (const one of [a, b]) {
    hub.deposit(one, 1e9);
    hub.credit(one, "USD", 1e6);
  }
  hub.done({
    kind: "change-permissions",
    by: a.calls("change-authkey-permissions"),
    token: b.token,
    add: [[a.id, "my-balance"]],
    remove: [],
  });
  const limits = [["USD", sat(50)]] as const;
  hub.done({
    kind: "create-authkey",
    by: a.calls("create-authkey"),
    key: { token: "l", type: "password", secret: "h" },
    salt: "s",
    pairs: [[a.id, "all"]],
    limits,
    expires: at(hub.t + 1e6),
    label: "till",
  });
  const once = { once: ["c", "f"], nonce: [hub.t, "r"] } as const;
  hub.done({
    kind: "withdraw-fiat",
    by: { ...a.calls("withdraw-fiat", once), token: "l" },
    currency: "USD",
    amount: sat(7),
    destination: "IBAN",
  });
  hub.done(hub.order(a, 1e6, "BTC", 333, "USD"));
  hub.done(hub.order(a, 1e6, "BTC", 333, "USD"));
  hub.done(hub.order(b, 1e5, "USD", 3e6 + 7, "BTC"));
  hub.done({ kind: "amend-order", by: b.calls("amend-order"), order: 3, give: sat(2e5), want: sat(6e6) });
  hub.done({ kind: "send", by: b.calls("send-btc"), address: "outside", amount: sat(5), fee: sat(1) });
  hub.done({
    kind: "chain-mempool",
    appeared: [{ txid: "t", vout: 3, value: sat(9), address: hub.address(b) }],
    gone: [],
  });
  const invoice = {
    kind: "post-invoice",
    json: "{}",
    signature: "s",
    currency: "BTC",
    amount: sat(5),
    expires: at(hub.t + 60_000),
  } as const;
  hub.done({
    ...invoice,
    address: "own",
    by: a.calls("new-invoice"),
    index: hub.state.chain.nextReceive,
    posted: at(hub.t),
    lat: 1.5,
    lng: -0,
    random: "417",
  });
  hub.done({ ...invoice, address: "strange", stranger: true });
  hub.done({ ...invoice, address: "taken back" });
  hub.done({ kind: "withdraw-invoice", address: "taken back", until: at(hub.t + 60_000), signature: "s" });
  hub.done({ kind: "withdraw-invoice", address: "early", until: at(hub.t + 60_000) });
  const allow = { kind: "change-allowlist", by: b.calls("change-allowlist"), remove: [] } as const;
  hub.done({ ...allow, add: ["outside"], on: true });
  hub.done({ ...allow, add: ["other"], on: false });
  // A payment replaced and confirmed, one that cannot confirm, one under way, and what waits; all halted.
  for (let i = 0; i < 3; i++) hub.deposit(a, 5000);
  const waiting = [1, 2, 3].map(() => hub.done(withdraw(a, 1000, 10)).answer.transfer);
  const [first, second, third] = free(hub).slice(-3) as [string, string, string];
  hub.done(built(hub, "first", [waiting[0]], [first], 5, 3995));
  hub.done(replaced(hub, 1, "first again", [first], 6, 3994));
  mine(hub, 1, 1);
  hub.done(built(hub, "second", [waiting[1]], [second], 5, 3995));
  hub.block([], [[second, "thief"]]);
  hub.done(built(hub, "third", [waiting[2]], [third], 5, 3995));
  hub.done({ kind: "chain-address", branch: "change", index: 70, address: "stray" });
  hub.done({
    kind: "chain-mempool",
    appeared: [{ txid: "s", vout: 0, value: sat(8), address: "stray" }],
    gone: [],
  });
  return { hub, a, b };
};

test("what was loaded dumps to the same lines, and decides the same from there on", async () => {
  const { hub, a, b } = busy();
  const loaded = { ...testHub(), state: hub.state };
  const lines = [...dump(hub.state)];
  loaded.state = await load(lines);
  expect([...dump(loaded.state)]).toEqual(lines);

  const live = hub.state;
  for (const state of [live, loaded.state]) {
    hub.state = state;
    hub.done({ kind: "cancel-all", by: a.calls("cancel-all-orders") });
    hub.done(hub.order(a, 1e7, "BTC", 3, "USD"));
    const again = a.calls("withdraw-fiat", { once: ["c", "f"] });
    const retry = {
      kind: "withdraw-fiat",
      by: again,
      currency: "USD",
      amount: sat(7),
      destination: "IBAN",
    } as const;
    expect(hub.done(retry).effects).toEqual([]);
    const replayed = { token: "l", account: a.id, fn: "withdraw-fiat", nonce: [hub.t, "r"] } as const;
    expect(hub.refused({ ...retry, by: replayed })).toBe("nonce_used");
    expect(
      hub.refused({ ...retry, by: { token: "l", account: a.id, fn: "withdraw-fiat" }, amount: sat(44) }),
    ).toBe("limit_exceeded");
    hub.done({ kind: "cancel-all", by: b.calls("cancel-all-orders") });
    hub.undo();
    hub.undo();
    mine(hub, 1, 0);
    mine(hub, 3);
    for (let i = 0; i < 6; i++) hub.block();
  }
  const text = (state: State) => stateText(state).replace(/block [0-9]+/g, "block");
  expect(text(loaded.state)).toBe(text(live));
});

test("a dump that was cut off, is of another form or has strange lines is not taken", async () => {
  const { hub } = busy();
  const lines = [...dump(hub.state)];
  await expect(load(lines.slice(0, -1))).rejects.toThrow(BrokenInvariant);
  await expect(load([])).rejects.toThrow(BrokenInvariant);
  await expect(load(['["state",99]', ...lines.slice(1)])).rejects.toThrow("form 99");
  await expect(load([...lines.slice(0, -1), '["riddle"]', '["end"]'])).rejects.toThrow(BrokenInvariant);
});

// A hub loads its snapshot before it knows that it is whole: one that kept the loader busy would keep the hub from passing it over.
test("a dump with a flipped bit between two numbers ends its loading, in a state or in an error", async () => {
  const { hub } = busy();
  const lines = [...dump(hub.state)];
  let refused = 0;
  for (const [i, line] of lines.entries())
    for (const { index } of line.matchAll(/(?<=[0-9]),(?=[0-9])/g))
      for (const mark of [".", "-"]) {
        const flipped = line.slice(0, index) + mark + line.slice(index + 1);
        await load(lines.with(i, flipped)).catch(() => refused++);
      }
  expect(refused).toBeGreaterThan(0);
});

test.each([
  '["balances",null,[1.5],[0],[1],[0]]',
  '["balances",null,[0,0],[0],[1],[0]]',
  '["accounts",null,["a","b"],null,null,[1]]',
  '["accounts",null,["a","b"],["c"],null,[1,2]]',
  '["accounts",null,["a","a"],null,null,[1,2]]',
  '["authkeys",null,"abc",[0,1],"AAAA"]',
  '["authkeys",null,"abcd",[0,1],"AAAA"]',
  '["authkeys",null,["ab","cd"],[0,1],["AAAA"]]',
  '["nonces",1,"abc",[10000,10001],"ab"]',
  '["nonces",1,"ab",[10000,10001],["a"]]',
  '["nonces",1,"ab",[],""]',
  '["addresses","receive","abc",[2,2],[1,2]]',
  '["addresses","receive","ab",[2,2],[1]]',
  '["addresses","receive","ab",[2,2],[1,4294967297]]',
  '["balances",null,[-2],[0],[1],[0]]',
  '["balances",null,[2000000000],[0],[1],[0]]',
  '["balance",-2,0,1,0,0]',
  '["pending",7.5,0,1]',
  '["book",2000000000,0,0,0]',
])("of a damaged dump no account and no book is searched or made that cannot be: %s", async (line) => {
  const lines = [...dump(busy().hub.state)];
  await expect(load([...lines.slice(0, -1), line, '["end"]'])).rejects.toThrow(BrokenInvariant);
});

test.each(["1e999", "1e13", "-5", "2.5", "null", '"7"'])(
  "where a damaged dump tells a size of %s its loading ends all the same, in the right state or in an error",
  async (size) => {
    const lines = [...dump(busy().hub.state)];
    const at = lines.findIndex((line) => line.startsWith('["sizes"'));
    for (let i = 1; i <= 3; i++) {
      const sizes = JSON.parse(lines[at]!).map((one: unknown) => JSON.stringify(one));
      const loaded = await load(lines.with(at, `[${sizes.with(i, size)}]`)).catch(() => undefined);
      if (loaded) expect([...dump(loaded)]).toEqual(lines);
    }
  },
);

test("other hubs' transfers, what they are credited, options for them and payments to them survive a dump", async () => {
  const hub = testHub({ ...CONFIG, confirmations: confirmations(2), options: { most: 4, mostPerBuyer: 4 } });
  const [desk, till] = [hub.account("desk"), hub.account("till")];
  hub.credit(desk, "USD", 1e6);
  hub.deposit(till, 5000);
  hub.block();
  hub.done(ceiling(hub, 100_000, IDENTITY));
  hub.done(ceiling(hub, 50_000));
  hub.done({
    kind: "post-invoice",
    by: till.calls("new-invoice"),
    index: hub.state.chain.nextReceive,
    address: "invoice",
    json: "{}",
    signature: "s",
    currency: "USD",
    amount: sat(100),
    expires: at(hub.t + 60_000),
  });
  const buy = (id: string) =>
    ({
      kind: "sell-option",
      to: { identity: IDENTITY, url: "u" },
      id,
      issuer: "desk",
      address: "invoice",
      give: sat(500),
      giveCurrency: "BTC",
      want: sat(100),
      wantCurrency: "USD",
      premium: sat(0),
      expires: at(hub.t + 30_000),
      json: "{}",
      signature: "s",
    }) as const;
  for (const id of ["now", "later", "never"]) hub.done(buy(id));
  const exercising = (option: string, txid: string) => ({ kind: "attach-option", option, txid }) as const;
  hub.done(exercising("now", "a"));
  hub.done(attach([output("a", 600, "invoice")]));
  hub.done(exercising("later", "b"));
  hub.done(attach([output("b", 20_000, "invoice")]));
  const other = hub.address(till);
  hub.done(attach([output("c", 50, other)]));
  hub.block();
  conflicted(hub, "c", 1);
  const crossing = { hub_url: "https://y.example" };
  const { transfer } = hub.done(withdraw(till, 600, 20, { pledged: true, crossing })).answer;

  const lines = [...dump(hub.state)];
  for (const kind of ["lines", "identity", "attached", "crossing"])
    expect(lines.some((line) => line.startsWith(`["${kind}"`))).toBe(true);
  const loaded = await load(lines);
  expect([...dump(loaded)]).toEqual(lines);
  const live = hub.state;
  const top = hub.state.chain.recent.length;
  for (const state of [live, loaded]) {
    hub.state = state;
    hub.done(exercising("never", "a"));
    hub.block([output("a", 600, "invoice"), output("b", 20_000, "invoice")]);
    hub.block();
    hub.done({ kind: "crossing-told", transfer, identity: "credited" });
    hub.undo();
    hub.undo();
    hub.done(attach([output("d", 1, other)]));
    expect(hub.state.chain.recent.length).toBe(top);
  }
  const text = (state: State) => stateText(state).replace(/block [0-9]+/g, "block");
  expect(text(loaded)).toBe(text(live));
});

/** As programs wrote it whose columns were all lists, and which did not tell sizes. */
const asFormFive = (lines: readonly string[]): string[] =>
  lines.flatMap((line) => {
    const [kind, same, ...columns] = JSON.parse(line);
    if (kind === "sizes") return [];
    if (kind === "state") return JSON.stringify([kind, 5, ...columns]);
    if (!["accounts", "authkeys", "nonces", "addresses"].includes(kind)) return line;
    const { length } = columns.find((column: unknown) => Array.isArray(column));
    const lists = columns.map((column: unknown, i: number) => {
      if (column === null) return Array(length).fill(null);
      if (typeof column !== "string") return column;
      if (kind !== "authkeys" || i !== 2) return listOf(column, length);
      const bytes = Buffer.from(column, "base64");
      return Array.from({ length }, (_, i) => bytes.toString("base64", 32 * i, 32 * i + 32));
    });
    return JSON.stringify([kind, same, ...lists]);
  });

/** As programs before the columns wrote it: a line for each of what there are millions of. */
const asFormFour = (lines: readonly string[]): string[] =>
  asFormFive(lines).flatMap((line) => {
    const [kind, same, ...columns] = JSON.parse(line);
    const rows = (of: (...row: unknown[]) => unknown[]): string[] =>
      columns[0].map((_: unknown, i: number) =>
        JSON.stringify(of(...columns.map((column: unknown[]) => column[i]))),
      );
    if (kind === "state") return JSON.stringify([kind, 4, ...columns]);
    if (kind === "accounts") return rows((...row) => ["account", ...row]);
    if (kind === "balances") return rows((...row) => ["balance", ...row, 0]);
    if (kind === "pending")
      return JSON.stringify(["balance", same, columns[0], ...amounts(lines, same, columns)]);
    if (kind === "authkeys")
      return rows((token, home, secret) => [
        "authkey",
        { token, home, type: "hmac-sha256", secret, allOfHome: true, pairs: [] },
      ]);
    if (kind === "nonces") return rows((...row) => ["nonce", same, row.join(" ")]);
    if (kind === "addresses") return rows((...row) => ["address", ...row, same]);
    return line;
  });

const amounts = (lines: readonly string[], account: number, [currency, pending]: number[]): unknown[] => {
  for (const line of lines) {
    const [kind, , ...columns] = JSON.parse(line);
    if (kind !== "balances") continue;
    const at = columns[0].findIndex(
      (one: number, i: number) => one === account && columns[1][i] === currency,
    );
    if (at >= 0) return [columns[2][at], columns[3][at], pending];
  }
  throw new Error("what is pending has a balance");
};

test("dumps of the forms before are read: the same state comes of them", async () => {
  for (const { hub } of [busy(), usual()]) {
    const lines = [...dump(hub.state)];
    const [four, five] = [asFormFour(lines), asFormFive(lines)];
    expect(four.length).toBeGreaterThan(lines.length);
    expect(five.length).toBe(lines.length - 1);
    expect(four.some((line) => line.startsWith('["nonce",'))).toBe(true);
    for (const before of [four, five]) expect([...dump(await load(before))]).toEqual(lines);
  }
});

/** Accounts, keys and addresses of the shapes that a real hub gives them, more than a line has of a kind; and one key of another shape. */
const usual = () => {
  const hub = testHub();
  const id = (n: number): string => `${n}`.padStart(16, "z");
  const create = (n: number, secret: string): void => {
    const key = { token: `ak-${id(n)}`, type: "hmac-sha256", secret } as const;
    hub.done({ kind: "create-account", id: `ac-${id(n)}`, key });
    hub.done({
      kind: "new-address",
      by: {
        token: key.token,
        account: `ac-${id(n)}`,
        fn: "new-btc-address",
        nonce: [hub.t, `${n}`.padStart(16, "0")],
      },
      address: `bcrt1q${id(n)}`.padEnd(44, "q"),
      index: hub.state.chain.nextReceive,
    });
  };
  for (let n = 0; n < 2100; n++) create(n, createHash("sha256").update(`${n}`).digest("base64"));
  create(2100, "of another shape");
  return { hub };
};

test("of what there are millions of, texts of the usual shapes stand in one, and come back", async () => {
  const { hub } = usual();
  const lines = [...dump(hub.state)];
  const columnsOf = (kind: string): unknown[][] =>
    lines.map((line) => JSON.parse(line)).filter(([is]) => is === kind);
  expect(columnsOf("authkeys").map(([, , tokens, , secrets]) => [typeof tokens, typeof secrets])).toEqual([
    ["string", "string"],
    ["string", "string"],
    ["string", "object"],
  ]);
  for (const [, , tokens, , randoms] of columnsOf("nonces"))
    expect([typeof tokens, typeof randoms]).toEqual(["string", "string"]);
  expect(columnsOf("addresses").map(([, , addresses]) => typeof addresses)).toEqual(Array(3).fill("string"));
  const loaded = await load(lines);
  expect([...dump(loaded)]).toEqual(lines);
  for (const key of hub.state.authkeys.values()) {
    expect(loaded.authkeys.get(key.token)).toEqual(key);
    expect(secretOf(loaded.authkeys, key.token)).toBe(secretOf(hub.state.authkeys, key.token));
    const account = loaded.accounts.list[key.home]!;
    expect(keysOf(loaded, account).map(({ token }) => token)).toEqual([key.token]);
    expect(loaded.accounts.byId.get(account.id)).toBe(account);
  }
});
