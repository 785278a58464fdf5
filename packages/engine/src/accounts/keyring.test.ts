import { randomBytes } from "node:crypto";
import type { PermissionPair } from "@coinholder/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { NewKey } from "../command.ts";
import { dump } from "../dump.ts";
import { load } from "../load.ts";
import { type Owner, sat, stateText, testHub, testKey } from "../testing.ts";
import { MOST_AUTHKEYS, namedPairs } from "./authkeys.ts";
import { secretOf } from "./key-table.ts";
import { countOfKeys, keysOf } from "./keyring.ts";

/** A key in the plainest way: what it holds are texts. */
interface Plain {
  readonly home: string;
  readonly type: string;
  readonly secret: string;
  readonly label: string | undefined;
  holds: string[];
}

/** What the ring is held to: a Map, and for each account the list of its keys. */
const emptyTwin = () => {
  const keys = new Map<string, Plain>();
  const lists = new Map<string, string[]>();
  const concerned = ({ home, holds }: Plain): Set<string> =>
    new Set([home, ...holds.map((one) => one.split(" ")[0]!)]);
  const relist = (token: string, key: Plain | undefined): void => {
    const now = key === undefined ? new Set<string>() : concerned(key);
    for (const [id, list] of lists)
      if (!now.has(id))
        lists.set(
          id,
          list.filter((one) => one !== token),
        );
    for (const id of now) if (!lists.get(id)!.includes(token)) lists.get(id)!.push(token);
  };
  return { keys, lists, relist };
};

const SECRETS: readonly (() => string)[] = [
  () => randomBytes(32).toString("base64"),
  () => randomBytes(32).toString("base64"),
  // With bits that stand for nothing; of another length; no base64.
  () => `${randomBytes(32).toString("base64").slice(0, 42)}B=`,
  () => randomBytes(20).toString("base64"),
  () => "née à Paris",
];
const OPERATIONS = ["make", "give", "take", "end"] as const;
const PERMISSIONS = ["all", "my-balance", "send-btc"] as const;

type Step = readonly [(typeof OPERATIONS)[number] | "load", number, number, number, number];

