import { createHash } from "node:crypto";
import { BTC, type By, type CurrencyIndex, currencyIndex, type Outcome, tip } from "@coinholder/engine";
import {
  type Amount,
  type Answer,
  type FunctionName,
  formatAmount,
  type Parameters,
  parseAmount,
  type Refusal,
  refusal,
} from "@coinholder/protocol";
import type { Proven } from "../http/authenticate.ts";
import type { ProvenIdentity } from "../http/identity-call.ts";
import type { TokenBucket } from "../http/token-bucket.ts";
import type { Hub } from "../hub.ts";

/** One call of a function, decoded and with its caller proven (where it has one). */
export interface Call {
  readonly hub: Hub;
  readonly fn: FunctionName;
  readonly by: Proven | undefined;
  /** Another hub that calls in its own name, instead. */
  readonly identity?: ProvenIdentity | undefined;
  /** The network address of who calls, for limits. */
  readonly source: string;
  /** Parts of a batch cannot wait. */
  readonly inBatch: boolean;
  /** The call's nonce until a command has been journaled with it; shared by the parts of a batch. */
  readonly nonce: { unused: Proven["nonce"] };
}

export type Handler<N extends FunctionName> = (
  call: Call,
  params: Parameters<N>,
) => Answer<N> | { refused: Refusal } | Promise<Answer<N> | { refused: Refusal }>;

export type Handlers<N extends FunctionName> = { readonly [F in N]: Handler<F> };

export const refused = (...of: globalThis.Parameters<typeof refusal>): { refused: Refusal } => ({
  refused: refusal(...of),
});

// client_id itself is no parameter of what it makes once (PROTOCOL: `client_id`).
const fingerprint = (params: Readonly<Record<string, unknown>>): string => {
  const { client_id: _, ...rest } = params;
  const sorted = Object.keys(rest)
    .sort()
    .map((name) => [name, rest[name]]);
  return createHash("sha256").update(JSON.stringify(sorted)).digest("base64url").slice(0, 22);
};

/** Who calls, for the engine, with the call's nonce and what makes a retry the same call. */
export const byOf = (call: Call, params: Readonly<Record<string, unknown>> = {}): By => {
  if (!call.by) throw new Error(`${call.fn} was let through without a caller`);
  const { token, account } = call.by;
  const clientId = params.client_id;
  return {
    token,
    account,
    fn: call.fn,
    nonce: call.nonce.unused,
    once: typeof clientId === "string" ? [clientId, fingerprint(params)] : undefined,
  };
};

/** The engine's amounts in refusals, as decimals of the currency they are of. */
const inDecimals = (hub: Hub, currency: CurrencyIndex | undefined, of: Refusal): Refusal => {
  const { config } = hub.sequencer.state;
  // A debt can be in another one than the call is about.
  const index = typeof of.currency === "string" ? currencyIndex(config, of.currency) : currency;
  const known = index === undefined ? undefined : config.currencies[index];
  const names = ["available", "withdrawable", "left", "fee", "debt"].filter(
    (name) => typeof of[name] === "number",
  );
  if (!known || names.length === 0) return of;
  const amounts = names.map((name) => [name, formatAmount(of[name] as number, known.decimals)]);
  return { ...of, currency: known.code, ...Object.fromEntries(amounts) };
};

/**
 * Carries a command out for a call. Answers the engine's answer, in its units.
 * @param currency the one that amounts in a refusal are of
 */
export const carryOut = <T>(
  call: Call,
  command: globalThis.Parameters<Hub["sequencer"]["run"]>[0],
  currency: CurrencyIndex | undefined = BTC,
): { answer: T } | { refused: Refusal } => {
  const outcome: Outcome = call.hub.sequencer.run(command);
  if ("refused" in outcome) return { refused: inDecimals(call.hub, currency, outcome.refused) };
  // Only a command that carries the nonce has it journaled: one that anybody may give (in a batch) leaves it for the next.
  if (!("repeated" in outcome) && "by" in command && command.by?.nonce) call.nonce.unused = undefined;
  return { answer: outcome.answer as T };
};

/**
 * The first answer of a call with a client_id, or its conflict: for refusals that a retry, later, must not meet. In the engine's
 * units, as `carryOut`.
 */
export const firstAnswer = <T>(
  call: Call,
  params: Readonly<Record<string, unknown>>,
): { answer: T } | { refused: Refusal } | undefined => {
  const { once } = byOf(call, params);
  if (!once) return undefined;
  const first = call.hub.sequencer.state.once.get(`${call.by!.account} ${call.fn} ${once[0]}`);
  if (!first) return undefined;
  return first.fingerprint === once[1] ? { answer: first.answer as T } : refused("client_id_conflict");
};

/** Takes one from a bucket; `rate_limited` with when to try again where there is none. */
export const overLimit = (
  bucket: TokenBucket,
  source: string,
  now: number,
): { refused: Refusal } | undefined => {
  const wait = bucket.take(source, now);
  return wait === undefined ? undefined : refused("rate_limited", { retry_after_ms: wait });
};

/** An address is given out only once it is known from which block on payments to it are looked for. */
export const notFollowing = ({ sequencer }: Hub): { refused: Refusal } | undefined =>
  tip(sequencer.state.chain) === undefined ? refused("node_unreachable") : undefined;

/** An amount of a currency that the hub has. Refusals: currency_unknown, amount_invalid. */
export const readAmount = (
  hub: Hub,
  code: string,
  text: string,
  param = "amount",
): { currency: CurrencyIndex; amount: Amount } | { refused: Refusal } => {
  const { config } = hub.sequencer.state;
  const currency = currencyIndex(config, code);
  if (currency === undefined) return refused("currency_unknown", { currency: code });
  const { decimals, max } = config.currencies[currency]!;
  const read = parseAmount(text, decimals, max);
  if ("problem" in read)
    return refused(
      "amount_invalid",
      { param, reason: read.problem },
      `${param} is no amount of ${code}: ${WORDS[read.problem]}.`,
    );
  return { currency, amount: read.amount };
};

const WORDS = {
  malformed: "it must be plain digits with at most one point between digits",
  not_positive: "it must be above zero",
  too_precise: "it has more places than the currency",
  too_large: "it is more than the hub can hold",
} as const;
