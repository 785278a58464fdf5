import type { ErrorCode } from "../errors.ts";
import type { FunctionRow } from "../functions/row.ts";

/** One check that a hub makes of every call before a function's own, and what it answers. */
export interface CommonError {
  readonly code: ErrorCode;
  /** When this check is the one that refuses, in words. */
  readonly when: string;
  /** Where it applies to some functions only. */
  readonly of?: (row: FunctionRow) => boolean;
}

const needsKey = (row: FunctionRow): boolean => row.access === "account" || row.access === "operator";

/** What every call is checked for, in this order; the first that fails is the answer. */
export const checkedFirst: readonly CommonError[] = [
  { code: "body_too_large", when: "The body is over the limit. It is not read further." },
  { code: "function_unknown", when: "The path names no function of this hub." },
  {
    code: "method_not_allowed",
    when: "Another method than GET and POST, or an unsigned GET of a function that changes something.",
  },
  { code: "body_malformed", when: "The bytes are not UTF-8." },
  { code: "content_type_unsupported", when: "A body of another type, or in another charset than UTF-8." },
  { code: "body_malformed", when: "The text is not a form, or not one JSON object, as announced." },
  {
    code: "param_repeated",
    when: "A name stands twice in the form, in the query, or in one object of the JSON body.",
  },
  {
    code: "param_invalid",
    when: "A JSON value is `null` or a number that is not whole. Amounts are strings, never numbers.",
  },
  { code: "authentication_type_refused", when: "Type 1 by GET: passwords do not belong in a URL." },
  {
    code: "authentication_missing",
    when: "The function needs an authkey and the call shows none, or only one of the two headers is there.",
  },
  { code: "param_too_long", when: "Type 1: `name` over 64 characters or `pass` over 200." },
  {
    code: "rate_limited",
    when: "Type 1: too many wrong passwords for this name from this source. The password is not looked at.",
  },
  { code: "overloaded", when: "Type 1: too many passwords are being checked at the moment." },
  {
    code: "authentication_failed",
    when: "Wrong token, signature, name or password. Which of them is not told.",
  },
  { code: "function_mismatch", when: "Type 2: `f` is not the function in the path." },
  { code: "param_invalid", when: "Type 2: `nonce_ms` or `nonce_random` has not its form, or is missing." },
  {
    code: "nonce_stale",
    when: "Type 2: `nonce_ms` is too far from the hub's clock, or from before the hub was started.",
  },
  { code: "nonce_used", when: "Type 2: this authkey has used this pair of nonces before." },
  { code: "authentication_failed", when: "Type 2: there is no such `account`." },
  { code: "param_unknown", when: "A parameter that the function does not have." },
  { code: "param_too_long", when: "A parameter over its length." },
  { code: "param_missing", when: "A required parameter is not there." },
  {
    code: "param_invalid",
    when: "A parameter has not its form. `param` names the first, in the table's order.",
  },
  { code: "authkey_expired", when: "The key's `expires_t` has passed.", of: needsKey },
  { code: "permission_denied", when: "The key does not hold this function on this account.", of: needsKey },
  {
    code: "disk_full",
    when: "The hub's disk is nearly full, and the function changes something. What only reads is answered.",
    of: (row) => row.changes,
  },
];

/** What can come at any time, whatever was checked. */
export const atAnyTime: readonly CommonError[] = [
  { code: "internal", when: "A fault of the hub." },
  {
    code: "exchange_refused",
    when: "A wrapped exchange says no, for a reason that the protocol has no word for.",
  },
  {
    code: "outcome_unknown",
    when: "The hub stops, or cannot write to its disk, while it carries the call out.",
  },
];

const distinct = <T>(of: readonly T[]): T[] => [...new Set(of)];

export const commonCodes: readonly ErrorCode[] = distinct(
  [...checkedFirst, ...atAnyTime].map(({ code }) => code),
);

/** Every code that the function can answer, in order of precedence: the common ones, then its own. */
export const codesOf = (row: FunctionRow): ErrorCode[] =>
  distinct([
    ...checkedFirst.filter(({ of }) => of?.(row) ?? true).map(({ code }) => code),
    ...row.errors,
    ...atAnyTime.map(({ code }) => code),
  ]);
