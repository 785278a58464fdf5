import type { Network } from "../network.ts";

// Where Bitcoin Core (25 and later) and btcd (0.24.2 and later) answer the same call differently, and what we make of it.
// What both answer alike needs no line here: getblock with the integer verbosity 0 (btcd has no boolean), getblockheader with
// `false`, raw transactions and the mempool without verbosity, gettxout with include_mempool `false`.
// Sources: rpcserver.go, btcjson/jsonrpcerr.go, mempool/estimatefee.go of btcsuite/btcd;
// src/rpc/protocol.h, src/rpc/blockchain.cpp, src/rpc/fees.cpp of bitcoin/bitcoin.

/**
 * The `chain` of getblockchaininfo. Core: ChainTypeToString in util/chaintype.cpp. btcd: Params.Name in chaincfg/params.go.
 * Anything else (btcd's simnet) has no address prefixes of its own here and is not supported.
 */
const CHAIN_NAMES: Readonly<Record<string, Network>> = {
  main: "mainnet",
  mainnet: "mainnet",
  test: "testnet",
  testnet3: "testnet",
  testnet4: "testnet",
  signet: "testnet",
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
 * Core has 4 threads for calls before version 30 (rpcthreads).
 */
export const CALLS_AT_ONCE = 4;
