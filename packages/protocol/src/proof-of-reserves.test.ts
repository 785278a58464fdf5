import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { hash160, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import { beforeAll, describe, expect, test } from "vitest";
import type { TransactionOutput } from "./bip322/raw-transaction.ts";
import { signProofOfFunds } from "./bip322/sign-funds.ts";
import { addressOfScript, scriptOfTemplate } from "./bitcoin-address.ts";
import {
  checkReserves,
  type ReserveBatch,
  type ReservesStatement,
  reservesMessage,
  reservesPercent,
} from "./proof-of-reserves.ts";

const statement: ReservesStatement = {
  network: "regtest",
  height: 210,
  hash: "ab".repeat(32),
  root: "cd".repeat(32),
  owed: 5000,
};

const coinOf = (number: number) => {
  const key = new Uint8Array(32).fill(number);
  const script =
    number % 2 === 0
      ? scriptOfTemplate({ type: "p2wpkh", version: 0, data: hash160(secp256k1.getPublicKey(key, true)) })
      : scriptOfTemplate({
          type: "p2tr",
          version: 1,
          data: schnorr.getPublicKey(taprootTweakPrivKey(key)),
        });
  return {
    outpoint: `${number.toString(16).padStart(64, "0")}:0`,
    amount: number * 1000,
    address: addressOfScript(script, "regtest")!,
    script,
    lendKey: (use: (privateKey: Uint8Array) => void) => use(key),
  };
};

const batchOf = async (numbers: readonly number[], of = statement): Promise<ReserveBatch> => {
  const coins = numbers.map(coinOf);
  return {
    coins: coins.map(({ outpoint, amount, address }) => ({ outpoint, amount, address })),
    signature: await signProofOfFunds(
      coins[0]!,
      reservesMessage(of),
      coins.map((coin) => ({ ...coin, amount: BigInt(coin.amount) })),
    ),
  };
};

const chain = new Map<string, TransactionOutput>(
  [1, 2, 3, 4]
    .map(coinOf)
    .map(({ outpoint, amount, script }) => [outpoint, { amount: BigInt(amount), script }]),
);
const node =
  (of = chain) =>
  async (outpoint: string) =>
    of.get(outpoint);
const without = (number: number): Map<string, TransactionOutput> => {
  const of = new Map(chain);
  of.delete(coinOf(number).outpoint);
  return of;
};

let batches: ReserveBatch[];
beforeAll(async () => {
  batches = [await batchOf([1, 2, 3]), await batchOf([4])];
});

test("the message binds reserves to a moment of the chain and to what is owed then", () => {
  expect(reservesMessage(statement)).toBe(
    `coinholder/reserves:regtest:210:${"ab".repeat(32)}:${"cd".repeat(32)}:5000`,
  );
});

test("coins that one's own node has are counted; without a node only their signatures are", async () => {
  const good = { coins: 4, amount: 10_000, spent: [], wrong: [] };
  expect(await checkReserves(statement, batches, node())).toEqual(good);
  expect(await checkReserves(statement, batches)).toEqual(good);
  expect(await checkReserves(statement, [], node())).toEqual({ coins: 0, amount: 0, spent: [], wrong: [] });
});

test("a coin that was spent since is told and counts as nothing; the others of its batch still count", async () => {
  for (const number of [1, 2, 3, 4]) {
    const { outpoint, amount, address } = coinOf(number);
    expect(await checkReserves(statement, batches, node(without(number)))).toEqual({
      coins: 4,
      amount: 10_000 - amount,
      spent: [{ outpoint, amount, address }],
      wrong: [],
    });
  }
});

describe("what is wrong counts as nothing", () => {
  const [first] = [1].map(coinOf) as [ReturnType<typeof coinOf>];

  test("signatures for another tree, sum or block", async () => {
    for (const other of [
      { root: "ce".repeat(32) },
      { owed: 4999 },
      { height: 211 },
      { hash: "ac".repeat(32) },
      { network: "mainnet" },
    ]) {
      const { amount, wrong } = await checkReserves({ ...statement, ...other }, batches, node());
      expect(amount).toBe(0);
      expect(wrong.map(({ batch, problem }) => [batch, problem])).toEqual([
        [1, "other_message_or_address"],
        [2, "other_message_or_address"],
      ]);
    }
  });

  test("a coin in two batches", async () => {
    const again = [batches[0]!, batches[1]!, await batchOf([2])];
    expect(await checkReserves(statement, again, node())).toMatchObject({
      amount: 10_000,
      wrong: [{ batch: 3, problem: "coin_repeated", outpoint: coinOf(2).outpoint }],
    });
  });

  test("a list of coins that is not what was signed for", async () => {
    const [{ coins, signature }] = batches as [ReserveBatch];
    const lists = [
      coins.slice(0, 2),
      coins.toReversed(),
      [...coins, batches[1]!.coins[0]!],
      [],
      coins.with(0, { ...coins[0]!, address: coins[1]!.address }),
      coins.with(1, { ...coins[1]!, address: "nonsense" }),
      coins.with(1, { ...coins[1]!, amount: 1 }),
      coins.with(1, { ...coins[1]!, amount: 1.5 }),
      coins.with(1, { ...coins[1]!, amount: -1 }),
    ];
    for (const list of lists) {
      const checked = await checkReserves(statement, [{ coins: list, signature }], node());
      expect(checked).toMatchObject({ coins: 0, amount: 0, wrong: [{ batch: 1 }] });
    }
  });

  test("amounts that only the hub says", async () => {
    // Signed by the true owner, over an amount that the coin has not.
    const liar = { ...first, amount: 9_000_000n };
    const signature = await signProofOfFunds(liar, reservesMessage(statement), [liar]);
    const { outpoint, address } = first;
    const batch = { coins: [{ outpoint, address, amount: 9_000_000 }], signature };
    expect(await checkReserves(statement, [batch], node())).toMatchObject({
      amount: 0,
      wrong: [{ problem: "utxo_differs", outpoint }],
    });
    // Without a node nobody can tell.
    expect(await checkReserves(statement, [batch])).toMatchObject({ amount: 9_000_000, wrong: [] });
  });

  test("a coin in the list that another owns", async () => {
    const [{ coins, signature }] = batches as [ReserveBatch];
    const foreign = coinOf(4);
    const list = coins.with(2, { outpoint: foreign.outpoint, amount: 4000, address: foreign.address });
    const { amount, wrong } = await checkReserves(statement, [{ coins: list, signature }], node());
    expect(amount).toBe(0);
    expect(wrong).toHaveLength(1);
  });
});

test("the ratio is whole percent, rounded down, exact for the largest sums", () => {
  expect(reservesPercent(999, 1000)).toBe(99);
  expect(reservesPercent(1000, 1000)).toBe(100);
  expect(reservesPercent(2_099_999_999_999_999, 2_100_000_000_000_000)).toBe(99);
  expect(reservesPercent(0, 1)).toBe(0);
  expect(reservesPercent(1, 0)).toBeUndefined();
});
