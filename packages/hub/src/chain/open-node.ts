import { readFileSync } from "node:fs";
import { type BitcoinNode, connectNode, nodeOptions } from "@coinholder/bitcoin";
import { paths, privateFolder, secretFile } from "../data-folder.ts";
import type { HubOptions } from "../options.ts";
import { devchainFaucet, type Faucet } from "./faucet.ts";

const DEVCHAIN_USER = "devchain";

export interface OpenNode {
  readonly node: BitcoinNode;
  /** Of the embedded development chain, where that is the node. */
  readonly devchainUrl: string | undefined;
  /** Of the embedded development chain: play money. */
  readonly faucet: Faucet | undefined;
  readonly close: () => Promise<void>;
}

/** The operator's own node, or the embedded development chain where none was named. Opens no connection to a node yet. */
export const openNode = async (options: HubOptions): Promise<OpenNode> => {
  if (options.bitcoinRpc !== undefined) {
    const reached = nodeOptions(options.bitcoinRpc, options.bitcoinCookie);
    const { bitcoinCert } = options;
    const node = connectNode(
      bitcoinCert === undefined ? reached : { ...reached, ca: readFileSync(bitcoinCert, "utf8") },
    );
    return { node, devchainUrl: undefined, faucet: undefined, close: async () => node.close() };
  }
  // Not loaded where there is a node.
  const { startDevchain } = await import("@coinholder/bitcoin/devchain");
  const at = paths(options.data);
  privateFolder(at.devchain);
  const password = secretFile(at.devchainPassword);
  const devchain = await startDevchain({
    port: options.devchainPort,
    dataDir: at.devchain,
    user: DEVCHAIN_USER,
    password,
  });
  const node = connectNode({ url: devchain.url, user: DEVCHAIN_USER, password });
  return {
    node,
    devchainUrl: devchain.url,
    faucet: devchainFaucet(devchain.url, DEVCHAIN_USER, password),
    close: async () => {
      node.close();
      await devchain.close();
    },
  };
};
