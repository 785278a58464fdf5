import {
  type FunctionName,
  type FunctionRow,
  functionNames,
  functionRow,
  meaningOf,
  paramForm,
} from "@coinholder/protocol";
import { table } from "./output.ts";
import { bold, dim } from "./terminal.ts";

const WIDTH = 110;

const wrap = (text: string, indent = ""): string[] => {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    if (line.length > indent.length && line.length + word.length + 1 > WIDTH) {
      lines.push(line);
      line = indent;
    }
    line += line.length > indent.length ? ` ${word}` : word;
  }
  return line.length > indent.length ? [...lines, line] : lines;
};

const ACCESS: Record<FunctionRow["access"], string> = {
  public: "Anyone may call it.",
  "self-signed": "Anyone may call it: the parameters carry their own signature.",
  account: "Signed by an authkey of the account: --as ALIAS.",
  operator: "Signed by the operator's authkey, from the hub's data folder: --data FOLDER.",
};

const shellWord = (text: string): string =>
  /^[A-Za-z0-9_.,:/@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A command line that makes the example's call. */
const exampleLine = (name: FunctionName, row: FunctionRow): string => {
  const pairs = Object.entries(row.example.request).map(([key, value]) =>
    shellWord(`${key}=${typeof value === "string" ? value : JSON.stringify(value)}`),
  );
  const who = row.access === "account" || name === "create-account" ? ["--as", "alice"] : [];
  return ["coinholder", "call", name, ...who, ...pairs].join(" ");
};

/** What `coinholder call NAME --help` shows. */
export const functionHelp = (name: FunctionName): string => {
  const row = functionRow(name);
  const params = Object.entries(row.params);
  const lines = [`${bold(name)}: ${row.summary}`, ""];
  if (row.about !== "") lines.push(...wrap(row.about), "");
  lines.push(ACCESS[row.access], "");
  lines.push(bold("Parameters"));
  if (params.length === 0) lines.push("  none");
  for (const [param, { about, optional, schema }] of params)
    lines.push(
      `  ${param}: ${paramForm(schema).replaceAll("`", "")}${optional ? dim(" (may be left out)") : ""}`,
      ...wrap(about, "      "),
    );
  lines.push("", bold("Answer, for example"), ...wrap(JSON.stringify(row.example.answer), "  "));
  if (row.errors.length > 0) {
    lines.push("", bold("Refusals, in the order in which they are checked"));
    lines.push(
      ...table(
        ["", ""],
        row.errors.map((code) => [`  ${code}`, meaningOf(code)]),
      ),
    );
  }
  lines.push("", bold("Example"), `  ${exampleLine(name, row)}`);
  return lines.join("\n");
};

/** What `coinholder call NAME --help --json` shows. Errors in the order in which they are checked. */
export const functionAsJson = (name: FunctionName): unknown => {
  const { summary, about, access, params, errors } = functionRow(name);
  return {
    name,
    summary,
    about,
    access,
    params: Object.entries(params).map(([param, of]) => ({
      name: param,
      required: !of.optional,
      schema: of.schema,
      meaning: of.about,
    })),
    errors: errors.map((code) => ({ code, meaning: meaningOf(code) })),
  };
};

/** All functions by group, one line each. */
export const functionList = (): string => {
  const groups = [...new Set(functionNames.map((name) => functionRow(name).group))];
  return groups
    .map((group) => {
      const names = functionNames.filter((name) => functionRow(name).group === group);
      const rows = names.map((name) => [`  ${name}`, functionRow(name).summary]);
      return [bold(group), ...table(["", ""], rows)].join("\n");
    })
    .join("\n\n");
};
