import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  confirmedCoin,
  fundedCoin,
  spend,
  type TestChain,
  type TestCoin,
  testChain,
  testKey,
  txidOf,
} from "./testing.ts";

const alice = testKey("p2wpkh", "alice");
const bob = testKey("p2wpkh", "bob");
let chain: TestChain;
beforeAll(async () => {
  chain = await testChain();
});
afterAll(() => chain.remove());

const mempool = (): Promise<string[]> => chain.call<string[]>("getrawmempool");
const send = (raw: string): Promise<string> => chain.call("sendrawtransaction", raw);
const refused = (raw: string): Promise<string> => chain.refusal("sendrawtransaction", raw);
const change = (raw: string, index: number, amount: bigint): TestCoin => ({
  txid: txidOf(raw),
  index,
  amount,
});

describe("a replacement (BIP 125, without the opt-in)", () => {
  test("needs a higher feerate and pays for itself; it takes the place of the old one and its children", async () => {
    const coin = await confirmedCoin(chain, alice, "1");
    const paying = (fee: bigint): string =>
      spend(alice, [coin], [[alice.address, coin.amount - fee]], { sequence: 0xffffffff });
    const first = paying(1_000n);
    await send(first);
    const child = spend(
      alice,
      [change(first, 0, coin.amount - 1_000n)],
      [[bob.address, coin.amount - 2_000n]],
    );
    await send(child);

    const toBob = (fee: bigint): string => spend(alice, [coin], [[bob.address, coin.amount - fee]]);
    const id = (fee: bigint): string => txidOf(toBob(fee));
    expect(await refused(toBob(1_000n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(1_000n)}; new feerate 0.00009090 BTC/kvB <= old feerate 0.00009090 BTC/kvB`,
    );
    expect(await refused(toBob(1_999n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(1_999n)}, less fees than conflicting txs; 0.00001999 < 0.00002000`,
    );
    expect(await refused(toBob(2_109n))).toBe(
      `-26: insufficient fee, rejecting replacement ${id(2_109n)}, not enough additional fees to relay; 0.00000109 < 0.00000110`,
    );
    expect(await mempool()).toEqual(expect.arrayContaining([txidOf(first), txidOf(child)]));

    expect(await send(toBob(2_110n))).toBe(id(2_110n));
    const now = await mempool();
    expect(now).toContain(id(2_110n));
    expect(now).not.toContain(txidOf(first));
    expect(now).not.toContain(txidOf(child));
    expect(await chain.call("gettxout", txidOf(child), 0)).toBeNull();
    expect(await refused(child)).toBe("-25: bad-txns-inputs-missingorspent");
  });

  test("must not stand on what it replaces, nor on other unconfirmed coins", async () => {
    const coin = await confirmedCoin(chain, alice, "1");
    const fresh = await fundedCoin(chain, alice, "1");
    const first = spend(alice, [coin], [[alice.address, coin.amount - 500n]]);
    await send(first);
    const own = change(first, 0, coin.amount - 500n);
    expect(await refused(spend(alice, [coin, own], [[bob.address, 199_900_000n]]))).toContain(
      "-26: bad-txns-spends-conflicting-tx",
    );
    expect(await refused(spend(alice, [coin, fresh], [[bob.address, 199_900_000n]]))).toBe(
      "-26: replacement-adds-unconfirmed",
    );
  });
});
