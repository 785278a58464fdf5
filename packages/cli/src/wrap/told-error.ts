import { HubError } from "@coinholder/client";
import { type ErrorCode, errors, type Refusal, refusal } from "@coinholder/protocol";

/** Takes secrets out of what is told. */
export type Redact = <T>(value: T) => T;

const HIDDEN = "(secret)";
/** Shorter ones would black out ordinary words, and are none that anyone keeps money behind. */
const SHORTEST = 4;

const writings = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString("base64"),
];

/** Makes what replaces secrets in texts, at any depth and in the writings in which requests carry them. */
export const redacting = (secrets: readonly string[]): Redact => {
  const hidden = [...new Set(secrets.filter(({ length }) => length >= SHORTEST).flatMap(writings))].sort(
    (a, b) => b.length - a.length,
  );
  const redact = (value: unknown): unknown => {
    if (typeof value === "string") return hidden.reduce((text, one) => text.replaceAll(one, HIDDEN), value);
    if (Array.isArray(value)) return value.map(redact);
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [redact(name), redact(inner)]));
  };
  return redact as Redact;
};

const isCode = (code: string): code is ErrorCode => Object.hasOwn(errors, code);

// What the exchange says of the wrapper's own key, signature and clock: of the caller's own they would be false.
const OF_THE_WRAPPER = new Set<string>([
  "authentication_missing",
  "authentication_failed",
  "authentication_type_refused",
  "authkey_expired",
  "function_mismatch",
  "permission_denied",
] satisfies ErrorCode[]);
const OF_ITS_CLOCK = new Set<string>(["nonce_stale", "nonce_used"] satisfies ErrorCode[]);

/** Whether a call's outcome is not known after that error. Whatever is no HubError is a failure of our own, halfway. */
export const isUnknown = (error: unknown, changes: boolean): boolean =>
  changes && (!(error instanceof HubError) || error.unknown);

/** The exchange's failure in the words of a hub. */
export const toldError = (error: unknown, changes: boolean, exchange: string): Refusal => {
  const isTold = error instanceof HubError;
  if (isUnknown(error, changes))
    return refusal(
      "outcome_unknown",
      {
        ...(isTold ? { reason: error.code } : {}),
        ...(isTold && error.particulars.client_id !== undefined
          ? { client_id: error.particulars.client_id }
          : {}),
      },
      `Whether ${exchange} has carried it out is not known: look before you try again.${isTold ? ` (${error.message})` : ""}`,
    );
  if (!isTold) return refusal("internal");
  const { code, message, particulars } = error;
  if (OF_THE_WRAPPER.has(code))
    return refusal(
      "permission_denied",
      { reason: code },
      `${exchange} does not let the wrapper's own keys do that: ${message}`,
    );
  // Nothing was done: the protocol's word for that, and for trying again.
  if (OF_ITS_CLOCK.has(code) || !isCode(code))
    return refusal("overloaded", { reason: code }, `${exchange} did not carry it out: ${message}`);
  return refusal(code, { ...particulars }, message);
};
