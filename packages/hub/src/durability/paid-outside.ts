import { scanBlock, type Watch } from "@coinholder/bitcoin";
import { ELSEWHERE, ELSEWHERE_SCRIPT } from "./workload.ts";

const script = Buffer.from(ELSEWHERE_SCRIPT, "hex");

const watch: Watch = {
  scripts: {
    addressOf: (bytes, start, end) => (script.equals(bytes.subarray(start, end)) ? ELSEWHERE : undefined),
  },
  outpoints: { size: 0, has: () => false },
};

type Rpc = (method: string, ...params: unknown[]) => Promise<unknown>;
interface Payment {
  readonly amount: number;
  readonly txid: string;
}
interface Block {
  readonly prevHash: string;
  readonly payments: readonly Payment[];
}

/** By hash, so that whoever asks after each of many blocks reads each once. */
const blocks = new Map<string, Block>();
const BEFORE_THE_FIRST = "0".repeat(64);

const blockOf = async (rpc: Rpc, hash: string): Promise<Block> => {
  const raw = (await rpc("getblock", hash, 0)) as string;
  const { prevHash, receipts } = scanBlock(Buffer.from(raw, "hex"), watch);
  const block = { prevHash, payments: receipts.map(({ value, txid }) => ({ amount: value, txid })) };
  blocks.set(hash, block);
  return block;
};

/** Every payment to the address outside in all blocks: amount in satoshi, and the transaction that made it. Newest block first. */
export const paidOutside = async (rpc: Rpc): Promise<Payment[]> => {
  const paid: Payment[] = [];
  for (let hash = (await rpc("getbestblockhash")) as string; hash !== BEFORE_THE_FIRST; ) {
    const { prevHash, payments } = blocks.get(hash) ?? (await blockOf(rpc, hash));
    paid.push(...payments);
    hash = prevHash;
  }
  return paid;
};
