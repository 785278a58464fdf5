import { authorize } from "@coinholder/engine";
import {
  type FunctionName,
  functionRow,
  functions,
  isFunctionName,
  type Refusal,
  readParams,
  refusal,
} from "@coinholder/protocol";
import { accountHandlers } from "./accounts.ts";
import { allowlistHandlers } from "./allowlist.ts";
import { attachHandlers } from "./attach.ts";
import type { Call, Handlers } from "./call.ts";
import { callHandlers } from "./calls.ts";
import { invoiceHandlers } from "./invoices.ts";
import { marketDataHandlers } from "./market-data.ts";
import { operatorHandlers } from "./operator.ts";
import { operatorAccountHandlers } from "./operator-accounts.ts";
import { operatorChainHandlers } from "./operator-chain.ts";
import { operatorIdentityHandlers } from "./operator-identity.ts";
import { operatorLineHandlers } from "./operator-lines.ts";
import { operatorWalletHandlers } from "./operator-wallet.ts";
import { optionHandlers } from "./options.ts";
import { orderHandlers } from "./orders.ts";
import { proofHandlers } from "./proofs.ts";
import { statementHandlers } from "./statement.ts";
import { tradingHandlers } from "./trading.ts";
import { transferHandlers } from "./transfers.ts";
import { webhookHandlers } from "./webhooks.ts";

/** Every function of the table; a missing one does not compile. */
const handlers: Handlers<FunctionName> = {
  ...accountHandlers,
  ...transferHandlers,
  ...statementHandlers,
  ...allowlistHandlers,
  ...orderHandlers,
  ...marketDataHandlers,
  ...tradingHandlers,
  ...optionHandlers,
  ...invoiceHandlers,
  ...attachHandlers,
  ...webhookHandlers,
  ...proofHandlers,
  // By name: it is defined below.
  ...callHandlers((...of) => callFunction(...of)),
  ...operatorHandlers,
  ...operatorAccountHandlers,
  ...operatorWalletHandlers,
  ...operatorChainHandlers,
  ...operatorIdentityHandlers,
  ...operatorLineHandlers,
};

type AnyHandler = (call: Call, params: unknown) => object | Promise<object>;

export type CallOutcome = { answer: unknown } | { refused: Refusal };

const told = (outcome: object): CallOutcome =>
  "refused" in outcome ? (outcome as { refused: Refusal }) : { answer: outcome };

/**
 * A call whose caller is proven: parameters, permission, then the function itself. Answers at once where the function waits
 * for nothing.
 */
export const callFunction = (
  call: Omit<Call, "fn">,
  fn: string,
  given: ReadonlyMap<string, unknown>,
): CallOutcome | Promise<CallOutcome> => {
  if (!isFunctionName(fn)) return { refused: refusal("function_unknown", { function: fn }) };
  const row = functionRow(fn);
  const read = readParams(functions[fn].params, given);
  if ("refused" in read) return read;
  const { sequencer } = call.hub;
  let { by } = call;
  const identity = row.byIdentity ? call.identity : undefined;
  if (!identity && (row.access === "account" || row.access === "operator")) {
    if (!by) return { refused: refusal("authentication_missing") };
    const caller = authorize(sequencer.state, by.token, by.account, fn, sequencer.now());
    if ("refused" in caller) return caller;
  } else if (by && fn !== "create-account") {
    // What is open to all is answered to a key without the permission too, but as to a stranger.
    const caller = authorize(sequencer.state, by.token, by.account, fn, sequencer.now());
    if ("refused" in caller) by = undefined;
  }
  if (row.changes && call.hub.room.isFull()) return { refused: refusal("disk_full") };
  const outcome = (handlers[fn] as AnyHandler)(
    { hub: call.hub, fn, by, identity, source: call.source, inBatch: call.inBatch, nonce: call.nonce },
    read.values,
  );
  return outcome instanceof Promise ? outcome.then(told) : told(outcome);
};
