import type { Credentials, ExchangeKeys } from "@coinholder/client";
import { CommandError } from "../failure.ts";
import { askKeys, parseKeys } from "../given-keys.ts";
import { credentialsFrom, type KeptKey } from "../keyring.ts";
import { readOwned } from "../owned-file.ts";

/** What opens the exchange. */
export type Keys = Credentials | ExchangeKeys;

/** Holds them, in the form of the file. */
export const KEYS_VARIABLE = "COINHOLDER_WRAP_KEYS";

const readFile = (path: string): KeptKey => {
  const text = readOwned(path, "keys");
  if (text === undefined) throw new CommandError("keys_unreadable", `${path} is not there.`);
  return parseKeys(text, path);
};

/** As its owner wrote them down. */
const givenKeys = async (
  exchange: string,
  given: { readonly keys?: string | undefined; readonly askKeys?: boolean | undefined },
): Promise<KeptKey | undefined> => {
  if (given.keys !== undefined) return readFile(given.keys);
  if (given.askKeys === true) return askKeys(exchange);
  const variable = process.env[KEYS_VARIABLE];
  if (variable === undefined || variable.trim() === "") return undefined;
  // Nothing that is started or loaded from here on needs to find it.
  delete process.env[KEYS_VARIABLE];
  return parseKeys(variable, KEYS_VARIABLE);
};

/** From a file, the terminal or the environment: never from the command line, which other users can see. Undefined: none were given. */
export const exchangeKeys = async (...given: Parameters<typeof givenKeys>): Promise<Keys | undefined> => {
  const keys = await givenKeys(...given);
  return keys && credentialsFrom(keys);
};

/** All that must stand in no answer and no log. */
export const secretsOf = (keys: Keys | undefined): string[] => {
  const { apiKey, secret, password, pass, key } = (keys ?? {}) as Record<string, unknown>;
  return [apiKey, secret, password, pass, key].filter(
    (one) => typeof one === "string" && one !== "",
  ) as string[];
};
