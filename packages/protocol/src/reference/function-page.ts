import { FORM, JSON_BODY } from "../encoding.ts";
import { meaningOf, statusOf } from "../errors.ts";
import type { FunctionRow } from "../functions/row.ts";
import { type FunctionName, functionNames, functionRow } from "../functions/table.ts";
import type { Param } from "../param.ts";
import { type ExampleBody, exampleForm, exampleJson, needsAuthkey } from "./examples.ts";
import { answerMembers, paramForm } from "./forms.ts";
import { accessWords, groups } from "./groups.ts";
import { fence, page, table } from "./markdown.ts";

const request = (name: string, contentType: string, { headers, body }: ExampleBody): string =>
  fence(
    "http",
    [
      `POST /api/${name}`,
      `Content-Type: ${contentType}`,
      ...headers.map((header) => header.join(": ")),
      "",
      body,
    ].join("\n"),
  );

// The example call shows the form of what it holds; what it leaves out gets its example here.
const meaning = (name: string, { about, schema }: Param, row: FunctionRow): string =>
  typeof schema.example === "string" && !Object.hasOwn(row.example.request, name)
    ? `${about} For example \`${schema.example}\`.`
    : about;

const parameters = (row: FunctionRow): string => {
  const rows = Object.entries(row.params).map(([name, param]) => [
    `\`${name}\``,
    paramForm(param.schema),
    param.optional ? "no" : "yes",
    meaning(name, param, row),
  ]);
  return rows.length === 0 ? "None of its own." : table(["name", "form", "required", "meaning"], rows);
};

const answer = (row: FunctionRow): string => {
  const members = answerMembers(row);
  return members.length === 0
    ? "An empty object: it worked."
    : table(
        ["member", "form", "always there", "meaning"],
        members.map(({ path, form, always, meaning }) => [
          `\`${path}\``,
          form,
          always ? "yes" : "no",
          meaning,
        ]),
      );
};

const errorsOf = (row: FunctionRow): string =>
  row.errors.length === 0
    ? "None of its own."
    : table(
        ["code", "status", "meaning"],
        row.errors.map((code) => [
          `[\`${code}\`](errors.md#${code})`,
          String(statusOf(code)),
          meaningOf(code),
        ]),
      );

const unsignedUse = (name: string, row: FunctionRow): string =>
  row.access === "public" && !row.changes ? ` or \`GET /api/${name}?...\`` : "";

/** The reference page of one function. */
export const functionPage = (name: FunctionName): string => {
  const row = functionRow(name);
  const siblings = functionNames.filter((other) => other !== name && functionRow(other).group === row.group);
  return page(
    `# ${name}`,
    row.summary,
    row.about,
    `**Call:** \`POST /api/${name}\`${unsignedUse(name, row)}.`,
    `**Who may call it:** ${accessWords[row.access]}`,
    `**Changes anything:** ${row.changes ? "yes" : "no"}.`,
    "## Parameters",
    parameters(row),
    needsAuthkey(row)
      ? "Beside these stand the parameters of [authentication](calls.md#authentication-type-2-signed-calls)."
      : undefined,
    "## Example",
    "As a form:",
    request(name, FORM, exampleForm(name, row)),
    "As JSON:",
    request(name, JSON_BODY, exampleJson(name, row)),
    needsAuthkey(row)
      ? "The signatures are real: they are made with the example key of [create-account](create-account.md)."
      : undefined,
    "The answer, with status 200:",
    fence("json", JSON.stringify(row.example.answer, null, 2)),
    "## Answer",
    answer(row),
    "## Errors",
    "First [what every call is checked for](errors.md#what-every-call-is-checked-for), then in this order:",
    errorsOf(row),
    "## See also",
    [
      ...(siblings.length === 0
        ? []
        : [`${groups[row.group].title}: ${siblings.map((other) => `[${other}](${other}.md)`).join(", ")}.`]),
      "[How to call](calls.md), [all errors](errors.md), [all functions](README.md).",
    ].join("\n\n"),
  );
};
