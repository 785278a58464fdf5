import type { ErrorCode } from "../errors.ts";
import type { Params, Values } from "../param.ts";
import type { Shape, Shaped } from "../shape.ts";

/**
 * Who may call a function:
 * - `public`: anyone; nothing about an account is answered.
 * - `self-signed`: anyone; the parameters carry their own signature.
 * - `account`: an authkey that holds (account, function) or (account, all).
 * - `operator`: an authkey that holds (operator account, function) by that very name; `all` is not enough.
 */
export type Access = "public" | "self-signed" | "account" | "operator";

export type Group =
  | "accounts"
  | "transfers"
  | "market"
  | "options"
  | "invoices"
  | "webhooks"
  | "proofs"
  | "calls"
  | "operator";

/** A function of the protocol: the one source for server, client, command line, reference pages and OpenAPI. */
export interface FunctionRow<P extends Params = Params, R extends Shape = Shape> {
  readonly group: Group;
  /** One line. */
  readonly summary: string;
  /** Paragraphs for the reference page. */
  readonly about: string;
  readonly access: Access;
  /** Another hub may call it too, in its own name (identity-call.ts). */
  readonly byIdentity?: true;
  /** Whether it changes anything. What only reads may be called by GET without a signature where it is public. */
  readonly changes: boolean;
  /** Most bytes of its body, where that is more than BODY_LIMIT. */
  readonly bodyLimit?: number;
  readonly params: P;
  readonly result: R;
  /** What this function refuses, in the order in which it is checked; after what all functions check. */
  readonly errors: readonly ErrorCode[];
  readonly example: { readonly request: Readonly<Record<string, unknown>>; readonly answer: unknown };
}

export const row = <const P extends Params, R extends Shape>(of: FunctionRow<P, R>): FunctionRow<P, R> => of;

export type ParamsOf<F> = F extends FunctionRow<infer P, Shape> ? Values<P> : never;
export type AnswerOf<F> = F extends FunctionRow<Params, infer R> ? Shaped<R> : never;
