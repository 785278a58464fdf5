import { readFileSync } from "node:fs";
import type { TransactionOutput } from "@coinholder/protocol";
import { CommandError } from "../failure.ts";

/** The user's own Bitcoin node, as a witness. */
export interface OwnNode {
  /** How many blocks the node's chain has on top of that one; undefined where the block is not in it. */
  readonly blocksSince: (block: {
    readonly network: string;
    readonly height: number;
    readonly hash: string;
  }) => Promise<number | undefined>;
  /** The output "txid:vout" as the node's chain has it; undefined when it was spent or never was. */
  readonly unspent: (outpoint: string) => Promise<TransactionOutput | undefined>;
  readonly close: () => void;
}

export const openOwnNode = async (url: string, cookie?: string, cert?: string): Promise<OwnNode> => {
  const { connectNode, nodeOptions } = await import("@coinholder/bitcoin");
  const options = nodeOptions(url, cookie);
  const node = connectNode(cert === undefined ? options : { ...options, ca: readFileSync(cert, "utf8") });
  return {
    blocksSince: async ({ network, height, hash }) => {
      const info = await node.chainInfo();
      if (info.network !== network)
        throw new CommandError(
          "network_differs",
          `The hub's coins are on ${network}, and that node is on ${info.network}.`,
        );
      return (await node.blockHash(height)) === hash ? info.height - height : undefined;
    },
    unspent: async (outpoint) => {
      const colon = outpoint.indexOf(":");
      const output = await node.txOut(outpoint.slice(0, colon), Number(outpoint.slice(colon + 1)));
      return output && { amount: BigInt(output.value), script: Buffer.from(output.script, "hex") };
    },
    close: () => node.close(),
  };
};
