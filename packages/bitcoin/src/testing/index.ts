export { hasBitcoind, startBitcoindNode } from "./bitcoind-node.ts";
export { startBtcdNode } from "./btcd-node.ts";
export { NodeRefusal } from "./call.ts";
export { startDevchainNode } from "./devchain-node.ts";
export type { Line } from "./line.ts";
export { type Branch, type Miner, makeMiner } from "./miner.ts";
export { openPurse, type Payment, type PayOptions, type Purse, type PurseCoin } from "./purse.ts";
export type { NodeKind, TestNode } from "./test-node.ts";
