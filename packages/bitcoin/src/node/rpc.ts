import type { Sats } from "@coinholder/protocol";
import { transactionId } from "../chain/transaction.ts";
import { BitcoinError, isBitcoinError } from "../errors.ts";
import type { Network } from "../network.ts";
import {
  FARTHEST_ESTIMATEFEE_TARGET,
  isHeightAboveTip,
  isMissingCall,
  isNotThere,
  isStarting,
  networkOfChain,
} from "./differences.ts";
import { parseJsonKeepingNumbers, satsOfBtc, satsPerKvB } from "./exact.ts";
import { openTransport, type Transport } from "./http.ts";
import type { NodeOptions } from "./options.ts";

export type ChainInfo = {
  network: Network;
  /** Height of the best block. */
  height: number;
  bestBlockHash: string;
  /** Height of the best header: above `height` while the node is catching up (btcd says `height` always). */
  headers: number;
};

export type UnspentOutput = { value: Sats; script: string; confirmations: number; coinbase: boolean };

/**
 * What became of a transaction that was sent. Texts differ by node and version: nothing may be decided from `message`
 * or `code`; whether the transaction is out is found by looking. `unknown`: it may have arrived and may not.
 */
export type SendOutcome =
  | { accepted: true; unknown?: undefined; txid: string }
  | { accepted: false; unknown?: undefined; code: number; message: string }
  | { accepted?: undefined; unknown: true; message: string };

/** Every call rejects with BitcoinError `node_unreachable` or `node_error`. Hashes are hex in the usual (reversed) order. */
export type BitcoinNode = {
  chainInfo: () => Promise<ChainInfo>;
  bestBlockHash: () => Promise<string>;
  /** Other nodes that this one is connected with. */
  peers: () => Promise<number>;
  /** Undefined above the tip. */
  blockHash: (height: number) => Promise<string | undefined>;
  rawBlock: (hash: string) => Promise<Uint8Array>;
  /** 80 bytes. */
  rawHeader: (hash: string) => Promise<Uint8Array>;
  /** Transaction ids in the mempool. */
  rawMempool: () => Promise<string[]>;
  /** From the mempool; a node with a transaction index also finds mined ones. Undefined if the node has none. */
  rawTransaction: (txid: string) => Promise<Uint8Array | undefined>;
  sendRawTransaction: (raw: Uint8Array) => Promise<SendOutcome>;
  /**
   * By the chain alone: what the mempool spends is still there. Undefined if spent or never there. With `asSpent` not if the
   * mempool spends it either, as far as the node tells (btcd does not).
   */
  txOut: (txid: string, vout: number, asSpent?: boolean) => Promise<UnspentOutput | undefined>;
  /** Satoshi per 1000 vbytes to be mined within so many blocks; undefined if the node cannot tell. */
  feeRate: (targetBlocks: number) => Promise<number | undefined>;
  close: () => void;
};

const HASH = /^[0-9a-f]{64}$/;
const BYTES = /^(?:[0-9a-fA-F]{2})*$/;

const notAnAnswer = (method: string): BitcoinError =>
  new BitcoinError("node_error", `The node's answer to ${method} is not what that call answers`);

const asHash = (value: unknown, method: string): string => {
  if (typeof value !== "string" || !HASH.test(value)) throw notAnAnswer(method);
  return value;
};

const asBytes = (value: unknown, method: string): Uint8Array => {
  if (typeof value !== "string" || value.length === 0) throw notAnAnswer(method);
  const bytes = Buffer.from(value, "hex"); // ends at the first sign that is no hex
  if (2 * bytes.length !== value.length) throw notAnAnswer(method);
  return bytes;
};

const asCount = (value: unknown, method: string): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw notAnAnswer(method);
  return value as number;
};

const asObject = (value: unknown, method: string): Record<string, unknown> => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw notAnAnswer(method);
  return value as Record<string, unknown>;
};

type Call = (method: string, params: unknown[], keepNumbers?: "numbers as text") => Promise<unknown>;

const openCall = (post: (body: string) => Promise<{ status: number; text: string }>): Call => {
  let lastId = 0;
  return async (method, params, keepNumbers) => {
    const id = `${++lastId}`; // btcd does not answer a call without an id
    const { status, text } = await post(JSON.stringify({ jsonrpc: "1.0", id, method, params }));
    if (status === 401 || status === 403) {
      throw new BitcoinError("node_error", "The node refuses these credentials", { httpStatus: status });
    }
    let answer: Record<string, unknown>;
    try {
      answer = asObject(keepNumbers ? parseJsonKeepingNumbers(text) : JSON.parse(text), method);
    } catch {
      const code = status === 503 || status === 429 ? "node_unreachable" : "node_error";
      throw new BitcoinError(code, `The node answered ${method} with HTTP ${status} and no JSON`, {
        httpStatus: status,
      });
    }
    if (answer.id !== id) throw notAnAnswer(method);
    if (answer.error === undefined || answer.error === null) return answer.result;
    const error = asObject(answer.error, method);
    const rpcCode = Number(error.code);
    const code = isStarting(rpcCode) ? "node_unreachable" : "node_error";
    throw new BitcoinError(code, `${method}: ${String(error.message)}`, { rpcCode, httpStatus: status });
  };
};

