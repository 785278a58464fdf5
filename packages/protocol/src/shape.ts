import type { JsonSchema } from "./param.ts";

/** The shape of an answer: a JSON Schema that carries its TypeScript type. */
export interface Shape<T = unknown> {
  readonly schema: JsonSchema;
  /** Only for the compiler. */
  readonly type?: T;
}
export type Shaped<S> = S extends Shape<infer T> ? T : never;

const shape = <T>(schema: JsonSchema): Shape<T> => ({ schema });
const described = (schema: JsonSchema, about?: string): JsonSchema =>
  about === undefined ? schema : { ...schema, description: about };

export const str = (about?: string): Shape<string> => shape(described({ type: "string" }, about));
/** A decimal string. */
export const dec = (about?: string): Shape<string> =>
  shape(described({ type: "string", pattern: "^-?[0-9]+(\\.[0-9]+)?$" }, about));
/** Milliseconds since 1970. */
export const ms = (about?: string): Shape<number> => shape(described({ type: "integer" }, about));
export const int = (about?: string): Shape<number> => shape(described({ type: "integer" }, about));
export const bool = (about?: string): Shape<boolean> => shape(described({ type: "boolean" }, about));
export const oneOf = <const T extends string>(about: string, ...values: readonly T[]): Shape<T> =>
  shape(described({ type: "string", enum: values }, about));
export const list = <T>(of: Shape<T>, about?: string): Shape<T[]> =>
  shape(described({ type: "array", items: of.schema }, about));
export const pair = <A, B>(a: Shape<A>, b: Shape<B>, about?: string): Shape<[A, B]> =>
  shape(described({ type: "array", prefixItems: [a.schema, b.schema], minItems: 2, maxItems: 2 }, about));
/** An object whose keys are data, e.g. currency codes in lower case. */
export const mapOf = <T>(of: Shape<T>, about?: string): Shape<Record<string, T>> =>
  shape(described({ type: "object", additionalProperties: of.schema }, about));
export const anything = (about?: string): Shape<unknown> => shape(described({}, about));

type Fields = { readonly [name: string]: Shape };
type Obj<R extends Fields, O extends Fields> = { [K in keyof R]: Shaped<R[K]> } & {
  [K in keyof O]?: Shaped<O[K]>;
};

/** An object with required and optional members. Clients must bear others, which a later hub may add; ours has none. */
// biome-ignore lint/complexity/noBannedTypes: no optional members is what {} says here
export const obj = <R extends Fields, O extends Fields = {}>(
  required: R,
  maybe?: O,
  about?: string,
): Shape<Obj<R, O>> => {
  const fields = { ...required, ...maybe };
  const properties: Record<string, JsonSchema> = {};
  for (const name in fields) properties[name] = fields[name]!.schema;
  return shape(described({ type: "object", properties, required: Object.keys(required) }, about));
};

/** Where a value is not of the shape, in words; empty when it is. Covers the keywords that this file writes. */
export const mismatches = (schema: JsonSchema, value: unknown, at = "answer"): string[] => {
  const wrong = (what: string): string[] => [`${at}: ${what}, not ${JSON.stringify(value)}`];
  const s = schema as {
    type?: string;
    enum?: readonly unknown[];
    pattern?: string;
    items?: JsonSchema;
    prefixItems?: readonly JsonSchema[];
    properties?: Record<string, JsonSchema>;
    required?: readonly string[];
    additionalProperties?: boolean | JsonSchema;
  };
  switch (s.type) {
    case undefined:
      return [];
    case "string":
      if (typeof value !== "string") return wrong("a string");
      if (s.enum && !s.enum.includes(value)) return wrong(`one of ${s.enum.join(", ")}`);
      return s.pattern && !new RegExp(s.pattern).test(value) ? wrong(`text like ${s.pattern}`) : [];
    case "integer":
      return Number.isSafeInteger(value) ? [] : wrong("a whole number");
    case "boolean":
      return typeof value === "boolean" ? [] : wrong("true or false");
    case "array": {
      if (!Array.isArray(value)) return wrong("a list");
      if (s.prefixItems && value.length !== s.prefixItems.length)
        return wrong(`${s.prefixItems.length} items`);
      return value.flatMap((item, i) => mismatches(s.prefixItems?.[i] ?? s.items ?? {}, item, `${at}[${i}]`));
    }
    case "object": {
      if (typeof value !== "object" || value === null || Array.isArray(value)) return wrong("an object");
      const missing = (s.required ?? []).filter((name) => !Object.hasOwn(value, name));
      return [
        ...missing.map((name) => `${at}: ${name} is missing`),
        ...Object.entries(value).flatMap(([name, member]) => {
          const of = s.properties?.[name] ?? s.additionalProperties;
          if (of === false || of === undefined) return [`${at}: ${name} is not in the shape`];
          return of === true ? [] : mismatches(of, member, `${at}.${name}`);
        }),
      ];
    }
    default:
      throw new Error(`shape.ts writes no type ${s.type}`);
  }
};
