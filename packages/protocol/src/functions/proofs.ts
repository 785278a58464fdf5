import * as s from "../shape.ts";
import { row } from "./row.ts";

const sums = s.mapOf(
  s.int("Smallest units."),
  "By currency code, upper case; without those of which there is nothing.",
);
const root = { hash: s.str("Hex."), sums };
const published = {
  root: s.obj(root),
  t: s.ms("When it was published."),
  journal_seq: s.int("Position of the hub's journal that the tree is of."),
};

const exampleRoot = {
  hash: "6ce36ef0a1a3a6d1c9c6b5a76d0f5dbf0f1f2e7f4b9a5e6c3d2b1a0f9e8d7c6b",
  sums: { BTC: 319_000_000, USD: 520_000 },
};

export const proofFunctions = {
  "my-proof": row({
    group: "proofs",
    summary: "Shows that the account is counted in what the hub says it owes.",
    about:
      "The leaf of the account and what stands beside its way up to the root of the Merkle sum tree that the hub published last. " +
      "Hash the leaf, then upwards, adding the sums; the proof holds when that gives exactly the root of `proof-root`, and no sum on the way is negative. " +
      'A leaf\'s hash is the BIP-340 tagged hash `coinholder/proof-leaf` of the JSON list ["salt","account","sums"], a node\'s is `coinholder/proof-node` of ' +
      '["left hash","left sums","right hash","right sums"], where sums are the JSON text of [["BTC",1],...] in alphabetical order. ' +
      "What is counted is `available` and `held` at the moment of publishing, as whole smallest units. Keep `salt` to yourself: it hides your leaf from others.",
    access: "account",
    changes: false,
    params: {},
    result: s.obj({
      ...published,
      leaf: s.obj({ account: s.str(), salt: s.str("Hex."), sums }),
      path: s.list(
        s.obj({ ...root, side: s.oneOf("Where it stands beside the way.", "left", "right") }),
        "From the leaf up.",
      ),
    }),
    errors: ["proof_unknown"],
    example: {
      request: {},
      answer: {
        root: exampleRoot,
        t: 1_795_348_800_000,
        journal_seq: 4711,
        leaf: {
          account: "ac-7h2k5mq4x2v6b3tz",
          salt: "0f4c3b2a190817263544536271809fae0f4c3b2a190817263544536271809fae",
          sums: { BTC: 1_750_000_000 },
        },
        path: [
          {
            hash: "aa36ef0a1a3a6d1c9c6b5a76d0f5dbf0f1f2e7f4b9a5e6c3d2b1a0f9e8d7c6b0",
            sums: { USD: 520_000 },
            side: "right",
          },
        ],
      },
    },
  }),
  "proof-root": row({
    group: "proofs",
    summary: "The root of the last published tree of balances: what the hub says it owes in all.",
    about: "See `my-proof` for how an account finds itself under it.",
    access: "public",
    changes: false,
    params: {},
    result: s.obj({ ...published, accounts: s.int("How many leaves the tree has.") }),
    errors: ["proof_unknown"],
    example: {
      request: {},
      answer: { root: exampleRoot, t: 1_795_348_800_000, journal_seq: 4711, accounts: 12 },
    },
  }),
  "operator-publish-proof": row({
    group: "operator",
    summary: "Publishes a new tree of balances, as they are now.",
    about:
      "From now on `proof-root` and `my-proof` are about this one. Accounts below zero count as nothing: what they owe makes nobody whole.",
    access: "operator",
    changes: true,
    params: {},
    result: s.obj({ ...published, accounts: s.int("How many leaves the tree has.") }),
    errors: [],
    example: {
      request: {},
      answer: { root: exampleRoot, t: 1_795_348_800_000, journal_seq: 4711, accounts: 12 },
    },
  }),
};
