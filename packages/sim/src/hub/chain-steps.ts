import type { Payment } from "@coinholder/bitcoin/testing";
import { prng } from "../prng.ts";
import type { Book } from "./book.ts";
import type { SimNode } from "./node.ts";

/** Payments from outside to the hub, newest last. */
export type Paid = (Payment & { readonly address: string })[];

/** Somebody pays to one of the hub's addresses, or to several. */
export const deposit = async (node: SimNode, { people }: Book, paid: Paid, roll: number): Promise<void> => {
  const random = prng(roll);
  const addresses = people.flatMap((person) => person.addresses);
  if (addresses.length === 0) return;
  const outputs = Array.from(
    { length: random.pick([1, 1, 1, 2, 3]) },
    () => [random.pick(addresses), random.pick([1000, 50_000, 1_000_000, 40_000_000, 300_000_000])] as const,
  );
  const payment = await node.purse.pay(outputs);
  await node.rpc("sendrawtransaction", payment.raw);
  paid.push({ ...payment, address: outputs[0]![0] });
};

/** The coins of a deposit in sight are spent again, to somewhere else and for a higher fee. */
export const doubleSpend = async (
  node: SimNode,
  paid: Paid,
  roll: number,
  outside: (number: number) => string,
): Promise<void> => {
  const waiting = new Set(await node.rpc<string[]>("getrawmempool"));
  const open = paid.filter(({ txid }) => waiting.has(txid));
  if (open.length === 0) return;
  const { raw } = await node.purse.pay([[outside(1_000_000 + (roll % 1000)), 10_000]], {
    coins: prng(roll).pick(open).coins,
    feeRate: 50,
  });
  await node.rpc("sendrawtransaction", raw);
};

/**
 * The newest blocks are undone and one more takes their place. Of their transactions a first part is in it again; the rest waits in the
 * mempool, and one deposit may have been spent elsewhere for good.
 */
export const reorganise = async (
  node: SimNode,
  paid: Paid,
  depth: number,
  roll: number,
  outside: (number: number) => string,
): Promise<void> => {
  const random = prng(roll);
  const undone = await transactionsOfLast(node, depth);
  let kept = undone.slice(0, random.pick([0, undone.length, random.below(undone.length + 1)]));
  const victims = kept.filter(({ txid }) => paid.some((one) => one.txid === txid));
  if (victims.length > 0 && random.chance(0.4)) {
    const victim = random.pick(victims);
    const { coins } = paid.find(({ txid }) => txid === victim.txid)!;
    const { raw, txid } = await node.purse.pay([[outside(2_000_000 + (roll % 1000)), 10_000]], {
      coins,
      feeRate: 50,
    });
    // What came after it may stand upon it.
    kept = [...kept.slice(0, kept.indexOf(victim)), { raw, txid }];
  }
  const blocks: string[][] = Array.from({ length: depth + 1 }, () => []);
  blocks[random.below(depth + 1)] = kept.map(({ raw }) => raw);
  await node.miner.reorganise({ depth, blocks });
};

const transactionsOfLast = async (node: SimNode, depth: number): Promise<{ txid: string; raw: string }[]> => {
  const height = await node.rpc<number>("getblockcount");
  const found: { txid: string; raw: string }[] = [];
  for (let at = height - depth + 1; at <= height; at++) {
    const hash = await node.rpc<string>("getblockhash", at);
    const { tx } = await node.rpc<{ tx: string[] }>("getblock", hash, 1);
    for (const txid of tx.slice(1))
      found.push({ txid, raw: await node.rpc<string>("getrawtransaction", txid, 0, hash) });
  }
  return found;
};
