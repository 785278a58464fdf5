import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseSync } from "vite";
import { expect, test } from "vitest";

const source = fileURLToPath(new URL("../../src/", import.meta.url));
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".tsx"),
);

/** Attributes and properties of our components that people read or hear. */
const READ = new Set([
  "aria-label",
  "title",
  "placeholder",
  "alt",
  "label",
  "hint",
  "lead",
  "error",
  "what",
  "caption",
  "name",
  "message",
]);
/** Names of radio groups, icons and columns' keys are no texts: a text has a capital letter or a space between letters. */
const IS_TEXT = /\p{Lu}|\p{L}\s+\p{L}/u;
/** An amount's form, the same everywhere. */
const ALLOWED = new Set(["0.00", "BTC"]);

interface Node {
  readonly type: string;
  readonly [member: string]: unknown;
}

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && typeof (value as Node).type === "string";

const literalsIn = (value: unknown): string[] => {
  if (!isNode(value)) return [];
  if (value.type === "Literal") return typeof value.value === "string" ? [value.value] : [];
  if (value.type === "TemplateLiteral")
    return (value.quasis as { value: { raw: string } }[]).map(({ value: { raw } }) => raw);
  if (value.type === "JSXExpressionContainer") return literalsIn(value.expression);
  if (value.type === "ConditionalExpression")
    return [...literalsIn(value.consequent), ...literalsIn(value.alternate)];
  if (value.type === "LogicalExpression") return literalsIn(value.right);
  return [];
};

/** Texts that a person would see which do not come from the catalogue. */
const visible = (node: unknown): string[] => {
  if (Array.isArray(node)) return node.flatMap(visible);
  if (!isNode(node)) return [];
  const found: string[] = [];
  if (node.type === "JSXText" && /\p{L}/u.test(String(node.value))) found.push(String(node.value).trim());
  if (node.type === "JSXElement" || node.type === "JSXFragment")
    for (const child of node.children as Node[])
      if (child.type === "JSXExpressionContainer")
        found.push(...literalsIn(child).filter((text) => /\p{L}/u.test(text)));
  if (node.type === "JSXAttribute" && READ.has(String((node.name as Node).name)))
    found.push(...literalsIn(node.value).filter((text) => IS_TEXT.test(text)));
  for (const member of Object.values(node)) found.push(...visible(member));
  return found.filter((text) => !ALLOWED.has(text));
};

const textsIn = (code: string): string[] => visible(parseSync("x.tsx", code).program);

test("the search itself finds what is written into a component", () => {
  expect(
    textsIn(
      `const a = (n) => <p title="Hello there" class="B C">Hi {n ? "yes" : \`no \${n}\`} {t.x}<X label={t.y} hint="Pay" icon="send" /></p>`,
    ),
  ).toEqual(["yes", "no ", "Hello there", "Hi", "Pay"]);
});

test("no component has a text of its own: all that people read stands in the catalogue", () => {
  const found = files.flatMap((name) =>
    textsIn(readFileSync(join(source, name), "utf8")).map((text) => `${name}: ${text}`),
  );
  expect(found).toEqual([]);
});

test("no component has what the Content-Security-Policy stops: style and event handlers as text, or HTML of its own", () => {
  const found = files.filter((name) =>
    /\sstyle="|\son[a-z]+="|dangerouslySetInnerHTML|\beval\(|new Function\(/.test(
      readFileSync(join(source, name), "utf8"),
    ),
  );
  expect(found).toEqual([]);
});
