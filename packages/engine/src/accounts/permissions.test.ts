import type { PermissionPair } from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import type { CreateAuthkey } from "../command.ts";
import { at, type Owner, sat, type TestHub, testHub, testKey } from "../testing.ts";
import { keysOf } from "./keyring.ts";

const makeKey = (
  by: Owner | { calls: Owner["calls"] },
  token: string,
  pairs: readonly PermissionPair[],
  more: Partial<CreateAuthkey> = {},
): CreateAuthkey => ({
  kind: "create-authkey",
  by: by.calls("create-authkey"),
  key: testKey(token),
  pairs,
  ...more,
});
/** The same account, called with another key. */
const withKey = (owner: Owner, token: string): Owner => ({
  ...owner,
  token,
  calls: (fn, more = {}) => ({ token, account: owner.id, fn, ...more }),
});
const change = (
  by: Owner,
  token: string,
  add: readonly PermissionPair[],
  remove: readonly PermissionPair[] = [],
) =>
  ({ kind: "change-permissions", by: by.calls("change-authkey-permissions"), token, add, remove }) as const;
const revoke = (by: Owner, token: string) =>
  ({ kind: "revoke-authkey", by: by.calls("revoke-authkey"), token }) as const;
const two = (): { hub: TestHub; anna: Owner; bert: Owner } => {
  const hub = testHub();
  return { hub, anna: hub.account("anna"), bert: hub.account("bert") };
};

describe("what a key may give", () => {
  test("a key cannot give what it does not hold: of another account, or more than its own part", () => {
    const { hub, anna, bert } = two();
    expect(hub.refused(makeKey(anna, "k", [[bert.id, "my-balance"]]))).toBe("permission_denied");
    hub.done(
      makeKey(anna, "till", [
        [anna.id, "create-authkey"],
        [anna.id, "new-invoice"],
      ]),
    );
    const till = withKey(anna, "till");
    expect(hub.refused(makeKey(till, "k", [[anna.id, "all"]]))).toBe("permission_denied");
    expect(hub.refused(makeKey(till, "k", [[anna.id, "send-btc"]]))).toBe("permission_denied");
    hub.done(makeKey(till, "k", [[anna.id, "new-invoice"]]));
  });

  test("`all` is never an operator function, not even on the operator's account", () => {
    const { hub, anna } = two();
    expect(hub.refused(makeKey(anna, "k", [[anna.id, "operator-credit"]]))).toBe("permission_denied");
    hub.done(makeKey(hub.operator, "all-only", [[hub.operator.id, "all"]]));
    const allOnly = withKey(hub.operator, "all-only");
    const credit = { kind: "credit", to: anna.id, currency: "USD", amount: sat(1), reference: "" } as const;
    expect(hub.refused({ ...credit, by: allOnly.calls("operator-credit") })).toBe("permission_denied");
    expect(hub.refused(makeKey(allOnly, "k", [[hub.operator.id, "operator-credit"]]))).toBe(
      "permission_denied",
    );
    expect(hub.refused(change(allOnly, "all-only", [[hub.operator.id, "operator-credit"]]))).toBe(
      "permission_denied",
    );
  });

  test("`all` of one account is nothing on another", () => {
    const { hub, anna, bert } = two();
    const by = { token: anna.token, account: bert.id, fn: "send-btc" };
    expect(hub.refused({ kind: "send", by, address: "x", amount: sat(1), fee: sat(0) })).toBe(
      "permission_denied",
    );
  });

  test("a key with limits makes, changes and revokes no other keys: it would rid itself of its limits", () => {
    const { hub, anna } = two();
    hub.done(makeKey(anna, "limited", [[anna.id, "all"]], { limits: [["BTC", sat(5)]] }));
    const limited = withKey(anna, "limited");
    expect(hub.refused(makeKey(limited, "k", []))).toBe("permission_denied");
    expect(hub.refused(change(limited, anna.token, [[anna.id, "my-balance"]]))).toBe("permission_denied");
    expect(hub.refused(revoke(limited, anna.token))).toBe("permission_denied");
    hub.done(revoke(limited, "limited"));
  });

  test("a limit in a currency that the hub does not have is refused, and does not stop the hub", () => {
    const { hub, anna } = two();
    expect(hub.refused(makeKey(anna, "k", [], { limits: [["XXX", sat(5)]] }))).toBe("currency_unknown");
  });

  test("an unknown account in a pair, a used password, and the hundred-and-first key are refused", () => {
    const { hub, anna } = two();
    expect(hub.refused(makeKey(anna, "k", [["ac-nobody", "all"]]))).toBe("account_unknown");
    const key = { token: "p1", type: "password", secret: "hash" } as const;
    hub.done(makeKey(anna, "p1", [], { key }));
    expect(hub.refused(makeKey(anna, "p2", [], { key: { ...key, token: "p2" } }))).toBe("password_in_use");
    for (let i = 0; i < 98; i++) hub.done(makeKey(anna, `k${i}`, []));
    expect(hub.refused(makeKey(anna, "one too many", []))).toBe("authkey_limit_reached");
  });
});

