import { describe, expect, test } from "vitest";
import { FORM, JSON_BODY } from "../encoding.ts";
import { functionNames, functionRow } from "../functions/table.ts";
import type { Overview } from "../overview.ts";
import { mismatches } from "../shape.ts";
import { codesOf } from "./common-errors.ts";
import { openApi } from "./openapi.ts";
import { overviewShape } from "./overview-shape.ts";

// biome-ignore lint/suspicious/noExplicitAny: a JSON document, walked by its specification
type Json = any;

// As a client gets it: nothing that JSON cannot carry may be in it.
const text = JSON.stringify(openApi({ publicUrl: "https://hub.example", name: "A hub", version: "1.2.3" }));
const document: Json = JSON.parse(text);

const operations: [path: string, method: string, operation: Json][] = Object.entries<Json>(
  document.paths,
).flatMap(([path, item]) =>
  Object.entries<Json>(item).map(
    ([method, operation]) => [path, method, operation] as [string, string, Json],
  ),
);

const walk = (value: Json, visit: (object: Json) => void): void => {
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) visit(value);
  for (const member of Object.values(value)) walk(member, visit);
};

describe("what OpenAPI 3.1 requires", () => {
  test("version, info, servers, paths", () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/);
    expect(document.info).toMatchObject({ title: "A hub", version: "1.2.3" });
    expect(document.servers).toEqual([{ url: "https://hub.example" }]);
    for (const path of Object.keys(document.paths)) expect(path).toMatch(/^\/[^?#{}]*$/);
  });

  test("component names are of the allowed characters", () => {
    for (const group of Object.values<Json>(document.components))
      for (const name of Object.keys(group)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  test("every reference leads somewhere", () => {
    walk(document, ({ $ref }) => {
      if (typeof $ref !== "string") return;
      const target = $ref
        .replace(/^#\//, "")
        .split("/")
        .reduce((at: Json, key) => at?.[key], document);
      expect(target, $ref).toBeDefined();
    });
  });

  test("operation ids are unique, tags are declared, responses have descriptions and a status or default as key", () => {
    const ids = operations.map(([, , { operationId }]) => operationId);
    expect(ids).toEqual([...new Set(ids)]);
    const tags = document.tags.map(({ name }: Json) => name);
    for (const [path, , { tags: own, responses }] of operations) {
      for (const tag of own) expect(tags, path).toContain(tag);
      expect(Object.keys(responses).length).toBeGreaterThan(0);
      for (const [status, response] of Object.entries<Json>(responses)) {
        expect(status).toMatch(/^[1-5][0-9]{2}$/);
        expect(typeof response.description).toBe("string");
      }
    }
  });

  test("only known methods; a GET has no body; parameters have a name, a place and a schema", () => {
    for (const [path, method, { requestBody, parameters = [] }] of operations) {
      expect(["get", "post"]).toContain(method);
      if (method === "get") expect(requestBody, path).toBeUndefined();
      for (const parameter of parameters)
        expect(parameter).toMatchObject({
          name: expect.any(String),
          in: "query",
          schema: expect.any(Object),
        });
    }
  });

  test("security names declared schemes, which are complete", () => {
    const { securitySchemes } = document.components;
    for (const scheme of Object.values<Json>(securitySchemes))
      expect(scheme).toMatchObject({ type: "apiKey", in: "header", name: expect.any(String) });
    for (const [, , { security }] of operations)
      for (const requirement of security)
        for (const name of Object.keys(requirement)) expect(securitySchemes).toHaveProperty(name);
  });

  test("schemas use types of JSON Schema, and patterns that compile", () => {
    const types = ["string", "integer", "boolean", "array", "object"];
    for (const [, , { requestBody, responses }] of operations)
      for (const { schema } of [
        ...Object.values<Json>(requestBody?.content ?? {}),
        ...Object.values<Json>(responses).flatMap((response: Json) =>
          Object.values<Json>(response.content ?? {}),
        ),
      ])
        walk(schema, (part) => {
          if (typeof part.type === "string") expect(types).toContain(part.type);
          if (typeof part.pattern === "string") expect(() => new RegExp(part.pattern, "u")).not.toThrow();
          if (Array.isArray(part.required)) expect(part.required).toEqual([...new Set(part.required)]);
        });
  });
});

describe("what the function table says", () => {
  test.each(functionNames)("%s: its example answer has the described shape", (name) => {
    const { schema, example } = document.paths[`/api/${name}`].post.responses["200"].content[JSON_BODY];
    expect(mismatches(schema, example)).toEqual([]);
  });

  test.each(functionNames)("%s: POST with both encodings, all its parameters, all its errors", (name) => {
    const row = functionRow(name);
    const { post, get } = document.paths[`/api/${name}`];
    expect(Object.keys(post.requestBody.content).sort()).toEqual([JSON_BODY, FORM].sort());
    for (const { schema, example } of Object.values<Json>(post.requestBody.content)) {
      expect(Object.keys(schema.properties)).toEqual(expect.arrayContaining(Object.keys(row.params)));
      expect(Object.keys(schema.properties)).toEqual(
        expect.arrayContaining(["f", "account", "nonce_ms", "nonce_random", "name", "pass"]),
      );
      for (const required of schema.required) expect(example).toHaveProperty(required);
    }
    const examples = Object.values<Json>(post.responses).flatMap((response: Json) =>
      Object.keys(response.content["application/json"].examples ?? {}),
    );
    expect(examples.sort()).toEqual(codesOf(row).sort());
    expect(get !== undefined).toBe(row.access === "public" && !row.changes);
  });

  test("each example error is filed under its own status and fits the error schema", () => {
    for (const [, , { responses }] of operations)
      for (const [status, response] of Object.entries<Json>(responses)) {
        const { examples = {} } = response.content["application/json"];
        for (const code of Object.keys(examples)) {
          const { value } = document.components.examples[code];
          expect(value.error).toMatchObject({ code, message: expect.any(String) });
          expect(Number(status)).toBeGreaterThanOrEqual(400);
        }
      }
  });
});

test("the overview's shape takes an overview with all its members", () => {
  const overview: Required<Overview> = {
    req_url: "https://hub.example/api/(function_name)",
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: functionNames,
    req_authentication_types: [1, 2],
    post_body_encodings: [FORM, JSON_BODY],
    name: "A hub",
    network: "regtest",
    currencies: [{ code: "BTC", decimals: 8 }],
    markets: [
      {
        name: "BTC/USD",
        base: "BTC",
        quote: "USD",
        tick: "0.01",
        lot: "0.00000001",
        maker_fee_bps: 0,
        taker_fee_bps: 0,
        fee_tiers: [{ volume: "0.00", maker_fee_bps: 0, taker_fee_bps: 0 }],
      },
    ],
    identity: { url: "https://hub.example/identity", public_key: "AAAA" },
    stream_url: "https://hub.example/stream",
    openapi_url: "https://hub.example/api/openapi.json",
  };
  expect(mismatches(overviewShape.schema, overview)).toEqual([]);
});
