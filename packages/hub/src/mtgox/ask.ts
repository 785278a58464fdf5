import type { Answer, FunctionName, Refusal } from "@coinholder/protocol";
import { callFunction } from "../functions/registry.ts";
import type { Proven } from "../http/authenticate.ts";
import type { Hub } from "../hub.ts";

export type Asked<N extends FunctionName> = { readonly answer: Answer<N> } | { readonly refused: Refusal };

/** Calls a function of the hub as its callers do, with the permissions of the one key. */
export type Ask = <N extends FunctionName>(
  fn: N,
  params?: Readonly<Record<string, string>>,
) => Promise<Asked<N>>;

export const makeAsk =
  (hub: Hub, by: Proven | undefined, source: string): Ask =>
  async (fn, params = {}) => {
    const call = { hub, by, identity: undefined, source, inBatch: false, nonce: { unused: undefined } };
    return (await callFunction(call, fn, new Map(Object.entries(params)))) as Asked<typeof fn>;
  };
