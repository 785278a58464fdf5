import { hex } from "@scure/base";
import { Transaction } from "@scure/btc-signer";
import { equalBytes } from "@scure/btc-signer/utils.js";
import { decodeBlock } from "../devchain/block.ts";
import { FAUCET_KEY, FAUCET_SCRIPT } from "../devchain/faucet.ts";
import { scriptOf } from "./script-of.ts";

type Rpc = <T>(method: string, ...params: unknown[]) => Promise<T>;

export interface PurseCoin {
  readonly txid: string;
  readonly vout: number;
  readonly sats: bigint;
}

/** A signed transaction of the test's own. */
export interface Payment {
  readonly txid: string;
  /** Hex. */
  readonly raw: string;
  /** Satoshi. */
  readonly fee: bigint;
  /** What it spends: a second payment with the same coins is a double spend. */
  readonly coins: readonly PurseCoin[];
  /** The purse's change, the last output. */
  readonly change: PurseCoin;
}

export interface PayOptions {
  /** Coins to spend; a coin that was never spent unless given. */
  readonly coins?: readonly PurseCoin[];
  /** Satoshi per vbyte; 2 unless given. */
  readonly feeRate?: number;
}

/** The test's own money: the coinbases of the blocks that stood when the node was made, which no test undoes. */
export interface Purse {
  /** Signs a payment to these addresses, in this order, in satoshi, and change. It signals replaceability (BIP-125). */
  readonly pay: (outputs: readonly (readonly [string, number])[], options?: PayOptions) => Promise<Payment>;
}

/** P2WPKH, in vbytes: a transaction without inputs and outputs, and one input, each rounded up. */
const BASE_VSIZE = 11;
const INPUT_VSIZE = 68;
const REPLACEABLE = 0xfffffffd;

export const openPurse = (rpc: Rpc): Purse => {
  let nextHeight = 1;

  /** Every call gives another coinbase, from the first block on: 50 BTC each in the first 149. */
  const freshCoin = async (): Promise<PurseCoin> => {
    for (;;) {
      const hash = await rpc<string>("getblockhash", nextHeight++);
      const [coinbase] = decodeBlock(hex.decode(await rpc<string>("getblock", hash, 0))).txs;
      const output = coinbase!.outputs[0]!;
      if (equalBytes(output.script, FAUCET_SCRIPT))
        return { txid: coinbase!.txid, vout: 0, sats: output.amount };
    }
  };

  return {
    pay: async (outputs, { coins: given, feeRate = 2 } = {}) => {
      const scripts = outputs.map(([address]) => scriptOf(address));
      const paid = outputs.reduce((sum, [, sats]) => sum + BigInt(sats), 0n);
      const coins = [...(given ?? [await freshCoin()])];
      const total = (): bigint => coins.reduce((sum, coin) => sum + coin.sats, 0n);
      const outputsVsize = [...scripts, FAUCET_SCRIPT].reduce((sum, script) => sum + 9 + script.length, 0);
      const fee = (): bigint => BigInt((BASE_VSIZE + outputsVsize + coins.length * INPUT_VSIZE) * feeRate);
      while (given === undefined && total() < paid + fee() + 1000n) coins.push(await freshCoin());

      const tx = new Transaction({ allowUnknownOutputs: true });
      for (const { txid, vout, sats } of coins)
        tx.addInput({
          txid,
          index: vout,
          sequence: REPLACEABLE,
          witnessUtxo: { script: FAUCET_SCRIPT, amount: sats },
        });
      outputs.forEach(([, sats], i) => {
        tx.addOutput({ script: scripts[i]!, amount: BigInt(sats) });
      });
      const change = total() - paid - fee();
      tx.addOutput({ script: FAUCET_SCRIPT, amount: change });
      tx.sign(FAUCET_KEY);
      tx.finalize();
      return {
        txid: tx.id,
        raw: hex.encode(tx.extract()),
        fee: fee(),
        coins,
        change: { txid: tx.id, vout: outputs.length, sats: change },
      };
    },
  };
};
