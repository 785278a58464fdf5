import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Proof,
  type ProofLeaf,
  type ProofNode,
  proofLeafNode,
  proofLevels,
  proofPath,
  proves,
  readProof,
  readProofNode,
} from "./proof.ts";

const sums = fc.dictionary(fc.constantFrom("BTC", "USD", "EUR"), fc.integer({ min: 0, max: 1e12 }));
const leaves = fc
  .array(fc.record({ salt: fc.string({ minLength: 1, maxLength: 64 }), sums }), {
    minLength: 1,
    maxLength: 40,
  })
  .map((all) => all.map((one, i): ProofLeaf => ({ ...one, account: `ac-${i}` })));

const treeOf = (all: readonly ProofLeaf[]): { levels: ProofNode[][]; root: ProofNode } => {
  const levels = proofLevels(all.map(proofLeafNode));
  return { levels, root: levels.at(-1)![0]! };
};

describe("proof of liabilities", () => {
  test("every account finds itself under the root, whose sums are all sums", () => {
    fc.assert(
      fc.property(leaves, (all) => {
        const { levels, root } = treeOf(all);
        for (const code of ["BTC", "USD", "EUR"])
          expect(root.sums[code] ?? 0).toBe(all.reduce((sum, leaf) => sum + (leaf.sums[code] ?? 0), 0));
        all.forEach((leaf, i) => {
          expect(proves({ leaf, path: proofPath(levels, i) }, root)).toBe(true);
        });
      }),
    );
  });

  test("a proof with anything changed proves nothing", () => {
    fc.assert(
      fc.property(leaves, fc.nat(), fc.integer({ min: 1, max: 100 }), (all, pick, change) => {
        const { levels, root } = treeOf(all);
        const at = pick % all.length;
        const leaf = all[at]!;
        const path = proofPath(levels, at);
        const more = { ...leaf.sums, BTC: (leaf.sums.BTC ?? 0) + change };
        const wrong: Proof[] = [
          { leaf: { ...leaf, sums: more }, path },
          { leaf: { ...leaf, account: "ac-other" }, path },
          { leaf: { ...leaf, salt: "00" }, path },
          ...path.map((_, i) => ({ leaf, path: path.filter((__, j) => j !== i) })),
          ...path.map((step, i) => ({
            leaf,
            path: path.with(i, { ...step, sums: { ...step.sums, USD: (step.sums.USD ?? 0) + change } }),
          })),
        ];
        for (const proof of wrong) expect(proves(proof, root)).toBe(false);
      }),
    );
  });

  test("a negative sum beside the path cannot hide what is owed", () => {
    const honest: ProofLeaf = { account: "ac-a", salt: "11", sums: { BTC: 100 } };
    const hidden: ProofNode = { hash: "22", sums: { BTC: -100 } };
    const { root } = { root: proofLevels([proofLeafNode(honest), hidden]).at(-1)![0]! };
    expect(root.sums).toEqual({ BTC: 0 });
    expect(proves({ leaf: honest, path: [{ ...hidden, side: "right" }] }, root)).toBe(false);
  });

  test("a hub with one account has a tree of one leaf", () => {
    const leaf: ProofLeaf = { account: "ac-a", salt: "11", sums: { BTC: 100 } };
    expect(proves({ leaf, path: [] }, proofLeafNode(leaf))).toBe(true);
  });

  test("what comes from outside is a proof only if all of it has the form of one", () => {
    const all = ["a", "b", "c"].map((account): ProofLeaf => ({ account, salt: "11", sums: { BTC: 1 } }));
    const { levels, root } = treeOf(all);
    const proof = { leaf: all[0]!, path: proofPath(levels, 0) };
    const answer = JSON.parse(JSON.stringify({ root, t: 1, later: {}, ...proof }));
    expect(readProof(answer)).toEqual(proof);
    expect(readProofNode(answer.root)).toEqual(root);
    const sums = [{ BTC: -1 }, { BTC: 1.5 }, { BTC: "1" }, { BTC: null }, [1], null, undefined];
    const spoiled = [
      null,
      [],
      "proof",
      {},
      { ...answer, path: {} },
      { ...answer, path: [null] },
      { ...answer, path: [{ ...answer.path[0], side: "up" }] },
      { ...answer, path: [{ ...answer.path[0], hash: "no" }] },
      { ...answer, leaf: { ...answer.leaf, salt: 11 } },
      ...sums.map((of) => ({ ...answer, leaf: { ...answer.leaf, sums: of } })),
      ...sums.map((of) => ({ ...answer, path: [{ ...answer.path[0], sums: of }] })),
    ];
    for (const value of spoiled) expect(readProof(value), JSON.stringify(value)).toBeUndefined();
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(readProof(value)).toBeUndefined();
      }),
    );
  });
});
