import { type Refusal, refusal } from "./errors.ts";
import { repeatedName } from "./json-names.ts";

/** The two encodings of a request's parameters (seed: post_body_encoding). */
export const FORM = "application/x-www-form-urlencoded";
export const JSON_BODY = "application/json";
export type Encoding = typeof FORM | typeof JSON_BODY;

export type Decoded = { pairs: Map<string, unknown> } | { refused: Refusal };

const malformed = (message: string): Decoded => ({ refused: refusal("body_malformed", {}, message) });

const percentDecoded = (text: string): string | undefined => {
  const spaced = text.includes("+") ? text.replaceAll("+", " ") : text;
  if (!spaced.includes("%")) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return undefined;
  }
};

/**
 * Reads `a=1&b=2`. Stricter than URLSearchParams, which hides mistakes: bad percent-encoding, bytes that are no UTF-8,
 * a pair without `=` and a repeated name are errors.
 */
export const decodeForm = (text: string): Decoded => {
  const pairs = new Map<string, unknown>();
  if (text === "") return { pairs };
  for (const part of text.split("&")) {
    const equals = part.indexOf("=");
    if (equals <= 0) return malformed("Each pair must be name=value, joined by &.");
    const name = percentDecoded(part.slice(0, equals));
    const value = percentDecoded(part.slice(equals + 1));
    if (name === undefined || value === undefined)
      return malformed("Bad percent-encoding, or bytes that are not UTF-8.");
    if (pairs.has(name))
      return { refused: refusal("param_repeated", { param: name }, `${name} was given twice.`) };
    pairs.set(name, value);
  }
  return { pairs };
};

export const encodeForm = (values: Readonly<Record<string, unknown>>): string => {
  const out = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    out.set(name, typeof value === "string" ? value : JSON.stringify(value));
  }
  return out.toString();
};

const takenAsIs = (value: unknown): boolean =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  Number.isSafeInteger(value) ||
  (typeof value === "object" && value !== null);

/** Reads a JSON object whose values are strings, whole numbers, true/false, lists or objects; a name given twice, at any depth, is an error. */
export const decodeJson = (text: string): Decoded => {
  if (text === "") return { pairs: new Map() };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return malformed("The body is not JSON.");
  }
  if (typeof body !== "object" || body === null || Array.isArray(body))
    return malformed("The body must be one JSON object.");
  const twice = repeatedName(text, body);
  if (twice !== undefined)
    return { refused: refusal("param_repeated", { param: twice }, `${twice} was given twice.`) };
  const pairs = new Map<string, unknown>(Object.entries(body));
  // "__proto__" as a name is data here like any other: JSON.parse makes it an own member.
  for (const [name, value] of pairs)
    if (!takenAsIs(value))
      return {
        refused: refusal(
          "param_invalid",
          { param: name },
          `${name} must be a string; amounts are strings, never JSON numbers.`,
        ),
      };
  return { pairs };
};
