import { accountFunctions } from "./accounts.ts";
import { allowlistFunctions } from "./allowlist.ts";
import { callFunctions } from "./calls.ts";
import { identityFunctions } from "./identity.ts";
import { invoiceFunctions } from "./invoices.ts";
import { marketFunctions } from "./market.ts";
import { operatorFunctions } from "./operator.ts";
import { operatorAccountFunctions } from "./operator-accounts.ts";
import { operatorChainFunctions } from "./operator-chain.ts";
import { operatorLineFunctions } from "./operator-lines.ts";
import { operatorWalletFunctions } from "./operator-wallet.ts";
import { optionFunctions } from "./options.ts";
import { proofFunctions } from "./proofs.ts";
import type { AnswerOf, FunctionRow, ParamsOf } from "./row.ts";
import { statementFunctions } from "./statement.ts";
import { tradingFunctions } from "./trading.ts";
import { transferFunctions } from "./transfers.ts";
import { webhookFunctions } from "./webhooks.ts";

/** Every function of the protocol that exists, by name. */
export const functions = {
  ...accountFunctions,
  ...transferFunctions,
  ...statementFunctions,
  ...allowlistFunctions,
  ...marketFunctions,
  ...tradingFunctions,
  ...optionFunctions,
  ...invoiceFunctions,
  ...identityFunctions,
  ...webhookFunctions,
  ...proofFunctions,
  ...callFunctions,
  ...operatorFunctions,
  ...operatorAccountFunctions,
  ...operatorWalletFunctions,
  ...operatorChainFunctions,
  ...operatorLineFunctions,
};

export type FunctionName = keyof typeof functions;
export type Parameters<N extends FunctionName> = ParamsOf<(typeof functions)[N]>;
export type Answer<N extends FunctionName> = AnswerOf<(typeof functions)[N]>;

export const functionNames = Object.keys(functions) as readonly FunctionName[];
export const isFunctionName = (name: string): name is FunctionName => Object.hasOwn(functions, name);
export const functionRow = (name: FunctionName): FunctionRow => functions[name] as unknown as FunctionRow;

/** Most bytes of a body, where the row does not say otherwise. */
export const BODY_LIMIT = 64 * 1024;
