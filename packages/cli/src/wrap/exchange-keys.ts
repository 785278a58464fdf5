import { closeSync, fstatSync, openSync, readFileSync } from "node:fs";
import { type Credentials, credentialsOf, type ExchangeKeys } from "@coinholder/client";
import { CommandError } from "../failure.ts";
import { askHidden } from "../hidden-input.ts";

/** What opens the exchange, as its owner wrote it down. */
export type Keys = Credentials | ExchangeKeys;

/** Holds them, in the form of the file. */
export const KEYS_VARIABLE = "COINHOLDER_WRAP_KEYS";

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const optionalText = (value: unknown): boolean => value === undefined || isText(value);

/** No part of what was given is told: it may be a secret in the wrong place. */
const malformed = (where: string): CommandError =>
  new CommandError(
    "exchange_keys_malformed",
    `${where} must be one JSON object: {"apiKey","secret"} (and "password", "uid" where the exchange gave them), {"name","pass"}, or {"account","authkey":{"type","token","key"}} of a hub.`,
  );

/** Reads keys from their JSON. Throws CommandError, which has nothing of the text. */
export const parseKeys = (text: string, where: string): Keys => {
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw malformed(where);
  }
  if (typeof read !== "object" || read === null) throw malformed(where);
  const { apiKey, secret, password, uid, name, pass, account, authkey } = read as Record<string, unknown>;
  if (isText(apiKey) && isText(secret) && optionalText(password) && optionalText(uid))
    return {
      apiKey,
      secret,
      ...(isText(password) ? { password } : {}),
      ...(isText(uid) ? { uid } : {}),
    };
  if (isText(name) && isText(pass)) return { name, pass };
  const { type, token, key } = (authkey ?? {}) as Record<string, unknown>;
  if (isText(account) && type === "hmac-sha256" && isText(token) && isText(key))
    return credentialsOf(account, { type, token, key });
  throw malformed(where);
};

const readable = (path: string): CommandError =>
  new CommandError(
    "keys_readable_by_others",
    `${path} can be read by other users of this machine: chmod 600 it. (Whoever has read it has the keys: new ones are better.)`,
  );

/** A file that only its owner can read. Throws CommandError. */
export const readPrivateFile = (path: string): string => {
  let file: number;
  try {
    file = openSync(path, "r");
  } catch (error) {
    throw new CommandError(
      "file_unreadable",
      `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? "unknown"}`,
    );
  }
  try {
    // Of the file that is open: another one may come to stand under the name. Windows has no such bits.
    if (process.platform !== "win32" && (fstatSync(file).mode & 0o077) !== 0) throw readable(path);
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
};

const askKeys = async (): Promise<Keys> => {
  if (!process.stdin.isTTY) return parseKeys(await askHidden(""), "standard input");
  const apiKey = await askHidden("API key: ");
  const secret = await askHidden("Secret: ");
  const password = await askHidden("Password or passphrase of the key (Enter if it has none): ");
  return parseKeys(
    JSON.stringify({ apiKey, secret, ...(password === "" ? {} : { password }) }),
    "what was typed",
  );
};

/** From a file, the terminal or the environment: never from the command line, which other users can see. Undefined: none were given. */
export const exchangeKeys = async (given: {
  readonly keys?: string | undefined;
  readonly askKeys?: boolean | undefined;
}): Promise<Keys | undefined> => {
  if (given.keys !== undefined) return parseKeys(readPrivateFile(given.keys), given.keys);
  if (given.askKeys === true) return askKeys();
  const variable = process.env[KEYS_VARIABLE];
  if (variable === undefined || variable.trim() === "") return undefined;
  // Nothing that is started or loaded from here on needs to find it.
  delete process.env[KEYS_VARIABLE];
  return parseKeys(variable, KEYS_VARIABLE);
};

/** All that must stand in no answer and no log. */
export const secretsOf = (keys: Keys | undefined): string[] => {
  if (keys === undefined) return [];
  const { apiKey, secret, password, pass, key } = keys as unknown as Record<string, unknown>;
  return [apiKey, secret, password, pass, key].filter(isText);
};
