import type { BitcoinNode } from "@coinholder/bitcoin";
import { COINBASE_MATURITY } from "@coinholder/engine";
import type { TransactionOutput } from "@coinholder/protocol";

type Found = { readonly coins: readonly TransactionOutput[] } | { readonly missing: string };

/** So many at once: the follower asks the same node. */
const AT_ONCE = 4;

const place = (outpoint: string): [txid: string, vout: number] => [
  outpoint.slice(0, 64),
  Number(outpoint.slice(65)),
];

/** What inputs spend, by the chain of our own node, in order: confirmed, unspent, and (of new coins) mature. */
export const coinsOf = async (
  node: Pick<BitcoinNode, "txOut">,
  outpoints: readonly string[],
): Promise<Found> => {
  const coins: TransactionOutput[] = [];
  for (let from = 0; from < outpoints.length; from += AT_ONCE) {
    const some = outpoints.slice(from, from + AT_ONCE);
    const outputs = await Promise.all(some.map((outpoint) => node.txOut(...place(outpoint))));
    for (const [at, output] of outputs.entries()) {
      if (
        !output ||
        output.confirmations < 1 ||
        (output.coinbase && output.confirmations < COINBASE_MATURITY)
      )
        return { missing: some[at]! };
      coins.push({ amount: BigInt(output.value), script: Buffer.from(output.script, "hex") });
    }
  }
  return { coins };
};

/** Whether the node's mempool, as far as it tells (btcd does not), has another transaction that spends one of them. */
export const someSpent = async (
  node: Pick<BitcoinNode, "txOut">,
  outpoints: readonly string[],
): Promise<boolean> => {
  for (const outpoint of outpoints)
    if ((await node.txOut(...place(outpoint), true)) === undefined) return true;
  return false;
};