describe("expiry", () => {
  test("a key works until it expires, and not at that moment", () => {
    const { hub, anna } = two();
    hub.done(makeKey(anna, "short", [[anna.id, "all"]], { expires: at(hub.t + 1000) }));
    const by = withKey(anna, "short").calls("cancel-all-orders");
    hub.t += 999;
    hub.done({ kind: "cancel-all", by });
    hub.t += 1;
    expect(hub.refused({ kind: "cancel-all", by })).toBe("authkey_expired");
  });

  test("a key makes or strengthens none that lives longer than itself", () => {
    const { hub, anna } = two();
    hub.done(makeKey(anna, "short", [[anna.id, "all"]], { expires: at(hub.t + 1000) }));
    const short = withKey(anna, "short");
    expect(hub.refused(makeKey(short, "k", [], { expires: at(hub.t + 1001) }))).toBe("expiry_too_late");
    expect(hub.refused(change(short, anna.token, [[anna.id, "my-balance"]]))).toBe("expiry_too_late");
    hub.done(makeKey(short, "child", [[anna.id, "all"]]));
    expect(hub.state.authkeys.get("child")!.expires).toBe(hub.t + 1000);
    expect(hub.refused(makeKey(anna, "past", [], { expires: at(hub.t) }))).toBe("param_invalid");
  });
});

describe("change and revoke", () => {
  test("what was added holds and what was removed does not; foreign keys appear in the account's list and go", () => {
    const { hub, anna, bert } = two();
    const listed = () => keysOf(hub.state, hub.state.accounts.byId.get(anna.id)!).map((key) => key.token);
    hub.done(change(anna, bert.token, [[anna.id, "cancel-all-orders"]]));
    expect(listed()).toEqual([anna.token, bert.token]);
    const by = { token: bert.token, account: anna.id, fn: "cancel-all-orders" };
    hub.done({ kind: "cancel-all", by });
    hub.done(change(anna, bert.token, [], [[anna.id, "cancel-all-orders"]]));
    expect(hub.refused({ kind: "cancel-all", by })).toBe("permission_denied");
    expect(listed()).toEqual([anna.token]);
  });

  test("a change leaves an account's keys in their order, so that a loaded state lists them as the live one", () => {
    const { hub, anna } = two();
    hub.done(makeKey(anna, "second", [[anna.id, "all"]]));
    hub.done(change(anna, anna.token, [[anna.id, "my-balance"]]));
    expect(keysOf(hub.state, hub.state.accounts.byId.get(anna.id)!).map((key) => key.token)).toEqual([
      anna.token,
      "second",
    ]);
  });

  test("a revoked key calls no more", () => {
    const { hub, anna } = two();
    hub.done(makeKey(anna, "gone", [[anna.id, "all"]]));
    hub.done(revoke(anna, "gone"));
    const by = withKey(anna, "gone").calls("cancel-all-orders");
    expect(hub.refused({ kind: "cancel-all", by })).toBe("authentication_failed");
    expect(hub.refused(revoke(anna, "gone"))).toBe("authkey_unknown");
  });

  test("a lesser key cannot revoke a greater one, nor tell a stranger's from none", () => {
    const { hub, anna, bert } = two();
    hub.done(makeKey(anna, "lesser", [[anna.id, "revoke-authkey"]]));
    expect(hub.refused(revoke(withKey(anna, "lesser"), anna.token))).toBe("permission_denied");
    expect(hub.refused(revoke(bert, anna.token))).toBe("authkey_unknown");
    hub.done(makeKey(anna, "empty", []));
    expect(hub.refused(revoke(bert, "empty"))).toBe("authkey_unknown");
  });

  test("a thief cannot make a stolen key unrevokable by giving it a pair of his own account", () => {
    const { hub, anna, bert: thief } = two();
    hub.done(makeKey(anna, "stolen", [[anna.id, "all"]]));
    hub.done(change(thief, "stolen", [[thief.id, "my-balance"]]));
    hub.done(revoke(anna, "stolen"));
    expect(hub.state.authkeys.has("stolen")).toBe(false);
    expect(keysOf(hub.state, hub.state.accounts.byId.get(thief.id)!).map((key) => key.token)).toEqual([
      thief.token,
    ]);
  });

  test("the owner of the operator account's `all` does not end a key with operator functions", () => {
    const { hub } = two();
    hub.done(makeKey(hub.operator, "all-only", [[hub.operator.id, "all"]]));
    expect(hub.refused(revoke(withKey(hub.operator, "all-only"), hub.operator.token))).toBe(
      "permission_denied",
    );
  });
});

