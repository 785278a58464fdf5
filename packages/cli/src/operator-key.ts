import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Credentials, credentialsOf } from "@coinholder/client";
import { CommandError } from "./failure.ts";
import type { KeyEntry } from "./keyring.ts";

/** The operator's authkey, which the hub writes into its data folder. */
export const operatorCredentials = (data: string): Credentials => {
  const path = join(data, "operator-authkey.json");
  let entry: KeyEntry;
  try {
    entry = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CommandError(
      "operator_key_missing",
      `Cannot read ${path} (${(error as NodeJS.ErrnoException).code ?? "not JSON"}). Run this where the hub's data folder is, or give --data.`,
    );
  }
  return credentialsOf(entry.account, entry.authkey);
};
