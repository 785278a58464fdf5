import type { FunctionRow } from "../functions/row.ts";
import type { JsonSchema } from "../param.ts";
import { glossary } from "./glossary.ts";

/** The keywords that param.ts and shape.ts write. */
interface Schema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly items?: Schema;
  readonly prefixItems?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly description?: string;
}

const code = (text: string | number): string => `\`${text}\``;

// A bound that no caller can reach tells nothing.
const UNREACHABLE = 8_640_000_000_000_000;

const wholeNumber = ({ minimum, maximum }: Schema): string =>
  minimum === undefined || maximum === undefined
    ? "whole number"
    : maximum >= UNREACHABLE
      ? `whole number, ${minimum} or more`
      : `whole number, ${minimum} to ${maximum}`;

const textForm = (schema: Schema): string => {
  if (schema.enum) return schema.enum.map(code).join(", ");
  if (schema.format === "decimal") return "decimal amount";
  const longest = schema.maxLength === undefined ? "" : `, at most ${schema.maxLength} characters`;
  return schema.pattern === undefined ? `text${longest}` : `text that matches ${code(schema.pattern)}`;
};

/** A parameter's form in words. */
export const paramForm = (schema: JsonSchema): string => {
  const given = schema as Schema;
  switch (given.type) {
    case "integer":
      return wholeNumber(given);
    case "boolean":
      return "`true` or `false`";
    case "array":
      return `JSON list${given.maxItems === undefined ? "" : ` of at most ${given.maxItems}`}`;
    case "object":
      return "JSON object";
    case "string":
      return textForm(given);
    default:
      throw new Error(`param.ts writes no type ${given.type}`);
  }
};

export interface Member {
  /** From the answer's top, e.g. `transfers[].fee`; `*` is any key. */
  readonly path: string;
  readonly form: string;
  readonly always: boolean;
  /** Empty where neither the shape nor the glossary tells. */
  readonly meaning: string;
}

const DECIMAL_PATTERN = "^-?[0-9]+(\\.[0-9]+)?$";

const memberForm = (schema: Schema): string => {
  if (schema.enum) return schema.enum.map(code).join(", ");
  switch (schema.type) {
    case undefined:
      return "anything";
    case "string":
      return schema.pattern === DECIMAL_PATTERN ? "decimal" : "text";
    case "integer":
      return "whole number";
    case "boolean":
      return "`true` or `false`";
    case "array":
      return schema.prefixItems
        ? `pair [${schema.prefixItems.map(memberForm).join(", ")}]`
        : `list of ${plural(schema.items ?? {})}`;
    default:
      return typeof schema.additionalProperties === "object"
        ? `object of ${plural(schema.additionalProperties)} by key`
        : "object";
  }
};

const plural = (schema: Schema): string => {
  const form = memberForm(schema);
  if (form.startsWith("pair ")) return form.replace("pair ", "pairs ");
  return form === "object" || form === "decimal" ? `${form}s` : form;
};

const inside = (schema: Schema, path: string): Member[] => {
  if (schema.type === "array" && schema.items) return inside(schema.items, `${path}[]`);
  if (schema.type !== "object" || !schema.properties) return [];
  const { properties, required = [] } = schema;
  return Object.entries(properties).flatMap(([name, of]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const itemAbout = of.items?.properties === undefined ? of.items?.description : undefined;
    const meaning = of.description || itemAbout || glossary[name] || "";
    return [{ path: at, form: memberForm(of), always: required.includes(name), meaning }, ...inside(of, at)];
  });
};

/** A shape's schema with the glossary's words where it has none of its own. */
export const explained = (schema: JsonSchema, name = ""): JsonSchema => {
  const { properties, items, description, ...rest } = schema as Schema;
  const meaning = description || glossary[name];
  return {
    ...rest,
    ...(meaning ? { description: meaning } : {}),
    ...(items ? { items: explained(items as JsonSchema) } : {}),
    ...(properties
      ? {
          properties: Object.fromEntries(
            Object.entries(properties).map(([member, of]) => [member, explained(of as JsonSchema, member)]),
          ),
        }
      : {}),
  };
};

/** Every member of a function's answer, outer ones first. */
export const answerMembers = (row: FunctionRow): Member[] => inside(row.result.schema as Schema, "");
