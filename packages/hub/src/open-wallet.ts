import { existsSync, readFileSync } from "node:fs";
import { createSeedFile, type Network, openSeedFile, openWallet, type Wallet } from "@coinholder/bitcoin";
import { paths, secretFile } from "./data-folder.ts";

const PASSPHRASE = "COINHOLDER_WALLET_PASSPHRASE";
const PASSPHRASE_FILE = "COINHOLDER_WALLET_PASSPHRASE_FILE";

/**
 * The passphrase from the environment, or from the file that the environment names. On the development chain, whose coins
 * are worth nothing, one is made and kept beside the wallet.
 */
const passphrase = (data: string, network: Network): string => {
  const given = process.env[PASSPHRASE];
  if (given !== undefined && given !== "") return given;
  const file = process.env[PASSPHRASE_FILE];
  if (file !== undefined && file !== "") return readFileSync(file, "utf8").replace(/\r?\n$/, "");
  if (network === "regtest") return secretFile(paths(data).walletPassphrase);
  throw new Error(`the wallet's passphrase is missing: set ${PASSPHRASE} or ${PASSPHRASE_FILE}`);
};

/**
 * Opens the wallet, or makes it for a new hub.
 * @param expected whether the journal knows of addresses: their keys must not be lost silently
 */
export const openHubWallet = async (data: string, network: Network, expected: boolean): Promise<Wallet> => {
  const { wallet } = paths(data);
  if (!existsSync(wallet) && expected)
    throw new Error(
      `${wallet} is missing, but the journal has given out its addresses: bring it back from your backup`,
    );
  const words = passphrase(data, network);
  const seed = existsSync(wallet)
    ? await openSeedFile(wallet, words)
    : await createSeedFile(wallet, { passphrase: words, network });
  if (seed.network !== network) throw new Error(`${wallet} is of ${seed.network}, the node is on ${network}`);
  return openWallet(seed);
};
