import type { NewKey } from "@coinholder/engine";
import type { PermissionPair } from "@coinholder/protocol";
import { balanceOf, COLD, HUB, OPERATOR } from "../twin/twin.ts";
import {
  a,
  anyAccountId,
  anyCaller,
  callerNumber,
  fresh,
  ms,
  operatorCall,
  REGULARS,
  type Unstamped,
  type World,
  withOnce,
} from "./world.ts";

const PERMISSIONS = ["all", "send-btc", "place-order", "my-balance", "create-authkey", "revoke-authkey"];
export const OPERATORS = [
  "operator-credit",
  "operator-settle",
  "operator-registration",
  "operator-abandon-payout",
  "operator-halt",
  "operator-cold-address",
  "operator-set-line",
  "operator-publish-proof",
  "operator-rotate-identity",
];

/** Nearly always as the hub makes them: base64 of 32 bytes. */
const hmacSecret = (world: World): string => {
  const text = fresh(world, "secret");
  return text.endsWith("7") ? text : Buffer.from(text.padEnd(32, "-")).toString("base64");
};

export const newKey = (world: World, type: NewKey["type"] = "hmac-sha256"): NewKey => ({
  token: fresh(world, "ak"),
  type,
  // Passwords come again now and then.
  secret: type === "password" ? `hash-${world.random.below(6)}` : hmacSecret(world),
});

export const createAccount = (world: World): Unstamped => {
  const { random, twin } = world;
  const named = random.chance(0.3);
  const anew = named && random.chance(0.8);
  return {
    kind: "create-account",
    id: fresh(world, "ac"),
    ...(named ? { name: anew ? fresh(world, "name") : (random.pick(twin.accounts).name ?? "sys-hub") } : {}),
    key: newKey(world),
    ...(random.chance(0.2) ? { password: newKey(world, "password"), salt: "salt" } : {}),
    ...(random.chance(0.1) ? { by: operatorCall(world, "create-account") } : {}),
  };
};

const anyPairs = (world: World, mostly: string): PermissionPair[] => {
  const { random } = world;
  return Array.from({ length: random.below(4) }, (): PermissionPair => {
    const account = random.chance(0.85) ? mostly : random.chance(0.9) ? anyAccountId(world) : "ac-nobody";
    return [account, random.chance(0.9) ? random.pick(PERMISSIONS) : random.pick(OPERATORS)];
  });
};

export const createAuthkey = (world: World): Unstamped => {
  const { random, t } = world;
  const by = random.chance(0.1) ? operatorCall(world, "create-authkey") : anyCaller(world, "create-authkey");
  const limits = random.chance(0.2)
    ? ["BTC", "USD", random.pick(["EUR", "XXX"])]
        .slice(0, random.below(4))
        .map((code) => [code, a(random.between(1, 1e6))] as const)
    : undefined;
  return {
    kind: "create-authkey",
    by,
    key: newKey(world, random.chance(0.2) ? "password" : "hmac-sha256"),
    pairs: anyPairs(world, by.account),
    ...(random.chance(0.3) ? { expires: ms(t + random.between(-10, 600_000)) } : {}),
    ...(random.chance(0.2) ? { label: random.pick(["operator", "till"]) } : {}),
    ...(limits ? { limits } : {}),
  };
};

export const changePermissions = (world: World): Unstamped => {
  const by = anyCaller(world, "change-authkey-permissions");
  return {
    kind: "change-permissions",
    by,
    token: anyToken(world),
    add: anyPairs(world, by.account),
    remove: anyPairs(world, by.account),
  };
};

const anyToken = (world: World): string =>
  world.random.chance(0.95) ? world.random.pick(world.twin.keys).token : "ak-nobody";

export const revokeAuthkey = (world: World): Unstamped => {
  const { random, twin } = world;
  const by = anyCaller(world, "revoke-authkey");
  const own = twin.keys.filter((key) => key.home === by.account);
  const token = own.length > 1 && random.chance(0.8) ? random.pick(own.slice(1)).token : anyToken(world);
  // The operator's first key stays, and those who do the most, or the run would end without money.
  return twin.keys.slice(0, 1 + REGULARS).some((key) => key.token === token)
    ? createAccount(world)
    : { kind: "revoke-authkey", by, token };
};

export const setRegistration = (world: World): Unstamped => ({
  kind: "set-registration",
  by: operatorCall(world, "operator-registration"),
  open: world.random.chance(0.8),
});

export const newAddress = (world: World): Unstamped => ({
  kind: "new-address",
  by: anyCaller(world, "new-btc-address"),
  address: fresh(world, "bc"),
  index: world.state.chain.nextReceive,
});

export const credit = (world: World): Unstamped => {
  const { random, twin } = world;
  const to = random.pick(
    random.chance(0.8) ? twin.accounts.slice(COLD, 1 + OPERATOR + REGULARS) : twin.accounts,
  );
  const currency = random.pick(["USD", "USD", "EUR", "JPY", "XAU", random.pick(["BTC", "XXX"])]);
  const max = twin.config.currencies.find((one) => one.code === currency)?.max ?? 1;
  return withOnce(world, {
    kind: "credit",
    by: random.chance(0.95) ? operatorCall(world, "operator-credit") : anyCaller(world, "operator-credit"),
    to: random.chance(0.5) ? to.id : (to.name ?? to.id),
    currency,
    amount: a(
      currency === "BTC"
        ? recovered(world)
        : random.chance(0.01)
          ? max
          : Math.ceil(max / 10 ** random.between(2, 11)),
    ),
    reference: "wire",
  });
};

/** Mostly what the hub has for it. */
const recovered = ({ random, twin }: World): number => {
  const there = Number(balanceOf(twin, HUB, "BTC").available);
  return there > 0 && random.chance(0.8) ? random.between(1, there) : random.between(1, 1e9);
};

/** Addresses that are paid often come and go on somebody's list. */
export const changeAllowlist = (world: World): Unstamped => {
  const { random, twin } = world;
  const by = anyCaller(world, "change-allowlist");
  const there = twin.allowlists.get(callerNumber(world, by))?.entries ?? [];
  const known = [...twin.addresses.keys()].slice(0, 3 * REGULARS);
  const add = Array.from({ length: random.below(6) }, () =>
    known.length > 0 && random.chance(0.9) ? random.pick(known) : fresh(world, "outside"),
  );
  const many = random.chance(0.02) ? Array.from({ length: 101 }, () => fresh(world, "outside")) : [];
  const remove = random.chance(0.15) && there.length > 0 ? [random.pick(there).address] : [];
  return {
    kind: "change-allowlist",
    by,
    add: [...add, ...many],
    remove: random.chance(0.03) ? ["nowhere"] : remove,
    ...(random.chance(0.6) ? { on: random.chance(0.3) } : {}),
  };
};

export const grantOperator = (world: World): Unstamped => ({
  kind: "grant-operator",
  permissions: [`operator-${world.random.below(5)}`],
});
