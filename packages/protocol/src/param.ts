import { type ErrorCode, type Refusal, refusal } from "./errors.ts";
import { repeatedName } from "./json-names.ts";

/** The part of JSON Schema that parameters and results are described with (OpenAPI 3.1 takes it as it is). */
export type JsonSchema = { readonly [keyword: string]: unknown };

/**
 * One parameter of a function: how its text becomes a value, and how it is documented.
 * Values arrive as strings (form, query) or as JSON values; `parse` refuses whatever has not the form.
 */
export interface Param<T = unknown> {
  readonly parse: (given: unknown) => { value: T } | { problem: string };
  readonly schema: JsonSchema;
  readonly about: string;
  readonly optional: boolean;
  /** Longest text in UTF-16 units; longer is `param_too_long`. */
  readonly maxLength: number;
}

const param = <T>(
  about: string,
  schema: JsonSchema,
  parse: (text: string) => { value: T } | { problem: string },
  maxLength: number,
): Param<T> => ({
  about,
  schema,
  optional: false,
  maxLength,
  parse: (given) => (typeof given === "string" ? parse(given) : { problem: "must be a string" }),
});

/** Makes a parameter one that may be left out. */
export const optional = <T>(of: Param<T>): Param<T> & { readonly optional: true } => ({
  ...of,
  optional: true,
});

// Control characters other than tab and line feed have no place in what people read.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f]/;
const wellFormed = (text: string): boolean => text.isWellFormed();

export const text = (about: string, maxLength = 200, example?: string): Param<string> =>
  param(
    about,
    { type: "string", maxLength, ...(example === undefined ? {} : { example }) },
    (given) =>
      CONTROL.test(given) || !wellFormed(given)
        ? { problem: "has characters that are not text" }
        : { value: given },
    maxLength,
  );

/** Text of a fixed form. `form` says in words what the pattern wants. */
export const patterned = <T extends string = string>(
  about: string,
  pattern: RegExp,
  form: string,
  maxLength: number,
  example?: string,
): Param<T> =>
  param(
    about,
    { type: "string", pattern: pattern.source, maxLength, ...(example === undefined ? {} : { example }) },
    (given) => (pattern.test(given) ? { value: given as T } : { problem: `must be ${form}` }),
    maxLength,
  );

/** An amount as the caller wrote it; its currency decides whether it stands (`amount_invalid`). */
export const amountText = (about: string, example = "17.50"): Param<string> =>
  param(about, { type: "string", format: "decimal", maxLength: 64, example }, (value) => ({ value }), 64);

export const currency = (about: string, example = "USD"): Param<string> =>
  patterned(about, /^[A-Z][A-Z0-9]{2,9}$/, "a currency code in upper case", 10, example);

export const market = (about = "The market, base/quote."): Param<string> =>
  patterned(about, /^[A-Z][A-Z0-9]{2,9}\/[A-Z][A-Z0-9]{2,9}$/, "a market such as BTC/USD", 21, "BTC/USD");

export const clientId: Param<string> & { readonly optional: true } = optional(
  patterned(
    "Your own id for this call. A retry with the same id and parameters returns the first answer and does nothing.",
    /^[\x21-\x7e]{1,64}$/,
    "1 to 64 visible ASCII characters",
    64,
    "order-417",
  ),
);

export const choice = <const T extends string>(about: string, ...values: readonly T[]): Param<T> =>
  param(
    about,
    { type: "string", enum: values },
    (given) =>
      values.includes(given as T)
        ? { value: given as T }
        : { problem: `must be one of ${values.join(", ")}` },
    64,
  );

const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** A whole number, in a JSON body also as a number. */
export const integer = (about: string, min: number, max: number, example?: number): Param<number> => ({
  about,
  schema: { type: "integer", minimum: min, maximum: max, ...(example === undefined ? {} : { example }) },
  optional: false,
  maxLength: 17,
  parse: (given) => {
    const number =
      typeof given === "number"
        ? given
        : typeof given === "string" && INTEGER.test(given)
          ? Number(given)
          : NaN;
    return Number.isSafeInteger(number) && number >= min && number <= max
      ? { value: number }
      : { problem: `must be a whole number from ${min} to ${max}` };
  },
});

export const flag = (about: string): Param<boolean> => ({
  about,
  schema: { type: "boolean" },
  optional: false,
  maxLength: 5,
  parse: (given) =>
    given === "true" || given === true
      ? { value: true }
      : given === "false" || given === false
        ? { value: false }
        : { problem: "must be true or false" },
});

