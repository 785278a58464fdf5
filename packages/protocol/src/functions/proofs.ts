import { integer } from "../param.ts";
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

const reserves = s.obj(
  {
    network: s.oneOf("Of the chain.", "mainnet", "testnet3", "testnet4", "signet", "regtest"),
    height: s.int("Of the newest block when the coins were signed for: the proof is no older."),
    hash: s.str("Of that block, hex."),
    owed: s.int("BTC under the root, in satoshi: it stands in the message that is signed."),
    amount: s.int("What the coins hold that the hub signed for, in satoshi."),
    coins: s.int("How many there are."),
    batches: s.int("How many calls of `proof-of-reserves` tell them all."),
    cold: s.int(
      "Satoshi that the books say are in the operator's cold wallet. Not proven here: the hub has not its keys.",
    ),
  },
  {},
  "What the hub has, of the same moment.",
);
const publishedWhole = s.obj({ ...published, accounts: s.int("How many leaves the tree has."), reserves });

const exampleRoot = {
  hash: "6ce36ef0a1a3a6d1c9c6b5a76d0f5dbf0f1f2e7f4b9a5e6c3d2b1a0f9e8d7c6b",
  sums: { BTC: 319_000_000, USD: 520_000 },
};

const exampleWhole = {
  root: exampleRoot,
  t: 1_795_348_800_000,
  journal_seq: 4711,
  accounts: 12,
  reserves: {
    network: "regtest",
    height: 812,
    hash: "5b1f0c3a7d2e4b698a7c6d5e4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c8d7e6f5a",
    owed: 319_000_000,
    amount: 219_500_000,
    coins: 3,
    batches: 1,
    cold: 100_000_000,
  },
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
    summary:
      "What the hub says it owes in all, and what it has: the root of the last published tree of balances, and the reserves.",
    about:
      "See `my-proof` for how an account finds itself under the root, and `proof-of-reserves` for the hub's signatures for its coins. Both are of one moment. " +
      "The root's `hash` alone stands for the whole tree, sums included: who compares it with the one that others were shown knows that all look at the same tree.",
    access: "public",
    changes: false,
    params: {},
    result: publishedWhole,
    errors: ["proof_unknown"],
    example: { request: {}, answer: exampleWhole },
  }),
  "proof-of-reserves": row({
    group: "proofs",
    summary: "Signatures for the hub's coins, up to 100 in a batch.",
    about:
      "`signature` is a BIP-322 (version 2.0.0) proof of funds, with its prefix `pof`, for all coins of the batch in their order; its challenge is the address of the first of them. " +
      "The signed `message` is `coinholder/reserves:` + network + `:` + height + `:` + block hash + `:` + the root's hash + `:` + the satoshi owed, each as in `proof-root`: make it from there, " +
      "so that what is proven belongs to what is owed, and is no older than that block. " +
      "Then look each coin up in a Bitcoin node of your own (`gettxout`): amount and address count as the node tells them. A coin that is not there was moved since, or never was. " +
      "`coinholder prove check --bitcoin-rpc URL` does all of that.\n\n" +
      "What it does not prove: that nobody else has the keys too, that nothing is borrowed, and that the hub owes nothing outside of the tree.",
    access: "public",
    changes: false,
    params: { batch: integer("Which one, from 1 to `reserves.batches` of `proof-root`.", 1, 1_000_000, 1) },
    result: s.obj({
      root: s.str(
        "Hash of the root that the proof belongs to: another one than before means that a new proof was published.",
      ),
      batch: s.int("The one that was asked for."),
      batches: s.int("How many there are."),
      message: s.str("What is signed."),
      coins: s.list(
        s.obj({
          outpoint: s.str("The transaction's id, a colon, the output's number."),
          address: s.str("Whose it is."),
          amount: s.int("Satoshi."),
        }),
      ),
      signature: s.str("Base64 after its prefix `pof`."),
    }),
    errors: ["proof_unknown"],
    example: {
      request: { batch: 1 },
      answer: {
        root: exampleRoot.hash,
        batch: 1,
        batches: 1,
        message: `coinholder/reserves:regtest:812:${exampleWhole.reserves.hash}:${exampleRoot.hash}:319000000`,
        coins: [
          {
            outpoint: "f4184fc596403b9d638783cf57adfe4c75c605f6356fbc91338530e9831e9e16:0",
            address: "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",
            amount: 219_500_000,
          },
        ],
        signature: "pofcHNidP8BAF4AAAAAAh...",
      },
    },
  }),
  "operator-publish-proof": row({
    group: "operator",
    summary: "Publishes a new tree of balances, as they are now, and signs for the hub's coins.",
    about:
      "From now on `proof-root`, `my-proof` and `proof-of-reserves` are about this one. Accounts below zero count as nothing: what they owe makes nobody whole. " +
      "Signed for are the coins in blocks that are unspent there, without deposits that do not count yet; about 100 in a second, while other calls go on. " +
      "Everyone can see then which coins, and so which deposit addresses, are the hub's. " +
      "While one is being made, a further call answers the same one.",
    access: "operator",
    changes: true,
    params: {},
    result: publishedWhole,
    errors: [],
    example: { request: {}, answer: exampleWhole },
  }),
};
