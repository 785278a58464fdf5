import { join } from "node:path";
import { type Credentials, credentialsOf } from "@coinholder/client";
import { CommandError } from "./failure.ts";
import type { KeyEntry } from "./keyring.ts";
import { readPrivate } from "./private-file.ts";

const isEntry = (value: unknown): value is KeyEntry => {
  const { account, authkey } = (value ?? {}) as Partial<KeyEntry>;
  return typeof account === "string" && typeof authkey?.token === "string" && typeof authkey.key === "string";
};

const operatorKey = (data: string): KeyEntry => {
  const path = join(data, "operator-authkey.json");
  const entry = readPrivate<KeyEntry | undefined>({
    path,
    what: "operator_key",
    empty: () => undefined,
    read: (value) => (isEntry(value) ? value : undefined),
    write: (content) => content,
  });
  if (entry !== undefined) return entry;
  throw new CommandError(
    "operator_key_missing",
    `There is no ${path}. Run this where the hub's data folder is, or give --data.`,
  );
};

/** The operator's authkey, which the hub writes into its data folder. */
export const operatorCredentials = (data: string): Credentials => {
  const { account, authkey } = operatorKey(data);
  return credentialsOf(account, authkey);
};

/** The identifier of the operator's account. */
export const operatorAccount = (data: string): string => operatorKey(data).account;
