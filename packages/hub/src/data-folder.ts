import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Where things lie in a hub's data folder. */
export const paths = (data: string) => ({
  journal: join(data, "journal"),
  history: join(data, "history"),
  webhooks: join(data, "webhooks"),
  wallet: join(data, "wallet.json"),
  /** What the wallet signed: its own memory, whatever the journal says. */
  signer: join(data, "signer.log"),
  /** Only on the development chain, whose coins are worth nothing. */
  walletPassphrase: join(data, "wallet-passphrase"),
  /** The last published tree of balances. */
  proof: join(data, "proof.json"),
  operatorAuthkey: join(data, "operator-authkey.json"),
  devchain: join(data, "devchain"),
  devchainPassword: join(data, "devchain", "rpc-password"),
});

/** Makes a folder that only its owner can enter. */
export const privateFolder = (path: string): void => {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
};

/** Writes a file that only its owner can read, whole or not at all. */
export const writePrivateFile = (path: string, text: string): void => {
  const draft = `${path}.new`;
  writeFileSync(draft, text, { mode: 0o600, flush: true });
  renameSync(draft, path);
};

/** Reads a secret of one line, made at its first use. */
export const secretFile = (path: string): string => {
  if (!existsSync(path)) writePrivateFile(path, `${randomBytes(24).toString("base64url")}\n`);
  return readFileSync(path, "utf8").trim();
};
