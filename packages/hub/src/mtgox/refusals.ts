import { type ErrorCode, type Refusal, refusal, statusOf } from "@coinholder/protocol";
import { type Json, writeJson } from "./numerals.ts";

const WORDS: Partial<Record<ErrorCode, string>> = {
  authentication_missing: "Not logged in.",
  authentication_failed: "Not logged in.",
  amount_invalid: "Please enter a valid amount",
  order_lot: "Please enter a valid amount",
  order_price: "Please enter a valid amount",
  function_unknown: "Not available yet",
  unsupported: "Not available yet",
  node_unreachable: "Not available yet",
};

/** These say that nothing was changed, whatever their status. */
const CHANGED_NOTHING: readonly ErrorCode[] = ["unsupported", "node_unreachable", "coins_not_ready"];

export interface Told {
  readonly status: number;
  readonly text: string;
}

/**
 * A refusal as Mt Gox told it: HTTP 200 and words. `code` is ours, for programs that know it. What may have taken effect, and what the
 * hub was too busy to begin with, keeps its status, so that nobody takes it for an answer.
 */
export const toldRefusal = (of: Refusal): Told => {
  const status = statusOf(of.code);
  const isAnswer = status < 500 || CHANGED_NOTHING.includes(of.code);
  return {
    status: isAnswer ? 200 : status,
    text: writeJson({ error: WORDS[of.code] ?? of.message, code: of.code }),
  };
};

export const toldAnswer = (answer: Json): Told => ({ status: 200, text: writeJson(answer) });

export const refused = (...of: Parameters<typeof refusal>): { readonly refused: Refusal } => ({
  refused: refusal(...of),
});
