import { encodeForm } from "../encoding.ts";
import { type ErrorCode, type Refusal, refusal } from "../errors.ts";
import type { FunctionRow } from "../functions/row.ts";
import { readParams } from "../param.ts";
import { callNonce, signCall } from "../signing.ts";

/** Who calls in all examples: the account and authkey that the example of `create-account` answers. */
export const exampleCaller = {
  account: "ac-7h2k5mq4x2v6b3tz",
  token: "ak-5c2r7wq6x4m5b3td",
  key: "cGxlYXNlIHVzZSAzMiByYW5kb20gYnl0ZXMgaGVyZS4=",
  nonceMs: 1_795_348_800_000,
  nonceRandom: "kq3vzt7mw2",
} as const;

/** An example body and, where the function needs an authkey, the headers that it is signed with. */
export interface ExampleBody {
  readonly body: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export const needsAuthkey = (row: FunctionRow): boolean =>
  row.access === "account" || row.access === "operator";

const nonceOf = (name: string): Record<string, string> =>
  callNonce(name, exampleCaller.account, exampleCaller.nonceMs, exampleCaller.nonceRandom);

const signed = (row: FunctionRow, body: string): ExampleBody => ({
  body,
  headers: needsAuthkey(row)
    ? [
        ["X-Authkey-Token", exampleCaller.token],
        ["X-Signature", signCall(exampleCaller.key, new TextEncoder().encode(body))],
      ]
    : [],
});

/** The example's parameters as JSON has them: whole numbers, booleans, lists and objects as themselves. */
export const exampleValues = (row: FunctionRow): Record<string, unknown> => {
  const read = readParams(row.params, new Map(Object.entries(row.example.request)));
  if ("refused" in read) throw new Error(`an example that is no call: ${read.refused.message}`);
  return read.values;
};

/** The example as a form body; signed where the function needs it. */
export const exampleForm = (name: string, row: FunctionRow): ExampleBody =>
  signed(row, encodeForm({ ...row.example.request, ...(needsAuthkey(row) ? nonceOf(name) : {}) }));

/** The example as a JSON body; signed where the function needs it. */
export const exampleJson = (name: string, row: FunctionRow): ExampleBody =>
  signed(row, JSON.stringify({ ...exampleValues(row), ...(needsAuthkey(row) ? nonceOf(name) : {}) }));

const particulars: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  function_unknown: { function: "send-bitcoin" },
  method_not_allowed: { allowed: ["POST"] },
  param_repeated: { param: "amount" },
  param_too_long: { param: "memo" },
  param_unknown: { param: "ammount" },
  param_missing: { param: "amount" },
  param_invalid: { param: "limit" },
  rate_limited: { retry_after_ms: 12_000 },
  nonce_stale: { now: exampleCaller.nonceMs },
  amount_invalid: { param: "amount", reason: "too_precise" },
  currency_unknown: { currency: "XAU" },
  insufficient_funds: { available: "0.12" },
  limit_exceeded: { left: "0.01" },
  address_invalid: { reason: "malformed" },
  fee_exceeds_amount: { fee: "0.00000423" },
  invoice_not_open: { state: "paid" },
};

export const exampleError = (code: ErrorCode): { error: Refusal } => ({
  error: refusal(code, particulars[code] ?? {}),
});
