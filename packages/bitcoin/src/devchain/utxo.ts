import { MAX_MONEY } from "./amount.ts";
import { blockSubsidy } from "./block.ts";
import type { Bytes } from "./hash.ts";
import { isUnspendable } from "./script.ts";
import { isCoinbase, outpoint, spentOutpoints, type Tx } from "./tx.ts";

export const COINBASE_MATURITY = 100;

export type Coin = {
  readonly amount: bigint;
  readonly script: Bytes;
  /** Of the block it was made in. */
  readonly height: number;
  readonly coinbase: boolean;
};
/** Every unspent coin of the active chain, by "txid:index". */
export type Utxo = Map<string, Coin>;
/** What one block takes from the set and adds to it: applied forwards to connect it, backwards to disconnect it. */
export type UtxoChange = {
  readonly spent: readonly [string, Coin][];
  readonly created: readonly [string, Coin][];
};

/** What is wrong with spending these coins in a block of this height, or the fee in satoshi. */
export function feeOrFault(
  tx: Tx,
  coins: readonly Coin[],
  height: number,
): { fee: bigint } | { reason: string; detail?: string } {
  let paidIn = 0n;
  for (const coin of coins) {
    const depth = height - coin.height;
    if (coin.coinbase && depth < COINBASE_MATURITY)
      return {
        reason: "bad-txns-premature-spend-of-coinbase",
        detail: `tried to spend coinbase at depth ${depth}`,
      };
    paidIn += coin.amount;
    if (paidIn > MAX_MONEY) return { reason: "bad-txns-inputvalues-outofrange" };
  }
  const paidOut = tx.outputs.reduce((sum, output) => sum + output.amount, 0n);
  if (paidIn < paidOut)
    return {
      reason: "bad-txns-in-belowout",
      detail: `value in (${paidIn}) < value out (${paidOut}) in satoshi`,
    };
  return { fee: paidIn - paidOut };
}

/** A block that breaks a rule: Core's reject reason. */
export class BlockFault extends Error {
  readonly reason: string;
  constructor(reason: string, where: string) {
    super(`${reason} in ${where}`);
    this.name = "BlockFault";
    this.reason = reason;
  }
}

/** What is wrong with a transaction that stands on the tip and spends these coins: a reject reason, or undefined. */
export type Judge = (tx: Tx, coins: readonly Coin[]) => string | undefined;

/**
 * Checks a block's spends and values against the set and says what connecting it changes; changes nothing itself.
 * Signatures and lock times are the judge's: our own miner needs none, since its transactions passed the mempool.
 * Throws BlockFault.
 */
export function planConnect(utxo: Utxo, txs: readonly Tx[], height: number, judge?: Judge): UtxoChange {
  const wrong = (tx: Tx, reason: string): BlockFault =>
    new BlockFault(reason, `${tx.txid} of the block at height ${height}`);
  const created = new Map<string, Coin>();
  const spent = new Map<string, Coin>();
  let fees = 0n;
  txs.forEach((tx, position) => {
    const first = position === 0;
    if (isCoinbase(tx) !== first) throw wrong(tx, first ? "bad-cb-missing" : "bad-cb-multiple");
    if (!first) {
      const coins = spentOutpoints(tx).map((key) => {
        const own = created.get(key);
        const coin = own ?? (spent.has(key) ? undefined : utxo.get(key));
        if (coin === undefined) throw wrong(tx, "bad-txns-inputs-missingorspent");
        if (own === undefined) spent.set(key, coin);
        else created.delete(key);
        return coin;
      });
      const result = feeOrFault(tx, coins, height);
      if ("reason" in result) throw wrong(tx, result.reason);
      fees += result.fee;
      const fault = judge?.(tx, coins);
      if (fault !== undefined) throw wrong(tx, fault);
    }
    tx.outputs.forEach(({ amount, script }, index) => {
      const key = outpoint(tx.txid, index);
      if (utxo.has(key) || created.has(key)) throw wrong(tx, "bad-txns-BIP30");
      if (!isUnspendable(script)) created.set(key, { amount, script, height, coinbase: first });
    });
  });
  const reward = txs[0]!.outputs.reduce((sum, output) => sum + output.amount, 0n);
  if (reward > blockSubsidy(height) + fees) throw wrong(txs[0]!, "bad-cb-amount");
  return { spent: [...spent], created: [...created] };
}

export function applyChange(utxo: Utxo, change: UtxoChange): void {
  for (const [key] of change.spent) utxo.delete(key);
  for (const [key, coin] of change.created) utxo.set(key, coin);
}

export function revertChange(utxo: Utxo, change: UtxoChange): void {
  for (const [key] of change.created) utxo.delete(key);
  for (const [key, coin] of change.spent) utxo.set(key, coin);
}
