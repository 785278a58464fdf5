import { expect, test } from "vitest";
import { openAddressPool } from "./address-pool.ts";
import { openWallet, type WalletAddress } from "./keys.ts";
import { seedFromPhrase } from "./seed.ts";

const counting = () => {
  const derived: number[] = [];
  const derive = (index: number): WalletAddress => {
    derived.push(index);
    return { address: `address ${index}`, script: new Uint8Array(22) };
  };
  return { derived, derive };
};
const turns = async (count: number): Promise<void> => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
};

test("addresses are derived ahead in idle turns, one each, and taken without deriving", async () => {
  const { derived, derive } = counting();
  const pool = openAddressPool(derive, { next: 5, ahead: 10 });
  expect(derived).toEqual([]);
  await turns(20);
  expect(derived).toEqual([5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
  for (let index = 5; index < 15; index++) expect(pool.take(index).address).toBe(`address ${index}`);
  expect(derived).toHaveLength(10);
  await turns(20);
  expect(derived.at(-1)).toBe(24);
  pool.close();
});

test("an empty pool, a jump ahead and an old index still give the right address", async () => {
  const { derived, derive } = counting();
  const pool = openAddressPool(derive, { next: 0, ahead: 10 });
  expect(pool.take(0).address).toBe("address 0");
  expect(pool.take(1_000).address).toBe("address 1000");
  await turns(30);
  expect(derived.slice(-10)).toEqual([1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 1010]);
  expect(pool.take(3).address).toBe("address 3");
  expect(pool.take(1_001).address).toBe("address 1001");
  pool.close();
});

test("a closed pool derives no more", async () => {
  const { derived, derive } = counting();
  openAddressPool(derive, { next: 0, ahead: 10 }).close();
  await turns(5);
  expect(derived).toEqual([]);
});

test("what the pool gives is what the wallet derives", async () => {
  const wallet = openWallet(seedFromPhrase(`${"abandon ".repeat(11)}about`, "regtest"));
  const pool = openAddressPool((index) => wallet.address("receive", index), { next: 0, ahead: 5 });
  await turns(10);
  for (let index = 0; index < 8; index++) expect(pool.take(index)).toEqual(wallet.address("receive", index));
  pool.close();
});
