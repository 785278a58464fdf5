import {
  type ProofLeaf,
  proofLeafNode,
  proofLevels,
  proofPath,
  proofRoot,
  readProof,
  readProofNode,
} from "@coinholder/protocol";
import { describe, expect, test } from "vitest";
import { proofPageRoutes } from "./proof-page.ts";

const { amountText, judge, rootIn } = await import(
  new URL("../../assets/proof/verdict.js", import.meta.url).href
);

const routes = new Map(proofPageRoutes().map((route) => [route.path, route]));
const text = (path: string): string => routes.get(path)!.body.toString("utf8");
const scripts = [...routes.keys()].filter((path) => path.endsWith(".js"));

test("the page holds nothing inline and nothing from elsewhere, which its Content-Security-Policy would block", () => {
  const html = text("/proof");
  expect(html).not.toMatch(/<style|\sstyle=|\son[a-z]+=|javascript:/i);
  for (const [script] of html.matchAll(/<script[^>]*>/g)) expect(script).toContain("src=");
  for (const path of ["/proof", "/proof/style.css", "/proof/page.js", "/proof/verdict.js"])
    expect(text(path), path).not.toMatch(/(?:https?:)?\/\/[a-z0-9-]+\.[a-z]/i);
  for (const { csp } of routes.values()) {
    expect(csp).toContain("default-src 'self'");
    expect(csp).not.toContain("unsafe");
  }
});

test("every file that the page asks for is served, and every module that those import", () => {
  const asked = [...text("/proof").matchAll(/(?:href|src)="(proof\/[^"#:]+)"/g)].map(
    ([, path]) => `/${path}`,
  );
  expect(asked.length).toBeGreaterThanOrEqual(2);
  const imported = scripts.flatMap((path) =>
    [...text(path).matchAll(/^(?:import|export)[^;]* from "([^"]+)"/gm)].map(
      ([, specifier]) => new URL(specifier!, `http://hub${path}`).pathname,
    ),
  );
  expect(imported).toContain("/proof/protocol/tagged-hash.js");
  expect(imported).toContain("/proof/noble-hashes/sha2.js");
  for (const path of [...asked, ...imported]) expect([...routes.keys()]).toContain(path);
});

describe("the verdict", () => {
  const leaves = ["ac-a", "ac-b", "ac-c"].map(
    (account, at): ProofLeaf => ({ account, salt: `0${at}`, sums: { BTC: 150_000_000 * at, USD: 5200 } }),
  );
  const treeOf = (all: readonly ProofLeaf[]) => proofLevels(all.map(proofLeafNode));
  const levels = treeOf(leaves);
  const root = levels.at(-1)![0]!;
  const answer = { root, t: 1, journal_seq: 1, leaf: leaves[1]!, path: proofPath(levels, 1) };
  const elsewhere = `my root is ${root.hash.toUpperCase()} (from the café)`;
  const currencies = [{ code: "USD", decimals: 2 }];
  const judged = (given: object): { is: string; verdict: string; findings: { is: string; text: string }[] } =>
    judge(
      { readProof, readProofNode, proofRoot },
      { text: JSON.stringify(answer), published: { root }, elsewhere, currencies, ...given },
    );

  test("is good where the leaf leads to the root that others were shown", () => {
    const { is, findings } = judged({});
    expect(is).toBe("good");
    expect(findings.map((one) => one.is)).toEqual(["note", "good", "good", "good"]);
    expect(findings[0]!.text).toContain("ac-b, with 1.50000000 BTC, 52.00 USD");
    expect(findings[1]!.text).toContain("4.50000000 BTC, 156.00 USD owed in all");
  });

  test("says what is missing where there is nobody to compare with", () => {
    const { is, verdict } = judged({ elsewhere: " " });
    expect(is).toBe("good");
    expect(verdict).toContain("if others were shown the same root");
    // At a hub that has nothing to do with it.
    expect(judged({ elsewhere: "", published: undefined }).is).toBe("note");
    expect(judged({ elsewhere: "", published: { root: { hash: "ab".repeat(32), sums: {} } } }).is).toBe(
      "note",
    );
    expect(judged({ published: undefined }).is).toBe("good");
  });

  test("is bad where different people are shown different trees", () => {
    const { is, findings } = judged({ elsewhere: "ab".repeat(32) });
    expect(is).toBe("bad");
    expect(findings.at(-1)).toEqual({ is: "bad", text: `Others were shown ${"ab".repeat(32)}.` });
    expect(judged({ elsewhere: "no root" }).is).toBe("bad");
  });

  test("is bad where anything on the way was changed", () => {
    const changed = [
      { ...answer, leaf: { ...answer.leaf, sums: { BTC: 1 } } },
      { ...answer, leaf: { ...answer.leaf, account: "ac-z" } },
      { ...answer, path: answer.path.slice(1) },
      { ...answer, path: answer.path.map((step) => ({ ...step, sums: {} })) },
      { ...answer, root: { ...root, hash: "ab".repeat(32) } },
    ];
    for (const value of changed)
      for (const other of [elsewhere, ""])
        expect(judged({ text: JSON.stringify(value), elsewhere: other }).is).toBe("bad");
    // Without the root that came with it, the hub's is what it must lead to.
    const { root: _, ...bare } = changed[0]!;
    expect(judged({ text: JSON.stringify(bare), elsewhere: "" }).is).toBe("bad");
  });

  test.each(["", " ", "{", "[]", "null", "{}", '{"leaf":{},"path":[]}', JSON.stringify(root)])(
    "answers %j in words, not with an error",
    (pasted) => {
      expect(judged({ text: pasted })).toMatchObject({ is: "bad", findings: [] });
    },
  );

  test("amounts are exact, and of a currency that nobody describes the units stay", () => {
    expect(amountText("BTC", 1, [])).toBe("0.00000001 BTC");
    expect(amountText("BTC", 2_100_000_000_000_000, [{ code: "BTC", decimals: 2 }])).toBe(
      "21000000.00000000 BTC",
    );
    expect(amountText("JPY", 5, [{ code: "JPY", decimals: 0 }])).toBe("5 JPY");
    expect(amountText("XAU", 5, [])).toBe("5 smallest units of XAU");
    expect(rootIn("none")).toBeUndefined();
  });
});
