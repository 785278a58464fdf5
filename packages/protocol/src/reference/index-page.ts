import type { Group } from "../functions/row.ts";
import { functionNames, functionRow } from "../functions/table.ts";
import { groups } from "./groups.ts";
import { page, table } from "./markdown.ts";

const who = { public: "anyone", "self-signed": "anyone", account: "authkey", operator: "operator" } as const;

export const indexPage = (): string =>
  page(
    "# Reference",
    "The functions of a hub. Begin with [how to call](calls.md); every error stands in [errors](errors.md); what happens is told as it happens by [the stream](stream.md). A running hub shows the same at `/api/docs`, where you can try each call, and as OpenAPI 3.1 at `/api/openapi.json`.",
    ...(Object.keys(groups) as Group[]).flatMap((group) => [
      `## ${groups[group].title}`,
      groups[group].about,
      table(
        ["function", "what it does", "who may call it"],
        functionNames
          .filter((name) => functionRow(name).group === group)
          .map((name) => [`[${name}](${name}.md)`, functionRow(name).summary, who[functionRow(name).access]]),
      ),
    ]),
    "These pages are written from the function table (`packages/protocol/src/functions`) by `node scripts/write-reference.mjs`.",
  );
