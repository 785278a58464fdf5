export { type BlockHeader, readBlock, readHeader } from "./chain/block.ts";
export { type BlockRef, type ChainPlan, type ChainStep, followTip, planChain } from "./chain/follow.ts";
export { type MempoolChanges, type MempoolLook, mempoolChanges } from "./chain/mempool.ts";
export {
  type GrowingOutpointSet,
  type OutpointSet,
  openOutpointSet,
  outpointSet,
} from "./chain/outpoint-set.ts";
export { blocksBetween } from "./chain/rescan.ts";
export {
  type Receipt,
  type Scan,
  type Spend,
  scanBlock,
  scanTransaction,
  type TransactionScan,
  type Watch,
} from "./chain/scan.ts";
export { openScriptSet, type ScriptSet } from "./chain/script-set.ts";
export { outpointKey, transactionId } from "./chain/transaction.ts";
export * from "./errors.ts";
export { addressNetwork, coinType, isNetwork, NETWORKS, type Network } from "./network.ts";
export type { Transport } from "./node/http.ts";
export { type NodeOptions, nodeOptions } from "./node/options.ts";
export {
  type BitcoinNode,
  type ChainInfo,
  connectNode,
  nodeOver,
  type SendOutcome,
  type UnspentOutput,
} from "./node/rpc.ts";
export { type ChildRefusal, type ChildRequest, planChild } from "./payout/child.ts";
export type { Coin } from "./payout/coin.ts";
export { type Descriptor, parseDescriptor } from "./payout/descriptor.ts";
export {
  checkDestination,
  type Destination,
  type DestinationRefusal,
  dustLimit,
} from "./payout/destination.ts";
export {
  type PayoutOutput,
  type PayoutPlan,
  type PayoutRefusal,
  type PayoutRequest,
  planPayout,
} from "./payout/plan.ts";
export type { SignedPayout } from "./payout/sign.ts";
export { finishSweep, type SweepSignatureRefusal, sweepPsbt } from "./payout/sweep.ts";
export { planSweep, type SweepRefusal, type SweepRequest } from "./payout/sweep-plan.ts";
export { MAX_SATS, sats } from "./sats.ts";
export type { SigningLimits, SigningRefusal, SignRequest } from "./signer/check.ts";
export type { ForgetReason, PaidWithdrawal, SignedKind, SignedRecord } from "./signer/record.ts";
export { openSigner, type Signer, type SignerOptions, type SigningOutcome } from "./signer/signer.ts";
export { type AddressPool, openAddressPool } from "./wallet/address-pool.ts";
export { ADDRESS_TYPES, type AddressType, typeOfAddress } from "./wallet/address-type.ts";
export {
  type Branch,
  type IdentityKey,
  type KeyOrigin,
  type KeyPurpose,
  openWallet,
  type Wallet,
  type WalletAddress,
} from "./wallet/keys.ts";
export { newPhrase, type Seed, seedFromPhrase } from "./wallet/seed.ts";
export { createSeedFile, openSeedFile } from "./wallet/seed-file.ts";
