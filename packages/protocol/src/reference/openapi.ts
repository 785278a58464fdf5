import { FORM, JSON_BODY } from "../encoding.ts";
import { type ErrorCode, errors, meaningOf, statusOf } from "../errors.ts";
import type { FunctionRow, Group } from "../functions/row.ts";
import { type FunctionName, functionNames, functionRow } from "../functions/table.ts";
import type { JsonSchema, Param } from "../param.ts";
import { SIGNATURE_HEADER, TOKEN_HEADER } from "../signing.ts";
import { codesOf } from "./common-errors.ts";
import { exampleError, exampleValues, needsAuthkey } from "./examples.ts";
import { explained } from "./forms.ts";
import { accessWords, groups } from "./groups.ts";
import { overviewShape } from "./overview-shape.ts";

type Json = { readonly [member: string]: unknown };

const ref = (kind: string, name: string): Json => ({ $ref: `#/components/${kind}/${name}` });

/** The parameters of authentication, which stand in the body (in the query of a GET) beside a function's own. */
const authentication: Readonly<Record<string, Json>> = {
  f: { type: "string", description: "Type 2: the function's name, as in the path." },
  account: {
    type: "string",
    description:
      "Type 2: the account identifier to call for; the authkey's token stands for the account it was made for.",
  },
  nonce_ms: {
    type: ["integer", "string"],
    description: "Type 2: ms since 1970, within 30 seconds of the hub's clock.",
  },
  nonce_random: {
    type: "string",
    pattern: "^[\\x21-\\x7e]{1,64}$",
    description: "Type 2: a random token, fresh for each call.",
  },
  name: {
    type: "string",
    maxLength: 64,
    description: "Type 1: the account identifier or the account's name.",
  },
  pass: { type: "string", maxLength: 200, description: "Type 1: the password of one of its authkeys." },
};

const described = ({ schema, about }: Param): JsonSchema => ({ ...schema, description: about });
const required = (row: FunctionRow): string[] =>
  Object.entries(row.params).flatMap(([name, param]) => (param.optional ? [] : [name]));

const bodySchema = (row: FunctionRow): Json => ({
  type: "object",
  properties: {
    ...Object.fromEntries(
      Object.keys(authentication).map((name) => [name, ref("schemas", `authentication.${name}`)]),
    ),
    ...Object.fromEntries(Object.entries(row.params).map(([name, param]) => [name, described(param)])),
  },
  required: required(row),
  additionalProperties: false,
});

const isStructured = ({ schema }: Param): boolean => schema.type === "array" || schema.type === "object";

// In a form a list or an object is JSON text, which OpenAPI says with `encoding`.
const formEncoding = (row: FunctionRow): Json => {
  const structured = Object.entries(row.params).filter(([, param]) => isStructured(param));
  return structured.length === 0
    ? {}
    : { encoding: Object.fromEntries(structured.map(([name]) => [name, { contentType: JSON_BODY }])) };
};

const requestBody = (row: FunctionRow): Json => {
  const content = { schema: bodySchema(row), example: exampleValues(row) };
  return {
    required: required(row).length > 0 || needsAuthkey(row),
    content: { [FORM]: { ...content, ...formEncoding(row) }, [JSON_BODY]: content },
  };
};

const errorResponses = (row: FunctionRow): Json => {
  const all = codesOf(row);
  const statuses = [...new Set(all.map(statusOf))].sort((a, b) => a - b);
  return Object.fromEntries(
    statuses.map((status) => {
      const codes = all.filter((code) => statusOf(code) === status);
      const response = {
        description: codes.map((code) => `\`${code}\`: ${meaningOf(code)}`).join("\n\n"),
        content: {
          [JSON_BODY]: {
            schema: ref("schemas", "Error"),
            examples: Object.fromEntries(codes.map((code) => [code, ref("examples", code)])),
          },
        },
      };
      return [String(status), response];
    }),
  );
};

const responses = (row: FunctionRow): Json => ({
  "200": {
    description: "It worked.",
    content: { [JSON_BODY]: { schema: explained(row.result.schema), example: row.example.answer } },
  },
  ...errorResponses(row),
});

