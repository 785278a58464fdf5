import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Credentials, credentialsOf } from "@coinholder/client";
import { CommandError } from "./failure.ts";
import type { KeyEntry } from "./keyring.ts";

const operatorKey = (data: string): KeyEntry => {
  const path = join(data, "operator-authkey.json");
  try {
    return JSON.parse(readFileSync(path, "utf8")) as KeyEntry;
  } catch (error) {
    throw new CommandError(
      "operator_key_missing",
      `Cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? "not JSON"}). Run this where the hub's data folder is, or give --data.`,
    );
  }
};

/** The operator's authkey, which the hub writes into its data folder. */
export const operatorCredentials = (data: string): Credentials => {
  const { account, authkey } = operatorKey(data);
  return credentialsOf(account, authkey);
};

/** The identifier of the operator's account. */
export const operatorAccount = (data: string): string => operatorKey(data).account;
