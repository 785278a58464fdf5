import type { Devchain } from "../devchain.ts";
import { writeJson } from "../json.ts";
import { blockCalls } from "./block-calls.ts";
import { RPC, RpcError } from "./error.ts";
import { mempoolCalls } from "./mempool-calls.ts";
import { type Method, type Methods, withoutParams } from "./method.ts";
import { nodeCalls } from "./node-calls.ts";
import { ownCalls } from "./own-calls.ts";
import { txCalls } from "./tx-calls.ts";

export type RpcServer = { readonly dev: Devchain; readonly methods: ReadonlyMap<string, Method> };
export type HttpAnswer = { readonly status: number; readonly body: string };

export function rpcServer(dev: Devchain): RpcServer {
  const startedAt = dev.clock();
  const all: Methods = {
    ...blockCalls,
    ...txCalls,
    ...mempoolCalls,
    ...nodeCalls,
    ...ownCalls,
    uptime: withoutParams(() => Math.floor((dev.clock() - startedAt) / 1000)),
  };
  return { dev, methods: new Map(Object.entries(all)) };
}

/** The answer to the body of one POST: a call, or a batch of calls. */
export function answer(server: RpcServer, body: string): HttpAnswer {
  let request: unknown;
  try {
    request = JSON.parse(body);
  } catch {
    return single({ error: new RpcError(RPC.PARSE_ERROR, "Parse error"), id: null, version2: false });
  }
  if (!Array.isArray(request)) return single(call(server, request));
  return { status: 200, body: `[${request.map((one) => envelope(call(server, one))).join(",")}]\n` };
}

type Outcome = { id: unknown; version2: boolean } & ({ result: unknown } | { error: RpcError });

function call(server: RpcServer, request: unknown): Outcome {
  const members =
    typeof request === "object" && request !== null && !Array.isArray(request)
      ? (request as Record<string, unknown>)
      : undefined;
  const head = {
    id: typeof members?.id === "string" || typeof members?.id === "number" ? members.id : null,
    version2: members?.jsonrpc === "2.0",
  };
  try {
    if (members === undefined) throw new RpcError(RPC.INVALID_REQUEST, "Invalid Request object");
    const { method, params } = members;
    if (method === undefined) throw new RpcError(RPC.INVALID_REQUEST, "Missing method");
    if (typeof method !== "string") throw new RpcError(RPC.INVALID_REQUEST, "Method must be a string");
    const found = server.methods.get(method);
    if (found === undefined) throw new RpcError(RPC.METHOD_NOT_FOUND, "Method not found");
    return { ...head, result: found.run(server.dev, readArguments(method, found, params)) };
  } catch (error) {
    if (error instanceof RpcError) return { ...head, error };
    console.error("the development chain failed:", error);
    return { ...head, error: new RpcError(RPC.INTERNAL_ERROR, `Internal error: ${String(error)}`) };
  }
}

/** Parameters by position or by name, in the method's order. */
function readArguments(name: string, method: Method, params: unknown): readonly unknown[] {
  let args: readonly unknown[];
  if (params === undefined || params === null) args = [];
  else if (Array.isArray(params)) args = params;
  else if (typeof params === "object") {
    const named = params as Record<string, unknown>;
    for (const key of Object.keys(named))
      if (!method.params.includes(key))
        throw new RpcError(RPC.INVALID_PARAMETER, `Unknown named parameter ${key}`);
    args = method.params.map((key) => named[key]);
  } else throw new RpcError(RPC.INVALID_REQUEST, "Params must be an array or object");
  const given = args.slice(0, method.required).filter((arg) => arg !== undefined).length;
  if (given < method.required || args.length > method.params.length)
    throw new RpcError(RPC.MISC_ERROR, [name, ...method.params].join(" "));
  return args;
}

/** JSON-RPC 2.0 where the caller says so (as Core 28 has it), else Core's old shape with both members. */
function envelope(outcome: Outcome): string {
  const { id, version2 } = outcome;
  const error = "error" in outcome ? { code: outcome.error.code, message: outcome.error.message } : null;
  const result = "result" in outcome ? outcome.result : null;
  if (!version2) return writeJson({ result, error, id });
  return writeJson(error ? { jsonrpc: "2.0", error, id } : { jsonrpc: "2.0", result, id });
}

function single(outcome: Outcome): HttpAnswer {
  const code = "error" in outcome && !outcome.version2 ? outcome.error.code : undefined;
  return { status: httpStatus(code), body: `${envelope(outcome)}\n` };
}

function httpStatus(code: number | undefined): number {
  if (code === undefined) return 200;
  if (code === RPC.INVALID_REQUEST) return 400;
  return code === RPC.METHOD_NOT_FOUND ? 404 : 500;
}
