export { type BlockHeader, readBlock, readHeader } from "./chain/block.ts";
export { type BlockRef, type ChainPlan, type ChainStep, followTip, planChain } from "./chain/follow.ts";
export { type MempoolChanges, type MempoolLook, mempoolChanges } from "./chain/mempool.ts";
export {
  type Receipt,
  type Scan,
  type Spend,
  scanBlock,
  scanTransaction,
  type TransactionScan,
  type Watch,
} from "./chain/scan.ts";
export { outpointKey, transactionId } from "./chain/transaction.ts";
export { type RunningDevchain, startDevchain } from "./devchain/start.ts";
export * from "./errors.ts";
export { coinType, isNetwork, NETWORKS, type Network } from "./network.ts";
export type { NodeOptions } from "./node/http.ts";
export {
  type BitcoinNode,
  type ChainInfo,
  connectNode,
  type SendOutcome,
  type UnspentOutput,
} from "./node/rpc.ts";
export {
  checkDestination,
  type Destination,
  type DestinationRefusal,
  dustLimit,
} from "./payout/destination.ts";
export {
  type Coin,
  type PayoutOutput,
  type PayoutPlan,
  type PayoutRefusal,
  type PayoutRequest,
  planPayout,
} from "./payout/plan.ts";
export { type SignedPayout, signPayout } from "./payout/sign.ts";
export { MAX_SATS, sats } from "./sats.ts";
export { type AddressPool, openAddressPool } from "./wallet/address-pool.ts";
export { type Branch, type IdentityKey, openWallet, type Wallet, type WalletAddress } from "./wallet/keys.ts";
export { newPhrase, type Seed, seedFromPhrase } from "./wallet/seed.ts";
export { createSeedFile, openSeedFile } from "./wallet/seed-file.ts";
