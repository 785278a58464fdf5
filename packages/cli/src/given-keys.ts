import { CommandError } from "./failure.ts";
import { askHidden } from "./hidden-input.ts";
import type { KeptKey } from "./keyring.ts";

const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
const isTextOrNone = (value: unknown): boolean => value === undefined || typeof value === "string";

/** No part of what was given is told: it may be a secret in the wrong place. */
const malformed = (where: string): CommandError =>
  new CommandError(
    "keys_malformed",
    `${where} must be one JSON object: {"apiKey","secret"} (and "password", "uid" where the exchange gave them), {"name","pass"}, or {"account","authkey":{"type","token","key"}}.`,
  );

/** Keys in one of the three forms; other members are left out. Throws CommandError. */
const readKeys = (value: unknown, where = "What was typed"): KeptKey => {
  if (typeof value !== "object" || value === null) throw malformed(where);
  const { account, apiKey, authkey, name, pass, password, secret, uid } = value as Record<string, unknown>;
  if (isText(apiKey) && isText(secret) && isTextOrNone(password) && isTextOrNone(uid))
    return { apiKey, secret, ...(isText(password) ? { password } : {}), ...(isText(uid) ? { uid } : {}) };
  if (isText(name) && isText(pass)) return { name, pass };
  const { key, token, type } = (authkey ?? {}) as Record<string, unknown>;
  if (isText(account) && type === "hmac-sha256" && isText(token) && isText(key))
    return { account, authkey: { type, token, key } };
  throw malformed(where);
};

/**
 * Keys from their JSON. Throws CommandError, which has nothing of the text.
 * @param where it is from, as the error calls it
 */
export const parseKeys = (text: string, where: string): KeptKey => {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(where);
  }
  return readKeys(value, where);
};

const QUESTIONS = {
  exchange: [
    ["apiKey", "API key"],
    ["secret", "Secret"],
    ["password", "Password of the key (Enter if it has none)"],
    ["uid", "User id (Enter if it has none)"],
  ],
  password: [
    ["name", "Name or account"],
    ["pass", "Password"],
  ],
  authkey: [
    ["account", "Account, or the name chosen for it"],
    ["token", "Token of the authkey (Enter for a password instead)"],
  ],
} as const;

const askAll = async (what: keyof typeof QUESTIONS): Promise<Record<string, string>> => {
  const answers: Record<string, string> = {};
  for (const [name, question] of QUESTIONS[what]) answers[name] = await askHidden(`${question}: `);
  return answers;
};

/** From the terminal, not shown, or as JSON from standard input. Throws CommandError. */
export const askKeys = async (hub: string): Promise<KeptKey> => {
  if (!process.stdin.isTTY) return parseKeys(await askHidden(""), "Standard input");
  process.stderr.write(`What ${hub} gave you; nothing of it is shown while you type.\n`);
  if (hub.startsWith("ccxt:")) return readKeys(await askAll("exchange"));
  if (hub.startsWith("mtgox:")) return readKeys(await askAll("password"));
  const { account, token } = await askAll("authkey");
  if (token === "") return readKeys({ name: account, pass: await askHidden("Password: ") });
  const key = await askHidden("Key of the authkey, base64: ");
  return readKeys({ account, authkey: { type: "hmac-sha256", token, key } });
};
