import { proofLeafNode, proofLevels, proofPath } from "@coinholder/protocol";
import { expect, test } from "vitest";
import { judge, reservesProblems, wayOf } from "./verdict.ts";

const leaves = ["a", "b", "c", "d", "e"].map((letter, i) => ({
  account: `ac-${letter.repeat(16)}`,
  salt: letter.charCodeAt(0).toString(16).repeat(32),
  sums: { BTC: 100_000_000 * (i + 1), ...(i % 2 ? { USD: 100 * i } : {}) },
}));
const levels = proofLevels(leaves.map(proofLeafNode));
const root = levels.at(-1)![0]!;
const published = {
  root,
  t: 1_795_348_800_000,
  journal_seq: 4711,
  accounts: 5,
  reserves: {
    network: "regtest" as const,
    height: 812,
    hash: "0".repeat(64),
    owed: root.sums.BTC!,
    amount: 1_200_000_000,
    coins: 3,
    batches: 1,
    cold: 300_000_000,
  },
};
const mine = (at: number) => ({
  root,
  t: published.t,
  journal_seq: published.journal_seq,
  leaf: leaves[at]!,
  path: proofPath(levels, at),
});

test.each([0, 1, 2, 3, 4])("leaf %i of five is counted, and its way ends at the root", (at) => {
  const verdict = judge(leaves[at]!.account, mine(at), published);
  expect(verdict).toMatchObject({ holds: true });
  const way = wayOf(mine(at));
  expect(way.steps).toHaveLength(at === 4 ? 1 : 3);
  expect(way.steps.at(-1)!.together).toEqual(root);
});

test("whatever is altered on the way is told as wrong", () => {
  const account = leaves[1]!.account;
  const given = mine(1);
  const [first, ...rest] = given.path;
  const flipped = { ...first!, hash: first!.hash.replace(/^./, (c) => (c === "0" ? "1" : "0")) };
  const more = { ...first!, sums: { ...first!.sums, BTC: first!.sums.BTC! + 1 } };
  const otherSide = { ...first!, side: "right" as const };
  for (const path of [[flipped, ...rest], [more, ...rest], [otherSide, ...rest], rest, [...rest, first!]])
    expect(judge(account, { ...given, path }, published)).toEqual({ holds: false, problem: "leaf_wrong" });
  const less = { ...given, leaf: { ...given.leaf, sums: { ...given.leaf.sums, BTC: 1 } } };
  expect(judge(account, less, published)).toEqual({ holds: false, problem: "leaf_wrong" });
});

test("a sum below nothing, which could hide what is owed, is no proof", () => {
  const given = mine(1);
  const [first, ...rest] = given.path;
  const path = [{ ...first!, sums: { BTC: -1 } }, ...rest];
  expect(judge(leaves[1]!.account, { ...given, path }, published)).toEqual({
    holds: false,
    problem: "malformed",
  });
});

test("another root, another account, no leaf and sums that differ are each told as what they are", () => {
  const { account } = leaves[2]!;
  const given = mine(2);
  const other = { ...published, root: { ...root, hash: "f".repeat(64) } };
  const is = (problem: string) => ({ holds: false, problem });
  expect(judge(account, given, other)).toEqual(is("leaf_of_other_root"));
  expect(judge(account, { ...given, root: other.root }, other)).toEqual(is("leaf_wrong"));
  const sums = { ...root.sums, USD: root.sums.USD! - 1 };
  expect(judge(account, given, { ...published, root: { ...root, sums } })).toEqual(is("leaf_wrong"));
  expect(judge(leaves[3]!.account, given, published)).toEqual(is("other_account"));
  expect(judge(account, undefined, published)).toEqual(is("leaf_missing"));
  expect(judge(account, { leaf: {} }, published)).toEqual(is("malformed"));
  expect(judge(account, given, published, "e".repeat(64))).toEqual(is("root_differs"));
  expect(judge(account, given, published, root.hash)).toMatchObject({ holds: true });
  const owed = { ...published, reserves: { ...published.reserves, owed: 1 } };
  expect(judge(account, given, owed)).toEqual(is("amounts_differ"));
});

test("coins that were not signed for, or are fewer than said, or do not cover what is owed", () => {
  const good = { coins: 3, amount: 1_200_000_000, spent: [], wrong: [] };
  expect(reservesProblems(published, good)).toEqual([]);
  expect(reservesProblems(published, { ...good, coins: 2 })).toEqual(["reserves_differ"]);
  expect(
    reservesProblems(published, { ...good, amount: 0, wrong: [{ batch: 1, problem: "coins_differ" }] }),
  ).toEqual(["signatures_wrong", "reserves_short"]);
});
