import {
  type Answer,
  FORM,
  type FunctionName,
  functions,
  isFunctionName,
  type Overview,
  type Parameters,
  type Refusal,
  readParams,
  statusOf,
} from "@coinholder/protocol";
import type { CallOptions } from "./call.ts";
import type { Hub } from "./connect.ts";
import { HubError } from "./hub-error.ts";

export interface WrappedCall {
  /** Ends with the caller's patience: a call under way is then of unknown outcome. */
  readonly signal: AbortSignal;
}

/** What an exchange can do, by the protocol's names. Parameters have the form of the table; all throw HubError. */
export type WrappedFunctions = {
  readonly [N in FunctionName]?: (params: Parameters<N>, about: WrappedCall) => Promise<Answer<N>>;
};

/** An exchange that a wrapper makes look like a hub. */
export interface WrappedExchange {
  /** What was connected to, as the caller wrote it: `ccxt:kraken`. */
  readonly url: string;
  readonly about: Pick<Overview, "name" | "network" | "currencies" | "markets">;
  readonly functions: WrappedFunctions;
}

/** A refusal as the caller of a hub would get it. */
export const refusedError = ({ code, message, ...particulars }: Refusal): HubError =>
  new HubError(code, message, { status: statusOf(code), particulars });

/** The exchange as a hub for one account: the one whose keys it was connected with. */
export const wrappedHub = (exchange: WrappedExchange, timeoutMs: number): Hub => {
  const offered = exchange.functions as {
    readonly [name: string]: ((params: unknown, about: WrappedCall) => Promise<unknown>) | undefined;
  };
  const overview: Overview = {
    req_url: `${exchange.url}/(function_name)`,
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: Object.keys(offered).filter((name) => offered[name] !== undefined),
    ...exchange.about,
  };
  const callByName = async (
    name: string,
    params: Readonly<Record<string, unknown>> = {},
    options: CallOptions = {},
  ): Promise<unknown> => {
    const carryOut = offered[name];
    if (carryOut === undefined || !isFunctionName(name))
      throw new HubError("function_unknown", `${exchange.url} has no function ${name}.`, { status: 404 });
    const given = new Map(Object.entries(params).filter(([, value]) => value !== undefined));
    const read = readParams(functions[name].params, given);
    if ("refused" in read) throw refusedError(read.refused);
    const timeout = AbortSignal.timeout(options.timeoutMs ?? timeoutMs);
    const signal = options.signal === undefined ? timeout : AbortSignal.any([options.signal, timeout]);
    return carryOut(read.values, { signal });
  };
  return {
    overview,
    credentials: undefined,
    call: callByName as Hub["call"],
    callByName,
    subscribe: () => {
      throw new HubError("function_unknown", `${exchange.url} has no stream.`, { status: 404 });
    },
    as: () => {
      throw new HubError("unsupported", `${exchange.url} is one account: connect with the other's keys.`);
    },
  };
};
