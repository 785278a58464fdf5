import { afterAll, beforeAll, expect, test } from "vitest";
import { fundedCoin, type TestChain, testChain, testKey } from "./testing.ts";

const alice = testKey("p2wpkh", "alice");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

test("more than the faucet has is refused without mining", async () => {
  expect(await chain.refusal("devchain_fund", alice.address, "20000")).toBe("-6: Insufficient funds");
  expect(await chain.call("getblockcount")).toBe(250);
});

test("what is ripe is paid without mining; beyond it, only as many blocks are mined as it takes", async () => {
  // 149 coinbases of 50 BTC and 2 of 25 are ripe at height 250; each further block ripens one of 25.
  await fundedCoin(chain, alice, "100");
  expect(await chain.call("getblockcount")).toBe(250);
  const coin = await fundedCoin(chain, alice, "7410");
  expect(await chain.call("getblockcount")).toBe(251);
  expect(await chain.call("gettxout", coin.txid, coin.index)).toMatchObject({
    value: 7410,
    confirmations: 0,
  });
});
