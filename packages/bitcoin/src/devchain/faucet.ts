import { p2wpkh, Transaction } from "@scure/btc-signer";
import { equalBytes, pubECDSA, sha256 } from "@scure/btc-signer/utils.js";
import { tip } from "./chain.ts";
import { type Devchain, mine, nowSeconds, submit } from "./devchain.ts";
import type { Bytes } from "./hash.ts";
import { ancestorsOf } from "./mempool.ts";
import { dustLimit, type Refusal } from "./policy.ts";
import { REGTEST } from "./script.ts";
import { outpoint, parseTx } from "./tx.ts";
import { COINBASE_MATURITY } from "./utxo.ts";

/** One key for every development chain, known to all: regtest coins are play money. */
export const FAUCET_KEY = sha256(new TextEncoder().encode("Coinholder development chain faucet"));
export const FAUCET_SCRIPT: Bytes = p2wpkh(pubECDSA(FAUCET_KEY), REGTEST).script;

/**
 * Blocks made at the first start. The subsidy halves every 150 blocks on regtest, so that there will never be more
 * than 15,000 BTC: 50 each in the first 149 blocks, 25 in the next 150. After 250 blocks 151 coinbases are mature,
 * 7,500 BTC, enough to go on for long, and another 2,475 BTC ripen with the next 99 blocks.
 */
export const PREMINED_BLOCKS = 250;
/** How far apart the premined blocks are dated, the last one now: as on a real chain. */
const PREMINE_SPACING_S = 600;

/** Satoshi per vbyte: above the minimum, so that a test can leave it and still replace it. */
const FEERATE = 2n;
/** P2WPKH: vbytes of a transaction without inputs and outputs, and of one input, each rounded up. */
const BASE_VSIZE = 11;
const INPUT_VSIZE = 68;
/** So many unconfirmed coins may stand on one another: well under the limit of 25, to leave room for the receiver. */
const DEEPEST_CHANGE = 12;
/** More inputs than this would make a transaction too large to relay. */
const MOST_INPUTS = 1000;

export function premine(dev: Devchain): void {
  const missing = PREMINED_BLOCKS + 1 - dev.chain.nodes.size;
  if (missing <= 0) return;
  const now = nowSeconds(dev);
  mine(dev, missing, FAUCET_SCRIPT, (i) => now - (missing - 1 - i) * PREMINE_SPACING_S);
}

const isOurs = (script: Bytes): boolean => equalBytes(script, FAUCET_SCRIPT);

type FaucetCoin = { txid: string; index: number; amount: bigint };

/** Coins that can be spent now, the largest first. */
function spendableCoins(dev: Devchain): { confirmed: FaucetCoin[]; unconfirmed: FaucetCoin[] } {
  const { chain, mempool } = dev;
  const next = tip(chain).height + 1;
  const free = (key: string): boolean => !mempool.spends.has(key);
  const bySize = (a: FaucetCoin, b: FaucetCoin): number =>
    a.amount < b.amount ? 1 : a.amount > b.amount ? -1 : 0;

  const confirmed: FaucetCoin[] = [];
  for (const [key, coin] of chain.utxo) {
    const mature = !coin.coinbase || next - coin.height >= COINBASE_MATURITY;
    if (!mature || !isOurs(coin.script) || !free(key)) continue;
    const [txid, index] = key.split(":");
    confirmed.push({ txid: txid!, index: Number(index), amount: coin.amount });
  }
  const unconfirmed: FaucetCoin[] = [];
  for (const { tx } of mempool.entries.values()) {
    tx.outputs.forEach(({ amount, script }, index) => {
      if (isOurs(script) && free(outpoint(tx.txid, index)) && ancestorsOf(mempool, tx).size < DEEPEST_CHANGE)
        unconfirmed.push({ txid: tx.txid, index, amount });
    });
  }
  return { confirmed: confirmed.sort(bySize), unconfirmed: unconfirmed.sort(bySize) };
}

type Selection = { coins: FaucetCoin[]; total: bigint; fee: bigint };

/** The first coins that are enough: the smallest confirmed one, the smallest unconfirmed one, or as many as it takes. */
function selectCoins(dev: Devchain, amount: bigint, outputsVsize: number): Selection | undefined {
  const { confirmed, unconfirmed } = spendableCoins(dev);
  const feeOf = (inputs: number): bigint =>
    BigInt(BASE_VSIZE + outputsVsize + inputs * INPUT_VSIZE) * FEERATE;
  for (const coins of [confirmed, unconfirmed]) {
    const single = coins.findLast((coin) => coin.amount >= amount + feeOf(1));
    if (single !== undefined) return { coins: [single], total: single.amount, fee: feeOf(1) };
  }
  const all = [...confirmed, ...unconfirmed].slice(0, MOST_INPUTS);
  let total = 0n;
  for (let count = 1; count <= all.length; count++) {
    total += all[count - 1]!.amount;
    if (total >= amount + feeOf(count)) return { coins: all.slice(0, count), total, fee: feeOf(count) };
  }
  return undefined;
}

/** All that the faucet has on the chain, ripe or not, in satoshi. */
function wealth(dev: Devchain): bigint {
  let total = 0n;
  for (const coin of dev.chain.utxo.values()) if (isOurs(coin.script)) total += coin.amount;
  return total;
}

/**
 * Pays from the faucet's coins to a script, in satoshi, and gives the transaction's id; it waits in the mempool until a
 * block is mined. Only when no spendable coin is left it mines, at most as many blocks as ripen all its coinbases.
 */
export function fund(dev: Devchain, payTo: Bytes, amount: bigint): { txid: string } | Refusal {
  if (amount < dustLimit({ script: payTo, amount })) return { reason: "dust" };
  const outputsVsize = 9 + payTo.length + 9 + FAUCET_SCRIPT.length;
  let selection = selectCoins(dev, amount, outputsVsize);
  for (let blocks = 0; selection === undefined && blocks < COINBASE_MATURITY; blocks++) {
    if (wealth(dev) <= amount) break;
    mine(dev, 1, FAUCET_SCRIPT);
    selection = selectCoins(dev, amount, outputsVsize);
  }
  if (selection === undefined) return { reason: "Insufficient funds" };

  const tx = new Transaction({ allowUnknownOutputs: true });
  for (const { txid, index, amount: value } of selection.coins)
    tx.addInput({
      txid,
      index,
      sequence: 0xfffffffd,
      witnessUtxo: { script: FAUCET_SCRIPT, amount: value },
    });
  tx.addOutput({ script: payTo, amount });
  const change = { script: FAUCET_SCRIPT, amount: selection.total - amount - selection.fee };
  if (change.amount >= dustLimit(change)) tx.addOutput(change);
  tx.sign(FAUCET_KEY);
  tx.finalize();
  const parsed = parseTx(tx.extract());
  if (parsed === undefined) throw new Error("the faucet made a transaction that cannot be read");
  return submit(dev, parsed) ?? { txid: parsed.txid };
}
