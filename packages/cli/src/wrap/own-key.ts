import { existsSync } from "node:fs";
import { join } from "node:path";
import { newAccountId, newHmacKey, newToken, writePrivateFile } from "@coinholder/hub";
import { CommandError } from "../failure.ts";
import type { KeyEntry } from "../keyring.ts";
import { readOwned } from "../owned-file.ts";

const isEntry = (value: unknown): value is KeyEntry => {
  const { account, authkey } = (value ?? {}) as Partial<KeyEntry>;
  return (
    typeof account === "string" &&
    authkey?.type === "hmac-sha256" &&
    typeof authkey.token === "string" &&
    typeof authkey.key === "string" &&
    Buffer.from(authkey.key, "base64").length === 32
  );
};

/** The authkey that clients of a wrapper sign with: made at the first start, in a file that only its owner can read. */
export const ownKey = (data: string): { entry: KeyEntry; path: string; isNew: boolean } => {
  const path = join(data, "authkey.json");
  const isNew = !existsSync(path);
  if (isNew) {
    const authkey = { type: "hmac-sha256", token: newToken(), key: newHmacKey() };
    writePrivateFile(path, `${JSON.stringify({ account: newAccountId(), authkey }, null, 2)}\n`);
  }
  let entry: unknown;
  try {
    entry = JSON.parse(readOwned(path, "authkey") ?? "");
  } catch (error) {
    if (error instanceof CommandError) throw error;
  }
  if (!isEntry(entry))
    throw new CommandError(
      "authkey_malformed",
      `${path} has no authkey in it. Without the file another one is made.`,
    );
  return { entry, path, isNew };
};
