import { type ErrorCode, errors, statusOf } from "@coinholder/protocol";
import { HubError } from "../hub-error.ts";

/** refused: the exchange did not do it. unknown: it may have done it, where the call changes something. */
type Meaning = readonly [code: ErrorCode | ClientCode, outcome: "refused" | "unknown"];
type ClientCode = "hub_unreachable" | "connection_lost" | "timeout" | "aborted" | "answer_malformed";

/** What each class of ccxt's errors says in the protocol's words. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  BaseError: ["internal", "unknown"],
  ExchangeError: ["exchange_refused", "refused"],
  AuthenticationError: ["authentication_failed", "refused"],
  PermissionDenied: ["permission_denied", "refused"],
  AccountNotEnabled: ["permission_denied", "refused"],
  AccountSuspended: ["permission_denied", "refused"],
  // ccxt's own: it needs more than the protocol can give.
  ArgumentsRequired: ["unsupported", "refused"],
  BadRequest: ["param_invalid", "refused"],
  BadSymbol: ["market_unknown", "refused"],
  OperationRejected: ["exchange_refused", "refused"],
  NoChange: ["exchange_refused", "refused"],
  MarginModeAlreadySet: ["exchange_refused", "refused"],
  MarketClosed: ["exchange_refused", "refused"],
  ManualInteractionNeeded: ["exchange_refused", "refused"],
  RestrictedLocation: ["permission_denied", "refused"],
  InsufficientFunds: ["insufficient_funds", "refused"],
  InvalidAddress: ["address_invalid", "refused"],
  // An address is being made: ask again.
  AddressPending: ["overloaded", "refused"],
  InvalidOrder: ["exchange_refused", "refused"],
  OrderNotFound: ["order_unknown", "refused"],
  OrderNotCached: ["order_unknown", "refused"],
  OrderImmediatelyFillable: ["order_would_cross", "refused"],
  OrderNotFillable: ["order_unfilled", "refused"],
  DuplicateOrderId: ["client_id_conflict", "refused"],
  ContractUnavailable: ["market_unknown", "refused"],
  NotSupported: ["unsupported", "refused"],
  InvalidProxySettings: ["hub_unreachable", "refused"],
  ExchangeClosedByUser: ["aborted", "unknown"],
  OperationFailed: ["outcome_unknown", "unknown"],
  NetworkError: ["connection_lost", "unknown"],
  // Both are said at the door, before anything is done: «Rate limit exceeded» comes as either.
  DDoSProtection: ["rate_limited", "refused"],
  RateLimitExceeded: ["rate_limited", "refused"],
  ExchangeNotAvailable: ["outcome_unknown", "unknown"],
  OnMaintenance: ["outcome_unknown", "unknown"],
  InvalidNonce: ["nonce_stale", "refused"],
  ChecksumError: ["answer_malformed", "unknown"],
  RequestTimeout: ["timeout", "unknown"],
  BadResponse: ["answer_malformed", "unknown"],
  NullResponse: ["answer_malformed", "unknown"],
  CancelPending: ["outcome_unknown", "unknown"],
  UnsubscribeError: ["internal", "refused"],
};

/** What is known of the call that failed. */
export interface Failed {
  readonly changes: boolean;
  /** Requests that went out. */
  readonly sent: number;
  /** Of the last answer. */
  readonly httpStatus: number | undefined;
}

/** ccxt's class of an error, or the nearest above it that the table has. */
const classOf = (error: unknown): string | undefined => {
  if (!(error instanceof Error)) return undefined;
  if (Object.hasOwn(MEANINGS, error.name)) return error.name;
  for (let own = Object.getPrototypeOf(error); own !== null; own = Object.getPrototypeOf(own))
    if (Object.hasOwn(MEANINGS, own.constructor.name)) return own.constructor.name;
  return undefined;
};

/** A signed query must not stand in a message that is logged. */
const wordsOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replaceAll(/\?\S*/g, "").slice(0, 500);

const isNoConnection = (words: string): boolean => /ECONNREFUSED|ENOTFOUND|EAI_AGAIN/.test(words);

/** For reading, where nothing can be unknown, these say what to do: try again. */
const forReading = (code: string): string => (code === "outcome_unknown" ? "overloaded" : code);

/** What ccxt threw, as the caller of a hub would get it. */
export const hubError = (error: unknown, { changes, sent, httpStatus }: Failed): HubError => {
  if (error instanceof HubError) return error;
  const words = wordsOf(error);
  const name = classOf(error);
  // An answer that ccxt stumbles over is not one of ours.
  const [said, outcome]: Meaning = name === undefined ? ["answer_malformed", "unknown"] : MEANINGS[name]!;
  // Words that ccxt does not know, from an exchange in trouble: not a refusal.
  const inTrouble = said === "exchange_refused" && (httpStatus ?? 0) >= 500;
  const notReached = name === "NetworkError" && isNoConnection(words);
  const unknown = changes && sent > 0 && (outcome === "unknown" || inTrouble) && !notReached;
  const meant = notReached ? "hub_unreachable" : inTrouble ? "outcome_unknown" : said;
  const code = unknown ? meant : forReading(meant);
  return new HubError(code, words, {
    status: Object.hasOwn(errors, code) ? statusOf(code as ErrorCode) : 0,
    unknown,
    particulars: name === undefined ? {} : { reason: name },
    cause: error,
  });
};