describe("grants to the operator", () => {
  test("go to the key that has taken the first one's place, and starting does not fail when that was revoked", () => {
    const hub = testHub();
    const { operator } = hub;
    const every = ["all", "operator-credit", "operator-settle", "operator-registration"];
    hub.done(
      makeKey(
        operator,
        "helper",
        [
          [operator.id, "all"],
          [operator.id, "operator-credit"],
        ],
        { label: "operator" },
      ),
    );
    hub.done(
      makeKey(
        operator,
        "next",
        every.map((permission) => [operator.id, permission]),
      ),
    );
    hub.done(revoke(operator, operator.token));
    hub.done({ kind: "grant-operator", permissions: ["operator-new"] });
    const granted = [...hub.state.authkeys.values()].filter((key) =>
      key.pairs.some((pair) => pair.permission === "operator-new"),
    );
    expect(granted.map((key) => key.token)).toEqual(["next"]);
  });
});

describe("limits", () => {
  test("a key lets go of no more than its limit in a UTC day, and of nothing in a currency it does not name", () => {
    const { hub, anna, bert } = two();
    hub.t = Date.UTC(2026, 10, 22, 12);
    hub.deposit(anna, 1000);
    hub.credit(anna, "USD", 1000);
    hub.done(makeKey(anna, "limited", [[anna.id, "all"]], { limits: [["BTC", sat(100)]] }));
    const limited = withKey(anna, "limited");
    const to = hub.address(bert);
    const send = (amount: number) =>
      ({ kind: "send", by: limited.calls("send-btc"), address: to, amount: sat(amount) }) as const;
    expect(hub.refused(send(101))).toBe("limit_exceeded");
    hub.done(send(60));
    expect(hub.refused(send(41))).toBe("limit_exceeded");
    hub.done(send(40));
    // A fee by chain counts too.
    hub.t = Date.UTC(2026, 10, 22, 23, 59, 59, 999);
    const outside = { ...send(99), address: "elsewhere", fee: sat(2) };
    expect(hub.refused(outside)).toBe("limit_exceeded");
    hub.t += 1;
    expect(hub.refused(outside)).toBe("limit_exceeded");
    hub.done({ ...outside, amount: sat(98) });
    const fiat = { kind: "withdraw-fiat", currency: "USD", amount: sat(1), destination: "IBAN" } as const;
    expect(hub.refused({ ...fiat, by: limited.calls("withdraw-fiat") })).toBe("limit_exceeded");
  });
});

describe("accounts", () => {
  test("a name is taken once, and never that of one of the hub's own accounts", () => {
    const { hub } = two();
    const named = (name: string) =>
      ({ kind: "create-account", id: "ac-x", name, key: testKey("x") }) as const;
    expect(hub.refused(named("anna"))).toBe("name_taken");
    expect(hub.refused(named("operator"))).toBe("name_taken");
    expect(hub.refused(named("sys-hub"))).toBe("name_taken");
  });

  test("while registration is closed only a key that may register makes accounts", () => {
    const { hub, anna } = two();
    const by = hub.operator.calls("operator-registration");
    hub.done({ kind: "set-registration", by, open: false });
    const create = { kind: "create-account", id: "ac-x", key: testKey("x") } as const;
    expect(hub.refused(create)).toBe("registration_closed");
    expect(hub.refused({ ...create, by: anna.calls("create-account") })).toBe("registration_closed");
    hub.done({ ...create, by: hub.operator.calls("create-account") });
  });
});
