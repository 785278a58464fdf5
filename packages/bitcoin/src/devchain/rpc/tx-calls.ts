import { hex } from "@scure/base";
import { checkAdmission } from "../admission.ts";
import { isActive } from "../chain.ts";
import { type Devchain, nowSeconds, submit } from "../devchain.ts";
import { feeFor, type Refusal } from "../policy.ts";
import { parseTx, type Tx } from "../tx.ts";
import { blockOf, confirmations } from "./block-calls.ts";
import { RPC, RpcError } from "./error.ts";
import type { Methods } from "./method.ts";
import { asBtc, asHash, asHexBytes, asVerbosity } from "./params.ts";
import { txJson } from "./tx-json.ts";

/** Satoshi per 1000 vbytes: Core's guard against a slip of the comma; 0 takes it away. */
const DEFAULT_MAX_FEERATE = 10_000_000n;

export const refusalText = ({ reason, detail }: Refusal): string =>
  detail === undefined ? reason : `${reason}, ${detail}`;

export function refusalError(refusal: Refusal): RpcError {
  const { reason } = refusal;
  if (reason === "txn-already-known")
    return new RpcError(RPC.TRANSACTION_ALREADY_IN_CHAIN, "Transaction outputs already in utxo set");
  const code = reason === "bad-txns-inputs-missingorspent" ? RPC.TRANSACTION_ERROR : RPC.TRANSACTION_REJECTED;
  return new RpcError(code, refusalText(refusal));
}

function asTx(value: unknown): Tx {
  const raw = asHexBytes(value);
  const tx = raw && parseTx(raw);
  if (tx === undefined || tx.inputs.length === 0)
    throw new RpcError(
      RPC.DESERIALIZATION_ERROR,
      "TX decode failed. Make sure the tx has at least one input.",
    );
  return tx;
}

const mostFee = (maxFeerate: unknown, tx: Tx): bigint | undefined => {
  const feerate = maxFeerate === undefined || maxFeerate === null ? DEFAULT_MAX_FEERATE : asBtc(maxFeerate);
  return feerate === 0n ? undefined : feeFor(tx.vsize, feerate);
};

function send(dev: Devchain, tx: Tx, maxFeerate: unknown): string {
  // Sent again, it is simply there already.
  if (dev.mempool.entries.has(tx.txid)) return tx.txid;
  const most = mostFee(maxFeerate, tx);
  const check = checkAdmission(dev.chain, dev.mempool, tx, nowSeconds(dev));
  if ("entry" in check && most !== undefined && check.entry.fee > most)
    throw new RpcError(
      RPC.TRANSACTION_ERROR,
      "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)",
    );
  const refusal = "reason" in check ? check : submit(dev, tx);
  if (refusal !== undefined) throw refusalError(refusal);
  return tx.txid;
}

function testAccept(dev: Devchain, tx: Tx, maxFeerate: unknown): object {
  const { txid, wtxid, vsize } = tx;
  const most = mostFee(maxFeerate, tx);
  const check = checkAdmission(dev.chain, dev.mempool, tx, nowSeconds(dev));
  if ("reason" in check) {
    const missing = check.reason === "bad-txns-inputs-missingorspent";
    return {
      txid,
      wtxid,
      allowed: false,
      "reject-reason": missing ? "missing-inputs" : check.reason,
      "reject-details": refusalText(check),
    };
  }
  const { fee } = check.entry;
  if (most !== undefined && fee > most)
    return { txid, wtxid, allowed: false, "reject-reason": "max-fee-exceeded" };
  const feerate = (fee * 1000n) / BigInt(vsize);
  return {
    txid,
    wtxid,
    allowed: true,
    vsize,
    fees: { base: fee, "effective-feerate": feerate, "effective-includes": [wtxid] },
  };
}

function rawTransaction(dev: Devchain, txid: string, verbosity: number, blockHash: unknown): unknown {
  const genesis = dev.chain.active[0]!;
  if (genesis.block.txs[0]!.txid === txid)
    throw new RpcError(
      RPC.INVALID_ADDRESS_OR_KEY,
      "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved",
    );
  if (blockHash === undefined || blockHash === null) {
    const entry = dev.mempool.entries.get(txid);
    if (entry === undefined)
      throw new RpcError(
        RPC.INVALID_ADDRESS_OR_KEY,
        "No such mempool transaction. Use -txindex or provide a block hash to enable blockchain transaction queries. Use gettransaction for wallet transactions.",
      );
    return verbosity > 0 ? txJson(entry.tx) : hex.encode(entry.tx.raw);
  }
  const node = blockOf(dev, blockHash);
  const tx = node.block.txs.find((candidate) => candidate.txid === txid);
  if (tx === undefined)
    throw new RpcError(
      RPC.INVALID_ADDRESS_OR_KEY,
      "No such transaction found in the provided block. Use gettransaction for wallet transactions.",
    );
  if (verbosity <= 0) return hex.encode(tx.raw);
  const { hash, header } = node.block;
  const active = isActive(dev.chain, node);
  return {
    in_active_chain: active,
    ...txJson(tx),
    blockhash: hash,
    confirmations: active ? confirmations(dev, node) : 0,
    ...(active ? { time: header.time, blocktime: header.time } : {}),
  };
}

export const txCalls: Methods = {
  sendrawtransaction: {
    params: ["hexstring", "maxfeerate"],
    required: 1,
    run: (dev, [raw, maxFeerate]) => send(dev, asTx(raw), maxFeerate),
  },
  testmempoolaccept: {
    params: ["rawtxs", "maxfeerate"],
    required: 1,
    run: (dev, [raws, maxFeerate]) => {
      if (!Array.isArray(raws) || raws.length !== 1)
        throw new RpcError(RPC.INVALID_PARAMETER, "The development chain tests one transaction at a time");
      return [testAccept(dev, asTx(raws[0]), maxFeerate)];
    },
  },
  getrawtransaction: {
    params: ["txid", "verbosity", "blockhash"],
    required: 1,
    run: (dev, [txid, verbosity, blockHash]) =>
      rawTransaction(dev, asHash(txid, "parameter 1"), asVerbosity(verbosity, 0), blockHash),
  },
};
