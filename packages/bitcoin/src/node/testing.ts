import type { BitcoinNode } from "./rpc.ts";

/** Of every size from a satoshi up to `most`. */
export const randomAmount = (most: number): number => Math.floor(most ** Math.random() * 0.999999) || 1;

/** What the node says of the first outputs of each transaction, in order. */
export const readAmounts = async (node: BitcoinNode, txids: readonly string[], perTransaction: number) => {
  const values: number[] = [];
  let next = 0;
  const readNext = async (): Promise<void> => {
    while (next < txids.length * perTransaction) {
      const at = next++;
      const output = await node.txOut(txids[Math.floor(at / perTransaction)]!, at % perTransaction);
      values[at] = output!.value;
    }
  };
  await Promise.all([readNext(), readNext(), readNext(), readNext()]);
  return values;
};
