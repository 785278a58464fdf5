export { hasBitcoind, startBitcoindNode } from "./bitcoind-node.ts";
export { startBtcdNode } from "./btcd-node.ts";
export { NodeRefusal } from "./call.ts";
export { startDevchainNode } from "./devchain-node.ts";
export type { Line } from "./line.ts";
export type { Branch, Miner } from "./miner.ts";
export type { Payment, PayOptions, Purse, PurseCoin } from "./purse.ts";
export type { NodeKind, TestNode } from "./test-node.ts";