const rpcCodeOf = (error: unknown): number | undefined =>
  isBitcoinError(error, "node_error") ? error.rpcCode : undefined;

const estimateFee = async (call: Call, target: number): Promise<number | undefined> => {
  try {
    const smart = asObject(await call("estimatesmartfee", [target], "numbers as text"), "estimatesmartfee");
    return typeof smart.feerate === "string" ? satsPerKvB(smart.feerate) : undefined;
  } catch (error) {
    const rpcCode = rpcCodeOf(error);
    if (rpcCode === undefined) throw error;
    if (!isMissingCall(rpcCode)) return undefined;
  }
  try {
    const blocks = Math.min(target, FARTHEST_ESTIMATEFEE_TARGET);
    const rate = await call("estimatefee", [blocks], "numbers as text");
    return typeof rate === "string" ? satsPerKvB(rate) : undefined;
  } catch (error) {
    if (rpcCodeOf(error) === undefined) throw error;
    return undefined; // btcd: not enough blocks seen yet
  }
};

/** Opens no connection yet: the first call does. */
export const connectNode = (options: NodeOptions): BitcoinNode => nodeOver(openTransport(options));

/** The node at the other end of a transport. */
export const nodeOver = (transport: Transport): BitcoinNode => {
  const call = openCall(transport.post);

  return {
    chainInfo: async () => {
      const method = "getblockchaininfo";
      const info = asObject(await call(method, []), method);
      const network = networkOfChain(String(info.chain));
      if (network === undefined) {
        throw new BitcoinError(
          "node_error",
          `The node is on a chain that is not supported: ${String(info.chain)}`,
        );
      }
      const height = asCount(info.blocks, method);
      const headers = asCount(info.headers, method);
      return { network, height, headers, bestBlockHash: asHash(info.bestblockhash, method) };
    },
    bestBlockHash: async () => asHash(await call("getbestblockhash", []), "getbestblockhash"),
    peers: async () => asCount(await call("getconnectioncount", []), "getconnectioncount"),
    blockHash: async (height) => {
      try {
        return asHash(await call("getblockhash", [height]), "getblockhash");
      } catch (error) {
        if (isHeightAboveTip(rpcCodeOf(error))) return undefined;
        throw error;
      }
    },
    rawBlock: async (hash) => asBytes(await call("getblock", [hash, 0]), "getblock"),
    rawHeader: async (hash) => asBytes(await call("getblockheader", [hash, false]), "getblockheader"),
    rawMempool: async () => {
      const txids = await call("getrawmempool", [false]);
      // There may be a hundred thousand: no more than a glance at each. What is not an id has no transaction either.
      if (!Array.isArray(txids) || !txids.every((txid) => typeof txid === "string" && txid.length === 64))
        throw notAnAnswer("getrawmempool");
      return txids;
    },
    rawTransaction: async (txid) => {
      try {
        const raw = asBytes(await call("getrawtransaction", [txid]), "getrawtransaction");
        if (transactionId(raw) !== txid) throw notAnAnswer("getrawtransaction");
        return raw;
      } catch (error) {
        if (isNotThere(rpcCodeOf(error))) return undefined;
        throw error;
      }
    },
    sendRawTransaction: async (raw) => {
      const txid = transactionId(raw);
      try {
        const answer = await call("sendrawtransaction", [Buffer.from(raw).toString("hex")]);
        if (answer === txid) return { accepted: true, txid };
        return { unknown: true, message: "The node answered with another transaction's id" };
      } catch (error) {
        if (!isBitcoinError(error)) throw error;
        const { message } = error;
        const rpcCode = rpcCodeOf(error);
        return rpcCode === undefined
          ? { unknown: true, message }
          : { accepted: false, code: rpcCode, message };
      }
    },
    txOut: async (txid, vout, asSpent = false) => {
      const method = "gettxout";
      const answer = await call(method, [txid, vout, asSpent], "numbers as text");
      if (answer === null || answer === undefined) return undefined;
      const output = asObject(answer, method);
      const script = asObject(output.scriptPubKey, method).hex;
      const value = satsOfBtc(String(output.value));
      if (value === undefined || typeof script !== "string" || !BYTES.test(script)) throw notAnAnswer(method);
      const confirmations = asCount(Number(output.confirmations), method);
      return { value, script, confirmations, coinbase: output.coinbase === true };
    },
    feeRate: (targetBlocks) => estimateFee(call, targetBlocks),
    close: transport.close,
  };
};
