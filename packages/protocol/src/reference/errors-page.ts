import { type ErrorCode, errors, meaningOf, statusOf } from "../errors.ts";
import { functionNames, functionRow } from "../functions/table.ts";
import { atAnyTime, type CommonError, checkedFirst, commonCodes } from "./common-errors.ts";
import { exampleError } from "./examples.ts";
import { fence, page, table } from "./markdown.ts";

const link = (code: ErrorCode): string => `[\`${code}\`](#${code})`;

// The statuses of 5xx that still promise that nothing was done.
const beforeAnything = (Object.keys(errors) as ErrorCode[]).filter(
  (code) => statusOf(code) >= 500 && !atAnyTime.some((unknown) => unknown.code === code),
);

const rows = (of: readonly CommonError[]): string[][] =>
  of.map(({ code, when }) => [link(code), String(statusOf(code)), when]);

const answeredBy = (code: ErrorCode): string => {
  const own = functionNames.filter((name) => functionRow(name).errors.includes(code));
  const links = own.map((name) => `[${name}](${name}.md)`).join(", ");
  if (!commonCodes.includes(code)) return `Answered by ${links}.`;
  return own.length === 0
    ? "Every function may answer it."
    : `Every function may answer it; among their own checks it is also answered by ${links}.`;
};

export const errorsPage = (): string =>
  page(
    "# Errors",
    "Every error has this form. `code` is stable and for programs; `message` is for people and may change; further members give particulars, such as `param`, `available` or `retry_after_ms`.",
    fence("json", JSON.stringify(exampleError("insufficient_funds"), null, 2)),
    `After a status of 4xx nothing was changed, nor after ${beforeAnything.map(link).join(", ")}. After ${link("internal")} and ${link("outcome_unknown")}, and when the connection breaks before an answer, the outcome is unknown: see [calls that may have worked](calls.md#retries-and-client_id).`,
    "## What every call is checked for",
    "In this order, before a function's own checks; the first check that fails is the answer.",
    table(["code", "status", "when"], rows(checkedFirst)),
    "At any time:",
    table(["code", "status", "when"], rows(atAnyTime)),
    "## Every code",
    ...(Object.keys(errors) as ErrorCode[]).flatMap((code) => [
      `### ${code}`,
      `**${statusOf(code)}** ${meaningOf(code)}`,
      answeredBy(code),
    ]),
  );
