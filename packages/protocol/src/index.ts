export * from "./amounts.ts";
export { MAX_FUNDS_CHARS, MAX_FUNDS_INPUTS } from "./bip322/proof-of-funds.ts";
export {
  parseTransaction,
  type RawTransaction,
  type TransactionOutput,
  virtualSize,
} from "./bip322/raw-transaction.ts";
export { type FundsCoin, type LendKey, signProofOfFunds } from "./bip322/sign-funds.ts";
export { signMessage } from "./bip322/sign-message.ts";
export {
  type FundsInconclusiveReason,
  type FundsInvalidReason,
  type FundsVerdict,
  type ProvenOutput,
  verifyProofOfFunds,
} from "./bip322/verify-funds.ts";
export { verifyInput } from "./bip322/verify-input.ts";
export { type Verdict, verifyMessage } from "./bip322/verify-message.ts";
export { signSchnorr, taggedHash, verifySchnorr } from "./bip340.ts";
export * from "./bitcoin-address.ts";
export * from "./encoding.ts";
export * from "./errors.ts";
export { type Column, csvLines, guarded } from "./exports/csv.ts";
export {
  type Statement,
  type StatementEntry,
  statementCsv,
  type ToldTrade,
  type ToldTransfer,
  tradesCsv,
  transfersCsv,
} from "./exports/tables.ts";
export type { BatchCall } from "./functions/calls.ts";
export type { Access, FunctionRow, Group } from "./functions/row.ts";
export * from "./functions/table.ts";
export {
  type IdentityText,
  MAX_IDENTITY_BYTES,
  MAX_PREVIOUS_KEYS,
  nextKeyHash,
  type PreviousKey,
  type PublishedIdentity,
  readIdentity,
  signNextKey,
} from "./identity.ts";
export {
  type CallingIdentity,
  IDENTITY_PARAMS,
  IDENTITY_SIGNATURE_HEADER,
  identityCalled,
  identityCallHash,
  identityCallParams,
  readIdentityKey,
  signIdentityCall,
} from "./identity-call.ts";
export { readObject } from "./json-names.ts";
export {
  type OptionText,
  type OptionVerdict,
  optionHash,
  readOption,
  signOption,
  verifyOption,
} from "./option.ts";
export * from "./overview.ts";
export {
  isLatitude,
  isLongitude,
  type JsonSchema,
  type Param,
  type Params,
  type PermissionPair,
  readParams,
} from "./param.ts";
export {
  type Proof,
  type ProofLeaf,
  type ProofNode,
  type ProofStep,
  proofAbove,
  proofLeafNode,
  proofLevels,
  proofPath,
  proofRoot,
  proves,
  readProof,
  readProofNode,
  type Sums,
} from "./proof.ts";
export {
  type BatchProblem,
  checkReserves,
  type ReserveBatch,
  type ReserveCoin,
  type ReservesCheck,
  type ReservesStatement,
  reservesMessage,
  reservesPercent,
} from "./proof-of-reserves.ts";
export { paramForm } from "./reference/forms.ts";
export { openApi } from "./reference/openapi.ts";
export { mismatches, type Shape } from "./shape.ts";
export * from "./signing.ts";
export * from "./stream.ts";
export * from "./stream-book.ts";
export * from "./stream-candles.ts";
export * from "./stream-nearby.ts";
export {
  identitySigned,
  MAX_TRANSFER_CHARS,
  MAX_TRANSFER_INPUTS,
  readTransfer,
  signTransfer,
  type Transfer,
  type TransferText,
  transferHash,
  transferProofMessage,
  writeTransfer,
} from "./transfer.ts";
export * from "./units.ts";
export * from "./webhook.ts";
export { readWritten, roundedAt, type WrittenNumber } from "./written-number.ts";
