import { scanBlock, type Watch } from "@coinholder/bitcoin";
import { ELSEWHERE, ELSEWHERE_SCRIPT } from "./workload.ts";

const script = Buffer.from(ELSEWHERE_SCRIPT, "hex");

const watch: Watch = {
  scripts: {
    addressOf: (bytes, start, end) => (script.equals(bytes.subarray(start, end)) ? ELSEWHERE : undefined),
  },
  outpoints: { size: 0, has: () => false },
};

/** Every payment to the address outside in all blocks: amount in satoshi, and the transaction that made it. */
export const paidOutside = async (
  rpc: (method: string, ...params: unknown[]) => Promise<unknown>,
): Promise<{ amount: number; txid: string }[]> => {
  const paid: { amount: number; txid: string }[] = [];
  const height = (await rpc("getblockcount")) as number;
  for (let at = 1; at <= height; at++) {
    const raw = (await rpc("getblock", await rpc("getblockhash", at), 0)) as string;
    for (const { value, txid } of scanBlock(Buffer.from(raw, "hex"), watch).receipts)
      paid.push({ amount: value, txid });
  }
  return paid;
};
