import { type ErrorCode, errors, statusOf } from "@coinholder/protocol";
import { HubError } from "../hub-error.ts";

/** Mt Gox's words, as far as they are known, and those that its successors are likely to use. */
const WORDS: readonly (readonly [RegExp, ErrorCode])[] = [
  [/not logged in|invalid (?:user|login|password)|wrong (?:user|password)/i, "authentication_failed"],
  [/valid amount/i, "amount_invalid"],
  [/not available yet/i, "unsupported"],
  [/not enough|insufficient|don'?t have that much/i, "insufficient_funds"],
  [/(?:valid|wrong|bad) (?:bitcoin )?address/i, "address_invalid"],
];

const isCode = (code: unknown): code is ErrorCode => typeof code === "string" && Object.hasOwn(errors, code);

/**
 * `{"error": words}` as an error of the protocol. A Coinholder hub tells its `code` beside them. Words that nobody knows
 * (`exchange_refused`) may come from anywhere behind the exchange's door: of a call that changes something the outcome is unknown then.
 */
export const refusalOf = (
  words: string,
  code: unknown,
  { status, changes }: { readonly status: number; readonly changes: boolean },
): HubError => {
  const failed = status >= 500 || status < 200;
  const known = isCode(code) ? code : WORDS.find(([pattern]) => pattern.test(words))?.[1];
  if (known === undefined)
    return new HubError("exchange_refused", `Mt Gox answered: ${words}`, { status, unknown: changes });
  return new HubError(known, words, { status: statusOf(known), unknown: changes && failed });
};
