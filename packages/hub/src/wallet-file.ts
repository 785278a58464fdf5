import { createSeedFile, type Network, openSeedFile } from "@coinholder/bitcoin";
import { paths, privateFolder } from "./data-folder.ts";
import { forNewWallet, walletPassphrase } from "./open-wallet.ts";

export type { Network as HubNetwork } from "@coinholder/bitcoin";

/**
 * Makes the wallet file from its phrase. Rejects with BitcoinError `wallet_file_exists`, `invalid_phrase`; Error without a
 * passphrase in the environment.
 */
export const restoreWallet = async (data: string, network: Network, phrase: string): Promise<void> => {
  privateFolder(data);
  await createSeedFile(paths(data).wallet, { ...forNewWallet(data, network), phrase });
};

/** The phrase of the wallet file. Rejects with BitcoinError `wallet_file_missing`, `wallet_file_damaged`, `wrong_passphrase`. */
export const revealPhrase = async (data: string): Promise<string> =>
  (await openSeedFile(paths(data).wallet, walletPassphrase(data))).revealPhrase();
