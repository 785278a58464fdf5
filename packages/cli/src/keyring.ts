import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CommandError, usageError } from "./failure.ts";

/** An account's key under a name of its owner's choice. `key` is base64. */
export interface KeyEntry {
  readonly account: string;
  readonly authkey: { readonly type: "hmac-sha256"; readonly token: string; readonly key: string };
}

/** By the hub's URL, then by alias. */
export type Keyring = Record<string, Record<string, KeyEntry>>;

const VERSION = 1;
const LOCK_TRIES = 100;
const LOCK_PAUSE_MS = 50;

export const keyringPath = (): string =>
  process.env.COINHOLDER_KEYS || join(homedir(), ".config", "coinholder", "keys.json");

const LOOPBACK = ["localhost", "[::1]"];

/** One hub, one text: this machine has three names. */
export const hubName = (url: string): string => {
  if (!URL.canParse(url)) throw usageError(`--hub ${url} is not a URL`);
  const hub = new URL(url);
  if (LOOPBACK.includes(hub.hostname)) hub.hostname = "127.0.0.1";
  return hub.href.replace(/\/+$/, "");
};

export const checkAlias = (alias: string): void => {
  if (!/^[A-Za-z][A-Za-z0-9._-]{0,31}$/.test(alias))
    throw usageError(
      `the alias ${JSON.stringify(alias)} must be 1 to 32 letters, digits and . _ -, beginning with a letter`,
    );
};

export const readKeyring = (path: string): Keyring => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    const { version, hubs } = JSON.parse(text) as { version?: unknown; hubs?: Keyring };
    if (version === VERSION && typeof hubs === "object" && hubs !== null) return hubs;
  } catch {
    // Told below.
  }
  throw new CommandError("keyring_malformed", `${path} is not a keyring of version ${VERSION}.`);
};

/** Whole or not at all, and never readable by others. */
const writeKeyring = (path: string, hubs: Keyring): void => {
  const next = `${path}.next`;
  const file = openSync(next, "w", 0o600);
  try {
    writeSync(file, `${JSON.stringify({ version: VERSION, hubs }, null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(next, path);
};

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
};

const takeLock = async (lock: string): Promise<void> => {
  for (let tried = 0; tried < LOCK_TRIES; tried++) {
    try {
      const file = openSync(lock, "wx", 0o600);
      writeSync(file, String(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    let owner = Number.NaN;
    try {
      owner = Number(readFileSync(lock, "utf8") || Number.NaN);
    } catch {
      continue;
    }
    // Its process ended without removing it.
    if (Number.isSafeInteger(owner) && owner > 0 && !isRunning(owner)) rmSync(lock, { force: true });
    else await sleep(LOCK_PAUSE_MS);
  }
  throw new CommandError(
    "keyring_locked",
    `Another coinholder is using the keyring. If none is, delete ${lock}.`,
  );
};

/** Changes the keyring while no other process does. What `change` did to it is written even when it changed nothing else. */
export const changeKeyring = async <T>(
  path: string,
  change: (hubs: Keyring) => Promise<T> | T,
): Promise<T> => {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  await takeLock(lock);
  try {
    const hubs = readKeyring(path);
    // A key that is made and then cannot be written is lost, so try that before.
    writeKeyring(path, hubs);
    const result = await change(hubs);
    writeKeyring(path, hubs);
    return result;
  } finally {
    rmSync(lock, { force: true });
  }
};

/** Makes a key with `make` and keeps it under a new alias, which is refused before anything is made when it is taken. */
export const keepNewKey = async <T extends { readonly entry: KeyEntry }>(
  path: string,
  hub: string,
  alias: string,
  make: () => Promise<T>,
): Promise<T> => {
  checkAlias(alias);
  return changeKeyring(path, async (hubs) => {
    if (Object.hasOwn(hubs[hub] ?? {}, alias))
      throw new CommandError(
        "alias_taken",
        `${path} already has a key ${alias} for ${hub}. Choose another alias, or drop that key: coinholder accounts --forget ${alias}`,
      );
    const made = await make();
    hubs[hub] = { ...hubs[hub], [alias]: made.entry };
    return made;
  });
};

/** The key of that alias, if one is kept. */
export const findKey = (path: string, hub: string, alias: string): KeyEntry | undefined => {
  const kept = readKeyring(path)[hub] ?? {};
  return Object.hasOwn(kept, alias) ? kept[alias] : undefined;
};

/** The key to sign with: the one named, or the only one there is. */
export const chooseKey = (path: string, hub: string, alias: string | undefined): KeyEntry => {
  const kept = readKeyring(path)[hub] ?? {};
  const aliases = Object.keys(kept);
  const known = aliases.length === 0 ? "there is none yet" : `there are: ${aliases.join(", ")}`;
  if (alias !== undefined) {
    if (Object.hasOwn(kept, alias)) return kept[alias]!;
    throw new CommandError("alias_unknown", `${path} has no key ${alias} for ${hub}; ${known}.`);
  }
  if (aliases.length === 1) return kept[aliases[0]!]!;
  throw new CommandError(
    "alias_needed",
    aliases.length === 0
      ? `No key for ${hub} is kept here. Make an account: coinholder call create-account --as ALIAS`
      : `Say whose key signs: --as ALIAS; ${known}.`,
  );
};
