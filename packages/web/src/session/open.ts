import { type Hub, HubError, importKey, type KeyCredentials } from "@coinholder/client";
import type { PermissionPair } from "@coinholder/protocol";
import { theHub } from "../hub/current.ts";
import { addAccount, forgetAccount, newAccount, noteNewAccount } from "./current.ts";
import { type Preset, pairsOf } from "./permissions.ts";
import type { KeptAccount } from "./store.ts";

/** Somebody has shown who they are, by a password or a key that this browser forgets once it has a key of its own. */
export interface Opening {
  readonly hub: Hub;
  readonly account: string;
  readonly name?: string;
  /** What they hold. */
  readonly held: readonly PermissionPair[];
  /** When what they showed stops to work, which no key that it makes outlives. */
  readonly expires_t?: number;
}

export interface Consent {
  readonly preset: Preset;
  /** ms from now; undefined: until signed out. */
  readonly lasts?: number;
}

const accountsIn = (pairs: readonly PermissionPair[]): string[] => [
  ...new Set(pairs.map(([account]) => account)),
];

/** The account of a name: hubs tell it by the permissions of its keys. Throws HubError. */
const accountOf = async (hub: Hub, name: string, pass: string): Promise<string> => {
  if (/^ac-[a-z2-7]{16}$/.test(name)) return name;
  const { authkeys } = await hub.call("my-authkeys");
  const candidates = accountsIn(
    authkeys.flatMap(({ permissions }) => permissions as readonly PermissionPair[]),
  );
  if (candidates.length === 1) return candidates[0]!;
  // Keys may hold permissions on other accounts too: ours is the one that takes this password.
  for (const account of candidates) {
    const taken = await hub
      .as({ name: account, pass })
      .call("my-authkeys")
      .then(
        () => true,
        () => false,
      );
    if (taken) return account;
  }
  throw new HubError("account_unknown", "");
};

export const openByPassword = async (name: string, pass: string): Promise<Opening> => {
  const hub = theHub().as({ name, pass });
  const account = await accountOf(hub, name, pass);
  return { hub, account, name, held: [[account, "all"]] };
};

/** Throws HubError where the hub does not take the key. */
export const openByKey = async (key: KeyCredentials): Promise<Opening & { readonly label?: string }> => {
  const hub = theHub().as(key);
  const { authkeys } = await hub.call("my-authkeys");
  const own = authkeys.find(({ token }) => token === key.token);
  return {
    hub,
    account: key.account,
    held: (own?.permissions ?? []) as readonly PermissionPair[],
    ...(own?.expires_t === undefined ? {} : { expires_t: own.expires_t }),
    ...(own?.label === undefined ? {} : { label: own.label }),
  };
};

/** What the account and its functions of others come to, as this browser notes it. */
const permissionsOn = (account: string, pairs: readonly PermissionPair[]): string[] =>
  pairs.filter(([of]) => of === account).map(([, permission]) => permission);

/** Makes an account and keeps its first key until its owner has agreed to what this browser may do. Throws HubError. */
export const createAccount = async (name: string | undefined, pass: string | undefined): Promise<void> => {
  const { account, authkey } = await theHub().call("create-account", {
    ...(name === undefined ? {} : { name }),
    ...(pass === undefined ? {} : { pass }),
  });
  await noteNewAccount({
    account,
    token: authkey.token,
    key: await importKey(authkey.key!),
    hasPassword: pass !== undefined,
    step: "consent",
    ...(name === undefined ? {} : { name }),
  });
};

/** Gives this browser a key of its own, as agreed, and shows the account. Throws HubError. */
export const openAccount = async (
  { hub, account, name, held, expires_t }: Opening,
  { preset, lasts }: Consent,
  label: string,
): Promise<KeptAccount> => {
  const pairs = pairsOf(preset, account, held, hub.overview.supported_functions);
  const wanted = lasts === undefined ? undefined : Date.now() + lasts;
  const ends = wanted === undefined ? expires_t : Math.min(wanted, expires_t ?? wanted);
  const { authkey } = await hub.call("create-authkey", {
    permissions: pairs,
    label,
    ...(ends === undefined ? {} : { expires_t: ends }),
  });
  const kept: KeptAccount = {
    account,
    token: authkey.token,
    key: await importKey(authkey.key!),
    permissions: permissionsOn(account, pairs),
    label,
    t: Date.now(),
    ...(name === undefined ? {} : { name }),
    ...(ends === undefined ? {} : { expires_t: ends }),
  };
  await addAccount(kept);
  return kept;
};

/** Takes a key as it is for this browser's own: one that was made for it. */
export const adoptKey = async (
  key: KeyCredentials & { readonly key: string },
  { account, held, expires_t, label }: Opening & { readonly label?: string },
): Promise<void> =>
  addAccount({
    account,
    token: key.token,
    key: await importKey(key.key),
    permissions: permissionsOn(account, held),
    t: Date.now(),
    ...(expires_t === undefined ? {} : { expires_t }),
    ...(label === undefined ? {} : { label }),
  });

/** The first key of a new account has done its work. Should its end not come through, it is gone from here all the same. */
export const finishNewAccount = async (): Promise<void> => {
  const unfinished = newAccount.peek();
  if (unfinished === undefined) return;
  const { account, token, key } = unfinished;
  await theHub()
    .as({ account, token, key })
    .call("revoke-authkey", { authkey_token: token })
    .catch((error: unknown) => {
      if (!(error instanceof HubError)) throw error;
    });
  await noteNewAccount(undefined);
};

/** Ends this browser's key at the hub, if it can be reached, and forgets it. Answers whether the hub has ended it. */
export const signOut = async (kept: KeptAccount): Promise<boolean> => {
  const { account, token, key } = kept;
  const ended = await theHub()
    .as({ account, token, key })
    .call("revoke-authkey", { authkey_token: token })
    .then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof HubError)) throw error;
        return error.code === "authentication_failed" || error.code === "authkey_expired";
      },
    );
  await forgetAccount(kept);
  return ended;
};
