import { existsSync, readFileSync } from "node:fs";
import { createSeedFile, type Network, openSeedFile, openWallet, type Wallet } from "@coinholder/bitcoin";
import { paths, secretFile } from "./data-folder.ts";

const PASSPHRASE = "COINHOLDER_WALLET_PASSPHRASE";
const PASSPHRASE_FILE = "COINHOLDER_WALLET_PASSPHRASE_FILE";

/**
 * The passphrase from the environment, or from the file that the environment names. On the development chain, whose coins
 * are worth nothing, one is made and kept beside the wallet.
 * @param mayMake whether it may be made
 */
export const walletPassphrase = (data: string, mayMake: boolean): string => {
  const given = process.env[PASSPHRASE];
  if (given !== undefined && given !== "") return given;
  const file = process.env[PASSPHRASE_FILE];
  if (file !== undefined && file !== "") return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  const kept = paths(data).walletPassphrase;
  if (mayMake || existsSync(kept)) return secretFile(kept);
  throw new Error(`the wallet's passphrase is missing: set ${PASSPHRASE} or ${PASSPHRASE_FILE}`);
};

/** Opens the wallet that is there. */
export const openHubWallet = async (data: string): Promise<Wallet> =>
  openWallet(await openSeedFile(paths(data).wallet, walletPassphrase(data, false)));

/** Makes the wallet of a new hub. A journal without its wallet is no new hub: its keys must not be lost silently. */
export const createHubWallet = async (data: string, network: Network): Promise<Wallet> => {
  const { wallet, journal } = paths(data);
  if (existsSync(journal))
    throw new Error(
      `${wallet} is missing, but ${journal} may have given out its addresses: bring it back from your backup, or from the phrase with: coinholder wallet restore`,
    );
  const passphrase = walletPassphrase(data, network === "regtest");
  return openWallet(await createSeedFile(wallet, { passphrase, network }));
};