const signedCall = { authkey_token: [], signature: [] };

const operation = (name: FunctionName, row: FunctionRow): Json => ({
  tags: [row.group],
  summary: row.summary,
  description: [row.about, `**Who may call it:** ${accessWords[row.access]}`]
    .filter((part) => part !== "")
    .join("\n\n"),
  security: needsAuthkey(row) ? [signedCall] : [{}, signedCall],
  responses: responses(row),
  "x-access": row.access,
  "x-errors": row.errors,
  operationId: name,
});

const pathItem = (name: FunctionName): Json => {
  const row = functionRow(name);
  const post = operation(name, row);
  return {
    ...(row.access === "public" && !row.changes
      ? {
          get: {
            ...post,
            operationId: `get-${name}`,
            parameters: Object.entries(row.params).map(([param, of]) => ({
              name: param,
              in: "query",
              description: of.about,
              required: !of.optional,
              schema: of.schema,
            })),
          },
        }
      : {}),
    post: { ...post, requestBody: requestBody(row) },
  };
};

const overviewPath: Json = {
  get: {
    operationId: "overview",
    tags: ["overview"],
    summary: "Describes the hub: where its functions are, which it has, and how to call them.",
    security: [{}],
    responses: {
      "200": {
        description: "The overview.",
        content: { [JSON_BODY]: { schema: explained(overviewShape.schema) } },
      },
    },
  },
};

const description = `Every function is called at \`/api/<function>\` with key-value pairs, as a form or as a JSON object, and answers JSON.
Amounts are decimal strings, times are whole milliseconds since 1970.

**Authentication type 2** (signed): the parameters \`f\`, \`account\`, \`nonce_ms\` and \`nonce_random\` stand in the body beside the
function's own; the header \`X-Authkey-Token\` names the authkey, and \`X-Signature\` is the base64 of HMAC-SHA256 over the exact
bytes of the body (of the query string when the method is GET), keyed with the decoded key. A signed GET reaches every function.

**Authentication type 1** (password, POST only): the parameters \`name\` and \`pass\` instead, and no headers.

An error answers \`{"error": {"code", "message", ...}}\`: 4xx changed nothing; after a 5xx look before you try again.`;

const components: Json = {
  securitySchemes: {
    authkey_token: {
      type: "apiKey",
      in: "header",
      name: TOKEN_HEADER,
      description: "Type 2: the authkey's token.",
    },
    signature: {
      type: "apiKey",
      in: "header",
      name: SIGNATURE_HEADER,
      description: "Type 2: base64 of HMAC-SHA256 over the exact bytes of the body or of the query string.",
    },
  },
  schemas: {
    ...Object.fromEntries(
      Object.entries(authentication).map(([name, schema]) => [`authentication.${name}`, schema]),
    ),
    Error: {
      type: "object",
      properties: {
        error: {
          type: "object",
          properties: {
            code: { type: "string", enum: Object.keys(errors), description: "Stable, for programs." },
            message: { type: "string", description: "For people; it may change." },
          },
          required: ["code", "message"],
          additionalProperties: true,
        },
      },
      required: ["error"],
    },
  },
  examples: Object.fromEntries(
    (Object.keys(errors) as ErrorCode[]).map((code) => [
      code,
      { summary: meaningOf(code), value: exampleError(code) },
    ]),
  ),
};

/** The hub's OpenAPI 3.1 description, written from the function table. `publicUrl` has no slash at its end. */
export const openApi = (hub: { publicUrl: string; name: string; version: string }): Json => ({
  openapi: "3.1.1",
  info: { title: hub.name, version: hub.version, description },
  servers: [{ url: hub.publicUrl }],
  tags: [
    { name: "overview", description: "What the hub is." },
    ...(Object.keys(groups) as Group[]).map((name) => ({ name, description: groups[name].about })),
  ],
  paths: {
    "/api/overview.js": overviewPath,
    ...Object.fromEntries(functionNames.map((name) => [`/api/${name}`, pathItem(name)])),
  },
  components,
});