const run = async (steps: readonly Step[]): Promise<{ moves: number }> => {
  const hub = testHub();
  const twin = emptyTwin();
  const owners: Owner[] = [];
  let moves = 0;
  let made = 0;
  const pairOf = (one: string): PermissionPair => one.split(" ") as [string, never];
  const make = (owner: Owner, key: NewKey, holds: string[], label?: string): void => {
    const { token, secret, type } = key;
    const plain: Plain = { home: owner.id, type, secret, label, holds };
    twin.keys.set(token, plain);
    twin.relist(token, plain);
  };
  for (let i = 0; i < 4; i++) {
    const owner = hub.account();
    owners.push(owner);
    twin.lists.set(owner.id, []);
    make(owner, testKey(owner.token), [`${owner.id} all`]);
  }
  const same = (): void => {
    const { accounts, authkeys } = hub.state;
    const idOf = (index: number): string => accounts.list[index]!.id;
    for (const [token, plain] of twin.keys) {
      const key = authkeys.get(token)!;
      expect([token, secretOf(authkeys, token)]).toEqual([token, plain.secret]);
      expect([key.token, key.type, key.label, idOf(key.home)]).toEqual([
        token,
        plain.type,
        plain.label,
        plain.home,
      ]);
      expect(
        namedPairs(key, idOf)
          .map((pair) => pair.join(" "))
          .sort(),
      ).toEqual([...plain.holds].sort());
    }
    expect([...authkeys.values()].slice(1).map(({ token }) => token)).toEqual([...twin.keys.keys()]);
    for (const [id, list] of twin.lists) {
      const account = accounts.byId.get(id)!;
      expect(keysOf(hub.state, account).map(({ token }) => token)).toEqual(list);
      expect(countOfKeys(account)).toBe(list.length);
    }
  };
  for (const [operation, a, b, c, d] of steps) {
    const owner = owners[a % owners.length]!;
    const tokens = [...twin.keys.keys()].filter((token) => !owners.some((one) => one.token === token));
    const token = tokens[b % Math.max(1, tokens.length)];
    const wished = `${owner.id} ${PERMISSIONS[c % PERMISSIONS.length]}`;
    if (operation === "make") {
      if (twin.lists.get(owner.id)!.length >= MOST_AUTHKEYS) continue;
      const length = [3, 19, 22, 23, 24, 40][b % 6]!;
      const type = d % 5 === 0 ? ("password" as const) : ("hmac-sha256" as const);
      const key = { token: `${++made}`.padEnd(length, "-"), type, secret: SECRETS[d % SECRETS.length]!() };
      const label = b % 7 === 0 ? "named" : undefined;
      const limits = b % 11 === 0 ? { limits: [["BTC", sat(5)] as const] } : {};
      const by = owner.calls("create-authkey");
      const labelled = label === undefined ? {} : { label };
      hub.many({ kind: "create-authkey", by, key, pairs: [pairOf(wished)], ...labelled, ...limits });
      make(owner, key, [wished], label);
    } else if (operation === "load") {
      const before = stateText(hub.state);
      hub.state = await load(dump(hub.state));
      expect(stateText(hub.state)).toBe(before);
    } else if (token === undefined) continue;
    else if (operation === "end") {
      const home = owners.find(({ id }) => id === twin.keys.get(token)!.home)!;
      const last = [...twin.keys.keys()].findLast((one) => one !== token)!;
      const place = hub.state.authkeys.placeOf(last);
      hub.many({ kind: "revoke-authkey", by: home.calls("revoke-authkey"), token });
      if (place !== hub.state.authkeys.placeOf(last)) moves++;
      twin.keys.delete(token);
      twin.relist(token, undefined);
      expect(hub.state.authkeys.get(token)).toBeUndefined();
      expect(secretOf(hub.state.authkeys, token)).toBeUndefined();
    } else {
      const plain = twin.keys.get(token)!;
      const pairs = [pairOf(wished)];
      const [add, remove] = operation === "give" ? [pairs, []] : [[], pairs];
      hub.many({ kind: "change-permissions", by: owner.calls("change-permissions"), token, add, remove });
      const others = plain.holds.filter((one) => one !== wished);
      plain.holds = operation === "give" ? [...others, wished] : others;
      twin.relist(token, plain);
    }
    hub.t++;
    if (hub.t % 5 === 0) same();
  }
  same();
  return { moves };
};

const KINDS = fc.oneof(
  { weight: 1, arbitrary: fc.constant("load" as const) },
  ...OPERATIONS.map((one) => ({
    weight: one === "make" || one === "end" ? 60 : 20,
    arbitrary: fc.constant(one),
  })),
);
const STEPS = fc.array(fc.tuple(KINDS, fc.nat(), fc.nat(), fc.nat(), fc.nat()), {
  size: "max",
  minLength: 1000,
  maxLength: 1000,
});

test("keys keep their own secret, permissions and place in each list, whatever comes and goes, and through a load", async () => {
  let moves = 0;
  await fc.assert(
    fc.asyncProperty(STEPS, async (steps) => {
      moves += (await run(steps)).moves;
    }),
    { numRuns: 4, seed: 417 },
  );
  expect(moves).toBeGreaterThan(3);
});

test("accounts that have no key any more are not gone through when others' keys come and go", () => {
  const hub = testHub();
  const [left, active] = [hub.account(), hub.account()];
  hub.done({ kind: "revoke-authkey", by: left.calls("revoke-authkey"), token: left.token });
  const { keys } = hub.state.accounts.byId.get(left.id)!;
  let looks = 0;
  Object.defineProperty(hub.state.accounts.byId.get(left.id)!, "keys", {
    get: () => {
      looks++;
      return keys;
    },
  });
  for (let n = 0; n < 200; n++) {
    const key = { token: `t${n}`, type: "hmac-sha256" as const, secret: "s" };
    hub.many({ kind: "create-authkey", by: active.calls("create-authkey"), key, pairs: [] });
    hub.many({ kind: "revoke-authkey", by: active.calls("revoke-authkey"), token: key.token });
  }
  expect(looks).toBe(0);
});
