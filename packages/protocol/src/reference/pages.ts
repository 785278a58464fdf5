import { functionNames } from "../functions/table.ts";
import { callsPage } from "./calls-page.ts";
import { errorsPage } from "./errors-page.ts";
import { functionPage } from "./function-page.ts";
import { indexPage } from "./index-page.ts";
import { streamPage } from "./stream-page.ts";

/** The reference as Markdown files: content by file name. */
export const referencePages = (): ReadonlyMap<string, string> =>
  new Map([
    ["README.md", indexPage()],
    ["calls.md", callsPage()],
    ["errors.md", errorsPage()],
    ["stream.md", streamPage()],
    ...functionNames.map((name): [string, string] => [`${name}.md`, functionPage(name)]),
  ]);
