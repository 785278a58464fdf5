import { homedir } from "node:os";
import { join } from "node:path";
import type { Credentials, ExchangeKeys } from "@coinholder/client";
import { CommandError, usageError } from "./failure.ts";
import { changePrivate, type PrivateFile, readPrivate } from "./private-file.ts";

/** An account's key under a name of its owner's choice. `key` is base64. */
export interface KeyEntry {
  readonly account: string;
  readonly authkey: { readonly type: "hmac-sha256"; readonly token: string; readonly key: string };
}

/** What is kept under an alias: an authkey, name and password (authentication type 1), or an exchange's keys. */
export type KeptKey = KeyEntry | { readonly name: string; readonly pass: string } | ExchangeKeys;

/** By the hub's URL, then by alias. */
export type Keyring = Record<string, Record<string, KeptKey>>;

const VERSION = 1;

export const keyringPath = (): string =>
  process.env.COINHOLDER_KEYS || join(homedir(), ".config", "coinholder", "keys.json");

const keyringFile = (path: string): PrivateFile<Keyring> => ({
  path,
  what: "keyring",
  empty: () => ({}),
  read: (value) => {
    const { version, hubs } = (value ?? {}) as { version?: unknown; hubs?: Keyring };
    return version === VERSION && typeof hubs === "object" && hubs !== null ? hubs : undefined;
  },
  write: (hubs) => ({ version: VERSION, hubs }),
});

const LOOPBACK = ["localhost", "[::1]"];

/** Of hubs, and of what @coinholder/client makes look like one. */
const KINDS = ["http:", "https:", "ccxt:", "mtgox:"];

/** One hub, one text: this machine has three names. */
export const hubName = (url: string): string => {
  const hub = URL.canParse(url) ? new URL(url) : undefined;
  if (hub === undefined || !KINDS.includes(hub.protocol))
    throw usageError(
      `--hub ${url} is not a URL such as https://hub.example.org, ccxt:kraken or mtgox:https://...`,
    );
  if (LOOPBACK.includes(hub.hostname)) hub.hostname = "127.0.0.1";
  return hub.href.replace(/\/+$/, "");
};

/** Whether @coinholder/client wraps an exchange there, rather than calling a hub. */
export const isWrapped = (url: string): boolean => /^(ccxt|mtgox):/.test(url);

/** Names that people give: of keys, and of profiles. */
export const isAlias = (alias: string): boolean => /^[A-Za-z][A-Za-z0-9._-]{0,31}$/.test(alias);

export const checkAlias = (alias: string, what = "alias"): void => {
  if (!isAlias(alias))
    throw usageError(
      `the ${what} ${JSON.stringify(alias)} must be 1 to 32 letters, digits and . _ -, beginning with a letter`,
    );
};

export const readKeyring = (path: string): Keyring => readPrivate(keyringFile(path));

/** Changes the keyring while no other process does. What `change` did to it is written even when it changed nothing else. */
export const changeKeyring = <T>(path: string, change: (hubs: Keyring) => Promise<T> | T): Promise<T> =>
  changePrivate(keyringFile(path), change);

const aliasTaken = (path: string, hub: string, alias: string): CommandError =>
  new CommandError(
    "alias_taken",
    `${path} already has a key ${alias} for ${hub}. Choose another alias, or drop that key: coinholder accounts --forget ${alias}`,
  );

/** Throws where that alias is taken. */
export const checkFree = (path: string, hub: string, alias: string): void => {
  if (findKept(path, hub, alias) !== undefined) throw aliasTaken(path, hub, alias);
};

/** Makes a key with `make` and keeps it under a new alias, which is refused before anything is made when it is taken. */
export const keepNewKey = async <T extends { readonly entry: KeptKey }>(
  path: string,
  hub: string,
  alias: string,
  make: () => Promise<T>,
): Promise<T> => {
  checkAlias(alias);
  return changeKeyring(path, async (hubs) => {
    if (Object.hasOwn(hubs[hub] ?? {}, alias)) throw aliasTaken(path, hub, alias);
    const made = await make();
    hubs[hub] = { ...hubs[hub], [alias]: made.entry };
    return made;
  });
};

/** The identifier of the account, or the name that was chosen for it; exchanges have none. */
export const accountOf = (entry: KeptKey): string | undefined =>
  "account" in entry ? entry.account : "name" in entry ? entry.name : undefined;

/** What `connect` of @coinholder/client takes. */
export const credentialsFrom = (entry: KeptKey): Credentials | ExchangeKeys =>
  "account" in entry ? { account: entry.account, token: entry.authkey.token, key: entry.authkey.key } : entry;

/** What is kept under that alias, if anything is. */
export const findKept = (path: string, hub: string, alias: string): KeptKey | undefined => {
  const kept = readKeyring(path)[hub] ?? {};
  return Object.hasOwn(kept, alias) ? kept[alias] : undefined;
};

/** What to sign with: the alias named, or the only one there is. */
export const chooseKept = (path: string, hub: string, alias: string | undefined): KeptKey => {
  const kept = readKeyring(path)[hub] ?? {};
  const aliases = Object.keys(kept);
  const known = aliases.length === 0 ? "there is none yet" : `there are: ${aliases.join(", ")}`;
  if (alias !== undefined) {
    if (Object.hasOwn(kept, alias)) return kept[alias]!;
    throw new CommandError("alias_unknown", `${path} has no key ${alias} for ${hub}; ${known}.`);
  }
  if (aliases.length === 1) return kept[aliases[0]!]!;
  const make = isWrapped(hub) ? "coinholder accounts add ALIAS" : "coinholder call create-account --as ALIAS";
  throw new CommandError(
    "alias_needed",
    aliases.length > 0
      ? `Say whose key signs: --as ALIAS; ${known}.`
      : isWrapped(hub)
        ? `No keys for ${hub} are kept here. Add what it gave you: ${make} --hub ${hub}`
        : `No key for ${hub} is kept here. Make an account: ${make}`,
  );
};

/** The same where nothing but an authkey will do. */
export const chooseKey = (path: string, hub: string, alias: string | undefined): KeyEntry => {
  const entry = chooseKept(path, hub, alias);
  if ("account" in entry) return entry;
  throw new CommandError(
    "authkey_needed",
    `This needs an authkey of ${hub}, not a password or exchange keys.`,
  );
};
