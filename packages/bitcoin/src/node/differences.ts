import type { Network } from "../network.ts";

// Where Bitcoin Core (25 to 31) and btcd (0.24.2 and later) answer the same call differently, and what we make of it.
// Sources: rpcserver.go, btcjson/jsonrpcerr.go, mempool/estimatefee.go of btcsuite/btcd v0.24.2;
// src/rpc/protocol.h, src/rpc/blockchain.cpp, src/rpc/mempool.cpp, src/rpc/fees.cpp of bitcoin/bitcoin v25.0 to v31.0.
//
// What both answer alike needs no code here, only that we ask in the one way that both understand:
// - getblock with the integer verbosity 0 (btcd has no boolean): also for blocks off the best chain, where verbose fails in
//   btcd. A pruned Core answers -1 (RPC_MISC_ERROR) to old ones.
// - getblockheader with `false`, getrawmempool with `false`, getrawtransaction without verbosity: the mempool only, unless
//   the node has a transaction index, which neither needs.
// - gettxout with include_mempool `false`: btcd, asked with the mempool, does not see that it spends the output. Both answer
//   null to what is spent or was never there. Amounts: Core writes 8 decimals, btcd a float's shortest form (1e-8).
// - getconnectioncount: a number from both.
// - Every request has an id: btcd does not answer one without (jsonRPCRead).
// - btcd's limited user (rpclimituser) may not ask getblockchaininfo: the hub needs the full one.
//
// sendrawtransaction: codes and texts tell nothing that could be relied on, so nothing looks at them. To what is in its mempool
// already Core answers with the id, btcd with -26; to what is mined both answer -27, as long as an output is unspent. A Core 31 with
// -privatebroadcast accepts, and shows the transaction in its mempool only when the network has sent it back. Core refuses more than
// 0.10 BTC/kvB (10,000 sat/vB) unless told otherwise; btcd has no such limit.

/**
 * The `chain` of getblockchaininfo. Core: ChainTypeToString in util/chaintype.cpp (testnet4 from 28 on). btcd: Params.Name in
 * chaincfg/params.go (testnet4 after 0.24.2). Anything else (btcd's simnet) is not supported.
 */
const CHAIN_NAMES: Readonly<Record<string, Network>> = {
  main: "mainnet",
  mainnet: "mainnet",
  test: "testnet3",
  testnet3: "testnet3",
  testnet4: "testnet4",
  signet: "signet",
  regtest: "regtest",
};

export const networkOfChain = (chain: string): Network | undefined =>
  Object.hasOwn(CHAIN_NAMES, chain) ? CHAIN_NAMES[chain] : undefined;

/**
 * getblockhash above the tip. Core: RPC_INVALID_PARAMETER (-8). btcd: ErrRPCOutOfRange, which is -1, a code that Core
 * uses for anything.
 */
export const isHeightAboveTip = (rpcCode: number | undefined): boolean => rpcCode === -8 || rpcCode === -1;

/** A transaction or block that the node does not have: RPC_INVALID_ADDRESS_OR_KEY in Core, ErrRPCNoTxInfo in btcd. */
export const isNotThere = (rpcCode: number | undefined): boolean => rpcCode === -5;

/**
 * No such call. Both: -32601. btcd answers ErrRPCUnimplemented (-1) to those that it knows of and does not have
 * (rpcUnimplemented in rpcserver.go). btcd has no estimatesmartfee, Core no estimatefee (removed in 0.17).
 */
export const isMissingCall = (rpcCode: number | undefined): boolean => rpcCode === -32601 || rpcCode === -1;

/** RPC_IN_WARMUP: Core is still loading. btcd opens its port when it is ready. */
export const isStarting = (rpcCode: number | undefined): boolean => rpcCode === -28;

/** The farthest target that btcd estimates (estimateFeeDepth in mempool/estimatefee.go); Core goes to 1008. */
export const FARTHEST_ESTIMATEFEE_TARGET = 25;

/**
 * Calls under way at once. btcd answers 503 beyond 10 clients (rpcmaxclients) and closes the connection after each answer;
 * Core has 4 threads for calls before version 29 (rpcthreads), 16 since.
 */
export const CALLS_AT_ONCE = 4;
