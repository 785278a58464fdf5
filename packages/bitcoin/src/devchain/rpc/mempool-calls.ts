import { tip } from "../chain.ts";
import type { Devchain } from "../devchain.ts";
import {
  ancestorsOf,
  childrenOf,
  findCoin,
  type MempoolEntry,
  parentsOf,
  withDescendants,
} from "../mempool.ts";
import { INCREMENTAL_FEERATE, MIN_RELAY_FEERATE } from "../policy.ts";
import { outpoint } from "../tx.ts";
import { RPC, RpcError } from "./error.ts";
import { type Methods, withoutParams } from "./method.ts";
import { asBoolean, asHash, asInteger } from "./params.ts";
import { scriptJson } from "./tx-json.ts";

/** BIP 125: a sequence below this signals that the transaction may be replaced. */
const REPLACEABLE_BELOW = 0xfffffffe;

function entryJson({ mempool }: Devchain, entry: MempoolEntry): object {
  const { tx, fee, time, height } = entry;
  const ancestors = [...ancestorsOf(mempool, tx)].map((txid) => mempool.entries.get(txid)!);
  const descendants = [...withDescendants(mempool, [tx.txid])].map((txid) => mempool.entries.get(txid)!);
  const sizes = (entries: MempoolEntry[]): number => entries.reduce((sum, one) => sum + one.tx.vsize, 0);
  const fees = (entries: MempoolEntry[]): bigint => entries.reduce((sum, one) => sum + one.fee, 0n);
  return {
    vsize: tx.vsize,
    weight: tx.weight,
    time,
    height,
    descendantcount: descendants.length,
    descendantsize: sizes(descendants),
    ancestorcount: ancestors.length + 1,
    ancestorsize: sizes(ancestors) + tx.vsize,
    wtxid: tx.wtxid,
    fees: { base: fee, modified: fee, ancestor: fees(ancestors) + fee, descendant: fees(descendants) },
    depends: parentsOf(mempool, tx),
    spentby: childrenOf(mempool, tx),
    "bip125-replaceable": [entry, ...ancestors].some((one) =>
      one.tx.inputs.some((input) => input.sequence < REPLACEABLE_BELOW),
    ),
    unbroadcast: false,
  };
}

export const mempoolCalls: Methods = {
  getrawmempool: {
    params: ["verbose", "mempool_sequence"],
    required: 0,
    run: (dev, [verbose]) => {
      const { entries } = dev.mempool;
      if (!asBoolean(verbose, false)) return [...entries.keys()];
      return Object.fromEntries([...entries].map(([txid, entry]) => [txid, entryJson(dev, entry)]));
    },
  },
  getmempoolentry: {
    params: ["txid"],
    required: 1,
    run: (dev, [txid]) => {
      const entry = dev.mempool.entries.get(asHash(txid, "txid"));
      if (entry === undefined) throw new RpcError(RPC.INVALID_ADDRESS_OR_KEY, "Transaction not in mempool");
      return entryJson(dev, entry);
    },
  },
  getmempoolinfo: withoutParams(({ mempool }) => {
    const entries = [...mempool.entries.values()];
    const bytes = entries.reduce((sum, { tx }) => sum + tx.vsize, 0);
    return {
      loaded: true,
      size: entries.length,
      bytes,
      usage: bytes,
      total_fee: entries.reduce((sum, { fee }) => sum + fee, 0n),
      maxmempool: 300_000_000,
      mempoolminfee: MIN_RELAY_FEERATE,
      minrelaytxfee: MIN_RELAY_FEERATE,
      incrementalrelayfee: INCREMENTAL_FEERATE,
      unbroadcastcount: 0,
      fullrbf: true,
    };
  }),
  gettxout: {
    params: ["txid", "n", "include_mempool"],
    required: 2,
    run: (dev, [txid, n, includeMempool]) => {
      const { chain, mempool } = dev;
      const id = asHash(txid, "txid");
      const index = asInteger(n);
      const withMempool = asBoolean(includeMempool, true);
      if (withMempool && mempool.spends.has(outpoint(id, index))) return null;
      const coin = withMempool ? findCoin(chain, mempool, id, index) : chain.utxo.get(outpoint(id, index));
      if (coin === undefined) return null;
      const { block, height } = tip(chain);
      return {
        bestblock: block.hash,
        confirmations: height - coin.height + 1,
        value: coin.amount,
        scriptPubKey: scriptJson(coin.script),
        coinbase: coin.coinbase,
      };
    },
  },
};
