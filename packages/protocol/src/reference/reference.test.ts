import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { decodeForm, decodeJson } from "../encoding.ts";
import { type ErrorCode, errors } from "../errors.ts";
import { functionNames, functionRow } from "../functions/table.ts";
import { readParams } from "../param.ts";
import { mismatches } from "../shape.ts";
import { signCall, TYPE_2_PARAMS } from "../signing.ts";
import { commonCodes } from "./common-errors.ts";
import { exampleCaller, exampleForm, exampleJson } from "./examples.ts";
import { answerMembers } from "./forms.ts";
import { referencePages } from "./pages.ts";

const folder = new URL("../../../../docs/reference/", import.meta.url);
const pages = referencePages();

test("docs/reference is what the function table gives (if not: node scripts/write-reference.mjs)", () => {
  const present = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), "utf8")]),
  );
  const stale = [...new Set([...pages.keys(), ...present.keys()])].filter(
    (name) => pages.get(name) !== present.get(name),
  );
  expect(stale).toEqual([]);
});

test("every link within the reference leads to a page and a heading that exist", () => {
  const anchors = (markdown: string): string[] =>
    [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      heading!
        .toLowerCase()
        .replaceAll(/[^a-z0-9 _-]/g, "")
        .replaceAll(" ", "-"),
    );
  const broken = [...pages].flatMap(([name, markdown]) =>
    [...markdown.matchAll(/\]\(([a-z0-9-]*\.md|README\.md)?(?:#([^)]+))?\)/g)]
      .filter(([, file, anchor]) => {
        const target = pages.get(file ?? name);
        return target === undefined || (anchor !== undefined && !anchors(target).includes(anchor));
      })
      .map(([link]) => `${name}: ${link}`),
  );
  expect(broken).toEqual([]);
});

describe("errors", () => {
  const own = new Set(functionNames.flatMap((name) => [...functionRow(name).errors]));

  test("every code of the table is answered by some function, or is common to all", () => {
    const unused = (Object.keys(errors) as ErrorCode[]).filter(
      (code) => !own.has(code) && !commonCodes.includes(code),
    );
    expect(unused).toEqual([]);
  });

  test("every code that a function or the common checks answer is in the table, and none stands twice in a row", () => {
    for (const code of [...own, ...commonCodes]) expect(errors).toHaveProperty(code);
    for (const name of functionNames) {
      const codes = functionRow(name).errors;
      expect(codes, name).toEqual([...new Set(codes)]);
    }
  });
});

describe.each(functionNames)("%s", (name) => {
  const row = functionRow(name);

  test("its example request is a call that the function takes", () => {
    expect(readParams(row.params, new Map(Object.entries(row.example.request)))).toHaveProperty("values");
  });

  test("its example answer has the shape that it promises", () => {
    expect(mismatches(row.result.schema, row.example.answer)).toEqual([]);
  });

  test("the bodies on its page decode to the same call in both encodings, and their signatures are right", () => {
    const bodies = [exampleForm(name, row), exampleJson(name, row)];
    const [form, json] = [decodeForm(bodies[0]!.body), decodeJson(bodies[1]!.body)].map((decoded) => {
      if ("refused" in decoded) throw new Error(decoded.refused.message);
      for (const param of TYPE_2_PARAMS) decoded.pairs.delete(param);
      return readParams(row.params, decoded.pairs);
    });
    expect(form).toHaveProperty("values");
    expect(json).toEqual(form);
    for (const { body, headers } of bodies)
      for (const [header, value] of headers)
        if (header === "X-Signature")
          expect(value).toBe(signCall(exampleCaller.key, new TextEncoder().encode(body)));
  });

  test("the examples of its parameters have the form of the parameter", () => {
    const wrong = Object.entries(row.params).filter(([, { schema, parse }]) => {
      const { example } = schema as { example?: unknown };
      return example !== undefined && "problem" in parse(example);
    });
    expect(wrong.map(([param]) => param)).toEqual([]);
  });

  test("every member of its answer is explained", () => {
    expect(answerMembers(row).flatMap(({ path, meaning }) => (meaning === "" ? [path] : []))).toEqual([]);
  });
});
