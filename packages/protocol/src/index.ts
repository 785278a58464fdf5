export * from "./amounts.ts";
export { signMessage } from "./bip322/sign-message.ts";
export { type Verdict, verifyMessage } from "./bip322/verify-message.ts";
export { signSchnorr, taggedHash, verifySchnorr } from "./bip340.ts";
export * from "./bitcoin-address.ts";
export * from "./encoding.ts";
export * from "./errors.ts";
export type { BatchCall } from "./functions/calls.ts";
export type { Access, FunctionRow, Group } from "./functions/row.ts";
export * from "./functions/table.ts";
export { repeatedName } from "./json-names.ts";
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
  type Sums,
} from "./proof.ts";
export { paramForm } from "./reference/forms.ts";
export { openApi } from "./reference/openapi.ts";
export { mismatches, type Shape } from "./shape.ts";
export * from "./signing.ts";
export * from "./units.ts";
