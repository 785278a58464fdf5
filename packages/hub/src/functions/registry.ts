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
import { repeatedName } from "../json-names.ts";
import { accountHandlers } from "./accounts.ts";
import type { Call, Handlers } from "./call.ts";
import { callHandlers } from "./calls.ts";
import { invoiceHandlers } from "./invoices.ts";
import { marketDataHandlers } from "./market-data.ts";
import { operatorHandlers } from "./operator.ts";
import { orderHandlers } from "./orders.ts";
import { proofHandlers } from "./proofs.ts";
import { transferHandlers } from "./transfers.ts";

/** Every function of the table; a missing one does not compile. */
const handlers: Handlers<FunctionName> = {
  ...accountHandlers,
  ...transferHandlers,
  ...orderHandlers,
  ...marketDataHandlers,
  ...invoiceHandlers,
  ...proofHandlers,
  ...callHandlers,
  ...operatorHandlers,
};

type AnyHandler = (call: Call, params: unknown) => object | Promise<object>;

/** Lists and objects that came as text (in a JSON body they were looked through with it). */
const repeatedMember = (
  fn: FunctionName,
  given: ReadonlyMap<string, unknown>,
): { refused: Refusal } | undefined => {
  const { params } = functionRow(fn);
  for (const [param, text] of given) {
    const { type } = params[param]!.schema;
    if (typeof text !== "string" || (type !== "array" && type !== "object")) continue;
    const twice = repeatedName(text);
    if (twice !== undefined)
      return { refused: refusal("param_invalid", { param }, `${param} has ${JSON.stringify(twice)} twice.`) };
  }
  return undefined;
};

/** A call whose caller is proven: parameters, permission, then the function itself. */
export const callFunction = async (
  call: Omit<Call, "fn">,
  fn: string,
  given: ReadonlyMap<string, unknown>,
): Promise<{ answer: unknown } | { refused: Refusal }> => {
  if (!isFunctionName(fn)) return { refused: refusal("function_unknown", { function: fn }) };
  const row = functionRow(fn);
  const read = readParams(functions[fn].params, given);
  if ("refused" in read) return read;
  const twice = repeatedMember(fn, given);
  if (twice) return twice;
  const { sequencer } = call.hub;
  let { by } = call;
  if (row.access === "account" || row.access === "operator") {
    if (!by) return { refused: refusal("authentication_missing") };
    const caller = authorize(sequencer.state, by.token, by.account, fn, sequencer.now());
    if ("refused" in caller) return caller;
  } else if (by && fn !== "create-account") {
    // What is open to all is answered to a key without the permission too, but as to a stranger.
    const caller = authorize(sequencer.state, by.token, by.account, fn, sequencer.now());
    if ("refused" in caller) by = undefined;
  }
  const outcome = await (handlers[fn] as AnyHandler)({ ...call, by, fn }, read.values);
  return "refused" in outcome ? (outcome as { refused: Refusal }) : { answer: outcome };
};