/** JSON inside a parameter (in a JSON body: the list or object itself), checked by `read`. */
export const json = <T>(
  about: string,
  schema: JsonSchema,
  read: (value: unknown) => T | undefined,
  form: string,
  maxLength: number,
): Param<T> => ({
  about,
  schema,
  optional: false,
  maxLength,
  parse: (given) => {
    let value = given;
    if (typeof given === "string") {
      try {
        value = JSON.parse(given);
      } catch {
        return { problem: `must be JSON: ${form}` };
      }
      const twice = repeatedName(given, value);
      if (twice !== undefined) return { problem: `has ${JSON.stringify(twice)} twice` };
    }
    const read_ = read(value);
    return read_ === undefined ? { problem: `must be ${form}` } : { value: read_ };
  },
});

/** One pair (account, permission): a function's name or `all`. */
export type PermissionPair = readonly [account: string, permission: string];

const isPair = (value: unknown): value is PermissionPair =>
  Array.isArray(value) &&
  value.length === 2 &&
  value.every((part) => typeof part === "string" && part.length <= 64);

export const permissions = (about: string): Param<readonly PermissionPair[]> =>
  json(
    about,
    {
      type: "array",
      maxItems: 100,
      items: {
        type: "array",
        prefixItems: [{ type: "string" }, { type: "string" }],
        minItems: 2,
        maxItems: 2,
      },
      example: [["ac-7h2k5mq4x2v6b3tz", "my-balance"]],
    },
    (value) => (Array.isArray(value) && value.length <= 100 && value.every(isPair) ? value : undefined),
    'a list of up to 100 pairs ["account", "permission"]',
    16_000,
  );

const LATITUDE = /^-?(?:[0-9]{1,2})(?:\.[0-9]{1,9})?$/;
const LONGITUDE = /^-?(?:[0-9]{1,3})(?:\.[0-9]{1,9})?$/;

/** Degrees as plain decimal text. */
export const isLatitude = (given: string): boolean => LATITUDE.test(given) && Math.abs(Number(given)) <= 90;
export const isLongitude = (given: string): boolean =>
  LONGITUDE.test(given) && Math.abs(Number(given)) <= 180;

const degrees = (
  about: string,
  ok: (given: string) => boolean,
  form: string,
  example: string,
): Param<string> =>
  param(
    about,
    { type: "string", example },
    (given) => (ok(given) ? { value: given } : { problem: `must be ${form}` }),
    20,
  );

export const latitude = (about: string): Param<string> =>
  degrees(about, isLatitude, "degrees from -90 to 90, in plain decimal digits", "45.508888");
export const longitude = (about: string): Param<string> =>
  degrees(about, isLongitude, "degrees from -180 to 180, in plain decimal digits", "-73.561668");

export type Params = { readonly [name: string]: Param };

/** What a function receives, by its table row: required names always, optional ones where given. */
export type Values<P extends Params> = {
  [K in keyof P as P[K] extends { readonly optional: true } ? never : K]: P[K] extends Param<infer T>
    ? T
    : never;
} & {
  [K in keyof P as P[K] extends { readonly optional: true } ? K : never]?: P[K] extends Param<infer T>
    ? T
    : never;
};

const invalid = (code: ErrorCode, name: string, message: string): { refused: Refusal } => ({
  refused: refusal(code, { param: name }, message),
});

/**
 * Reads the given pairs as a function's parameters. Errors in this order: `param_unknown`, `param_too_long`,
 * then parameter by parameter as the table lists them `param_missing` or `param_invalid`.
 */
export const readParams = <P extends Params>(
  params: P,
  given: ReadonlyMap<string, unknown>,
): { values: Values<P> } | { refused: Refusal } => {
  for (const [name, value] of given) {
    if (!Object.hasOwn(params, name))
      return invalid(
        "param_unknown",
        name,
        `There is no parameter ${JSON.stringify(name)}; there are: ${Object.keys(params).join(", ") || "none"}.`,
      );
    const longest = params[name]!.maxLength;
    if (typeof value === "string" && value.length > longest)
      return invalid(
        "param_too_long",
        name,
        `${name} has ${value.length} characters; ${longest} are allowed.`,
      );
  }
  const values: Record<string, unknown> = {};
  for (const name in params) {
    const row = params[name]!;
    if (!given.has(name)) {
      if (!row.optional) return invalid("param_missing", name, `${name} is missing. ${row.about}`);
      continue;
    }
    const read = row.parse(given.get(name));
    if ("problem" in read) return invalid("param_invalid", name, `${name} ${read.problem}.`);
    values[name] = read.value;
  }
  return { values: values as Values<P> };
};
