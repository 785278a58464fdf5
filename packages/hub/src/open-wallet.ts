import { existsSync, readFileSync } from "node:fs";
import { createSeedFile, type Network, openSeedFile, openWallet, type Wallet } from "@coinholder/bitcoin";
import { paths, secretFile } from "./data-folder.ts";

const PASSPHRASE = "COINHOLDER_WALLET_PASSPHRASE";
const PASSPHRASE_FILE = "COINHOLDER_WALLET_PASSPHRASE_FILE";

// From the environment, or from the file that the environment names.
const givenPassphrase = (): string | undefined => {
  const given = process.env[PASSPHRASE];
  if (given !== undefined && given !== "") return given;
  const file = process.env[PASSPHRASE_FILE];
  return file === undefined || file === "" ? undefined : readFileSync(file, "utf8").replace(/\r?\n$/, "");
};

/** The passphrase from the environment, or the one that a hub on the development chain keeps beside its wallet. */
export const walletPassphrase = (data: string): string => {
  const kept = paths(data).walletPassphrase;
  const passphrase = givenPassphrase() ?? (existsSync(kept) ? secretFile(kept) : undefined);
  if (passphrase === undefined)
    throw new Error(`the wallet's passphrase is missing: set ${PASSPHRASE} or ${PASSPHRASE_FILE}`);
  return passphrase;
};

/**
 * What a new wallet file needs. On the development chain, whose coins are worth nothing, a passphrase is made where none is given, and
 * kept beside the wallet.
 */
export const forNewWallet = (data: string, network: Network) => {
  const liesBeside = network === "regtest" && givenPassphrase() === undefined;
  const passphrase = liesBeside ? secretFile(paths(data).walletPassphrase) : walletPassphrase(data);
  return { passphrase, network, liesBeside };
};

/** Opens the wallet that is there. */
export const openHubWallet = async (data: string): Promise<Wallet> =>
  openWallet(await openSeedFile(paths(data).wallet, walletPassphrase(data)));

/** Makes the wallet of a new hub. A journal without its wallet is no new hub: its keys must not be lost silently. */
export const createHubWallet = async (data: string, network: Network): Promise<Wallet> => {
  const { wallet, journal } = paths(data);
  if (existsSync(journal))
    throw new Error(
      `${wallet} is missing, but ${journal} may have given out its addresses: bring it back from your backup, or from the phrase with: coinholder wallet restore`,
    );
  return openWallet(await createSeedFile(wallet, forNewWallet(data, network)));
};
