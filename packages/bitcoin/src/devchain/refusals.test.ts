import { hex } from "@scure/base";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  confirmedCoin,
  type Kind,
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

const send = (raw: string): Promise<string> => chain.call("sendrawtransaction", raw);
const refused = (raw: string): Promise<string> => chain.refusal("sendrawtransaction", raw);
const change = (raw: string, index: number, amount: bigint): TestCoin => ({
  txid: txidOf(raw),
  index,
  amount,
});

describe("what is refused", () => {
  let coin: TestCoin;
  beforeAll(async () => {
    coin = await confirmedCoin(chain, alice, "1");
  });

  test("coins that are not there or are spent", async () => {
    const unknown = { ...coin, txid: "44".repeat(32) };
    expect(await refused(spend(alice, [unknown], [[bob.address, 1_000n]]))).toBe(
      "-25: bad-txns-inputs-missingorspent",
    );
    const other = await confirmedCoin(chain, alice, "0.2");
    await send(spend(alice, [other], [[bob.address, 19_990_000n]]));
    await chain.call("devchain_mine", 1);
    expect(await refused(spend(alice, [other], [[alice.address, 19_000_000n]]))).toBe(
      "-25: bad-txns-inputs-missingorspent",
    );
  });

  test("another one's signature", async () => {
    const forged = spend(
      { ...alice, secret: bob.secret, script: bob.script },
      [coin],
      [[bob.address, 99_000_000n]],
    );
    expect(await refused(forged)).toBe(
      "-26: mandatory-script-verify-flag-failed (Witness program hash mismatch)",
    );
    const wrongAmount = spend(alice, [{ ...coin, amount: 99_999_999n }], [[bob.address, 99_000_000n]]);
    expect(await refused(wrongAmount)).toContain("-26: mandatory-script-verify-flag-failed (Signature");
  });

  test("more out than in, twice the same coin, and what cannot be read", async () => {
    const inflated = { ...coin, amount: 200_000_000n };
    expect(await refused(spend(alice, [inflated], [[bob.address, 100_000_001n]]))).toContain(
      "-26: bad-txns-in-belowout",
    );
    const single = spend(alice, [coin], [[bob.address, 99_000_000n]]);
    expect(await refused(single.slice(0, -2))).toBe(
      "-22: TX decode failed. Make sure the tx has at least one input.",
    );
    expect(await refused("zz")).toContain("-22: ");
  });

  test("dust, by the type of output", async () => {
    const limits: [Kind, bigint][] = [
      ["p2wpkh", 294n],
      ["p2tr", 330n],
      ["p2pkh", 546n],
      ["p2sh-p2wpkh", 540n],
    ];
    for (const [kind, limit] of limits) {
      const raw = (amount: bigint): string =>
        spend(
          alice,
          [coin],
          [
            [testKey(kind, "dave").address, amount],
            [alice.address, 99_000_000n],
          ],
        );
      expect(await refused(raw(limit - 1n))).toBe("-26: dust");
      const [result] = await chain.call<{ allowed: boolean }[]>("testmempoolaccept", [raw(limit)]);
      expect(result!.allowed).toBe(true);
    }
  });

  test("less than one satoshi per vbyte", async () => {
    const vsize = 110n;
    expect(await refused(spend(alice, [coin], [[bob.address, coin.amount - vsize + 1n]]))).toBe(
      "-26: min relay fee not met, 109 < 110",
    );
    const raw = spend(alice, [coin], [[bob.address, coin.amount - vsize]]);
    expect(await chain.call("testmempoolaccept", [raw])).toMatchObject([
      { allowed: true, vsize: 110, fees: { base: 0.0000011 } },
    ]);
  });

  test("a fee beyond the caller's or the default limit", async () => {
    const raw = spend(alice, [coin], [[bob.address, 90_000_000n]]);
    const message = "-25: Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)";
    expect(await refused(raw)).toBe(message);
    expect(await chain.refusal("sendrawtransaction", raw, "0.5")).toBe(message);
    expect(await chain.call("testmempoolaccept", [raw])).toMatchObject([
      { allowed: false, "reject-reason": "max-fee-exceeded" },
    ]);
    expect(await chain.call("testmempoolaccept", [raw], 0)).toMatchObject([{ allowed: true }]);
  });

  test("coinbases younger than 100 blocks", async () => {
    const [hash] = await chain.call<string[]>("generatetoaddress", 1, alice.address);
    const { tx } = await chain.call<{ tx: string[] }>("getblock", hash);
    const { value } = await chain.call<{ value: number }>("gettxout", tx[0], 0);
    const reward = { txid: tx[0]!, index: 0, amount: BigInt(Math.round(value * 1e8)) };
    const raw = spend(alice, [reward], [[bob.address, reward.amount - 1_000n]]);
    await chain.call("devchain_mine", 98);
    expect(await refused(raw)).toBe(
      "-26: bad-txns-premature-spend-of-coinbase, tried to spend coinbase at depth 99",
    );
    await chain.call("devchain_mine", 1);
    await send(raw);
  });

  test("lock times that have not come: absolute (nLockTime) and relative (BIP 68)", async () => {
    const height = await chain.call<number>("getblockcount");
    const locked = (lockTime: number, sequence = 0xfffffffe): string =>
      spend(alice, [coin], [[bob.address, 99_990_000n]], { lockTime, sequence });
    expect(await refused(locked(height + 1))).toBe("-26: non-final");
    expect(await refused(locked(1_900_000_000))).toBe("-26: non-final");
    for (const good of [locked(height), locked(1_600_000_000), locked(height + 1, 0xffffffff)])
      expect(await chain.call("testmempoolaccept", [good])).toMatchObject([{ allowed: true }]);

    const fresh = await confirmedCoin(chain, alice, "0.3");
    const aged = (sequence: number): string =>
      spend(alice, [fresh], [[bob.address, 29_990_000n]], { sequence });
    expect(await refused(aged(2))).toBe("-26: non-BIP68-final");
    expect(await refused(aged(0x400000 + 100))).toBe("-26: non-BIP68-final");
    expect(await chain.call("testmempoolaccept", [aged(1)])).toMatchObject([{ allowed: true }]);
  });

  test("odd scripts and versions, and spending what this chain doesn't run", async () => {
    const to = (script: string, version = 2): string =>
      spend(alice, [coin], [[hex.decode(script), 99_000_000n]], { version });
    expect(await refused(to("51"))).toBe("-26: scriptpubkey");
    expect(await refused(to(hex.encode(bob.script), 3))).toBe("-26: version");
    const txid = await send(to(`0020${"55".repeat(32)}`));
    const raw = spend(alice, [{ txid, index: 0, amount: 99_000_000n }], [[bob.address, 98_000_000n]]);
    expect(await refused(raw)).toBe(
      "-26: bad-txns-nonstandard-inputs, the development chain spends P2PKH, P2SH-P2WPKH, P2WPKH and P2TR by its key, not scripts of type witness_v0_scripthash",
    );
  });

  test("chains of more than 25 unconfirmed transactions", async () => {
    let last = await confirmedCoin(chain, alice, "0.01");
    for (let i = 0; i < 25; i++) {
      const raw = spend(alice, [last], [[alice.address, last.amount - 200n]], { sequence: 0xffffffff });
      await send(raw);
      last = change(raw, 0, last.amount - 200n);
    }
    expect(await refused(spend(alice, [last], [[alice.address, last.amount - 200n]]))).toBe(
      "-26: too-long-mempool-chain, too many unconfirmed ancestors [limit: 25]",
    );
  });
});
