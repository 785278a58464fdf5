import { readFileSync, statSync } from "node:fs";
import { WIF } from "@scure/btc-signer";
import { expect, test } from "vitest";
import { sats } from "../sats.ts";
import { seedFromPhrase } from "../wallet/seed.ts";
import {
  coin,
  HOUR,
  outside,
  PHRASE,
  payment,
  START,
  signed,
  signerAt,
  testFolder,
  UNLIMITED,
  wallet,
  withdrawal,
} from "./testing.ts";

const newPath = testFolder();

test("what is signed is remembered with all that its journal entry needs, also by the next start", () => {
  const path = newPath();
  const signer = signerAt(path);
  const request = payment([withdrawal(7), withdrawal(8)], [coin(1), coin(2)]);
  const { raw, txid, fee, vsize } = signed(signer, request);
  const [change] = request.plan.change;
  const records = [
    {
      is: "payment",
      raw,
      txid,
      inputs: request.plan.inputs.map((input) => `${input.txid}:${input.vout}`),
      change: [{ vout: change!.vout, value: change!.amount, address: change!.address, index: 5 }],
      fee,
      vsize,
      withdrawals: [withdrawal(7), withdrawal(8)],
      cold: 0,
      t: START,
    },
  ];
  expect(signer.records()).toEqual(records);
  signer.close();
  expect(signerAt(path, { expected: true }).records()).toEqual(records);
});

test("the record is on the disk when the signature is given out, and only its owner can read it", () => {
  const path = newPath();
  const signer = signerAt(path);
  for (let number = 1; number <= 5; number++) {
    const { raw, txid } = signed(signer, payment([withdrawal(number)], [coin(number)]));
    const last = readFileSync(path, "utf8").trimEnd().split("\n").at(-1)!;
    expect(last).toContain(txid);
    expect(last).toContain(raw);
  }
  for (const file of [path, `${path}.head`]) expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("asked again for the same transaction, as after a crash, it gives the same bytes and no second record", () => {
  const path = newPath();
  const signer = signerAt(path);
  const request = payment([withdrawal(1)], [coin(1), coin(2)]);
  const first = signed(signer, request);
  expect(signed(signer, request)).toEqual(first);
  signer.close();
  const next = signerAt(path);
  expect(signed(next, request)).toEqual(first);
  expect(next.records()).toHaveLength(1);
});

test("the same transaction for other withdrawals is refused: one payment would count for two", () => {
  const signer = signerAt(newPath());
  signed(signer, payment([withdrawal(1, 100_000, 9)], [coin(1)]));
  expect(signer.sign(payment([withdrawal(2, 100_000, 9)], [coin(1)]))).toEqual({
    refused: "withdrawal_differs",
  });
});

test("forged plans: an output that no withdrawal has, a wrong amount, a missing or doubled payment", () => {
  const signer = signerAt(newPath());
  const honest = payment([withdrawal(1)], [coin(1)]);
  const differs = { refused: "outputs_differ" };
  const thief = payment([withdrawal(1), withdrawal(2)], [coin(1)]);
  expect(signer.sign({ ...thief, withdrawals: [withdrawal(1)] })).toEqual(differs);
  expect(signer.sign({ ...honest, withdrawals: [withdrawal(1), withdrawal(2)] })).toEqual(differs);
  expect(signer.sign({ ...honest, withdrawals: [withdrawal(1, 100_001)] })).toEqual(differs);
  expect(signer.sign({ ...honest, withdrawals: [withdrawal(1, 100_000, 3)] })).toEqual(differs);
  expect(signer.sign({ ...honest, withdrawals: [{ ...withdrawal(1), address: "nowhere" }] })).toEqual(
    differs,
  );
  expect(signer.sign({ ...honest, withdrawals: [] })).toEqual(differs);
  expect(signer.sign({ ...honest, is: "child", withdrawals: [] })).toEqual(differs);
  expect(signer.sign({ ...honest, is: "sweep", withdrawals: [] })).toEqual(differs);
  // The script is what is signed, whatever address stands beside it.
  const outputs = honest.plan.outputs.map((output) =>
    output.address === outside(1) ? { ...output, script: `0014${"00".repeat(20)}` } : output,
  );
  expect(signer.sign({ ...honest, plan: { ...honest.plan, outputs } })).toEqual(differs);
  // Change that is called a payment, and change that hides one.
  expect(signer.sign({ ...honest, plan: { ...honest.plan, change: [] }, changeIndexes: [] })).toEqual(
    differs,
  );
  expect(signer.records()).toEqual([]);
});

test("change to a stranger, or to another index than said, is refused", () => {
  const signer = signerAt(newPath());
  const stranger = payment([withdrawal(1)], [coin(1)], { changeAddresses: [outside(50)] });
  const vout = stranger.plan.change[0]!.vout;
  expect(signer.sign(stranger)).toEqual({ refused: "change_not_ours", vout });
  const honest = payment([withdrawal(1)], [coin(1)]);
  expect(signer.sign({ ...honest, changeIndexes: [6] })).toMatchObject({ refused: "change_not_ours" });
  const { change, outputs } = honest.plan;
  const legacy = { ...change[0]!, address: "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn" };
  expect(signer.sign({ ...honest, plan: { ...honest.plan, change: [legacy] } })).toMatchObject({
    refused: "change_not_ours",
  });
  const forged = outputs.map((output, i) =>
    i === change[0]!.vout ? { ...output, script: `0014${"11".repeat(20)}` } : output,
  );
  expect(signer.sign({ ...honest, plan: { ...honest.plan, outputs: forged } })).toMatchObject({
    refused: "change_not_ours",
  });
  expect(signer.records()).toEqual([]);
});

test("change of either type at its index is ours", () => {
  const signer = signerAt(newPath());
  const changeAddresses = [wallet.address("change", 1, "p2tr").address, wallet.address("change", 2).address];
  const request = payment([withdrawal(1)], [coin(1)], { changeAddresses });
  signed(signer, { ...request, changeIndexes: [1, 2] });
  expect(signer.records()[0]!.change.map(({ index, address }) => [index, address])).toEqual([
    [1, changeAddresses[0]],
    [2, changeAddresses[1]],
  ]);
});

test("a rolled-back journal: a withdrawal signed before is not paid again from other coins", () => {
  const path = newPath();
  const signer = signerAt(path);
  const { txid } = signed(signer, payment([withdrawal(1)], [coin(1)]));
  const again = payment([withdrawal(1)], [coin(2)]);
  expect(signer.sign(again)).toEqual({ refused: "would_pay_twice", transfer: 1, txid });
  signer.close();
  expect(signerAt(path).sign(again)).toEqual({ refused: "would_pay_twice", transfer: 1, txid });
});

test("with a shared coin it is a replacement; it must share one with every version before", () => {
  const signer = signerAt(newPath());
  const first = signed(signer, payment([withdrawal(1)], [coin(1), coin(2)]));
  const second = { ...payment([withdrawal(1)], [coin(1), coin(3)], { feeRate: 9 }), replaces: first.txid };
  expect(signed(signer, second).txid).not.toBe(first.txid);
  expect(signer.records()[1]).toMatchObject({ replaces: first.txid });
  expect(signer.sign(payment([withdrawal(1)], [coin(3), coin(4)]))).toMatchObject({
    refused: "would_pay_twice",
    txid: first.txid,
  });
  signed(signer, payment([withdrawal(1)], [coin(2), coin(3)], { feeRate: 12 }));
});

test("a withdrawal twice in one transaction is refused", () => {
  const signer = signerAt(newPath());
  const one = withdrawal(1);
  expect(signer.sign(payment([one, one], [coin(1)]))).toEqual({ refused: "would_pay_twice", transfer: 1 });
});

test("a withdrawal signed before is not signed for another address or amount, even if it shares a coin", () => {
  const signer = signerAt(newPath());
  signed(signer, payment([withdrawal(1)], [coin(1)]));
  const differs = { refused: "withdrawal_differs", transfer: 1 };
  expect(signer.sign(payment([withdrawal(1, 100_000, 2)], [coin(1)]))).toEqual(differs);
  expect(signer.sign(payment([withdrawal(1, 100_001)], [coin(1)]))).toEqual(differs);
  // The same address written in capitals is no other one.
  const loud = { ...withdrawal(1), address: outside(1).toUpperCase() };
  signed(signer, { ...payment([withdrawal(1)], [coin(1)], { feeRate: 5 }), withdrawals: [loud] });
});

test("abandoned, a withdrawal may be paid from other coins; its address and amount stay", () => {
  const path = newPath();
  let signer = signerAt(path);
  const { txid } = signed(signer, payment([withdrawal(1)], [coin(1)]));
  signer.forget([txid, "unknown"], "abandoned");
  expect(signer.records()).toEqual([]);
  signer.close();
  signer = signerAt(path);
  expect(signer.sign(payment([withdrawal(1, 5_000)], [coin(2)]))).toMatchObject({
    refused: "withdrawal_differs",
  });
  signed(signer, payment([withdrawal(1)], [coin(2)]));
  expect(signer.sign(payment([withdrawal(1)], [coin(3)]))).toMatchObject({ refused: "would_pay_twice" });
});

test("final, a withdrawal is never paid again, not even after a start with a rolled-back journal", () => {
  const path = newPath();
  const signer = signerAt(path);
  const first = signed(signer, payment([withdrawal(1)], [coin(1)]));
  const second = signed(signer, payment([withdrawal(1)], [coin(1)], { feeRate: 5 }));
  signer.forget([first.txid, second.txid], "final");
  expect(signer.records()).toEqual([]);
  signer.forget([first.txid, second.txid], "abandoned"); // comes too late
  signer.close();
  for (const coins of [[coin(1)], [coin(2)]])
    expect(signerAt(path).sign(payment([withdrawal(1)], coins))).toEqual({
      refused: "would_pay_twice",
      transfer: 1,
    });
});

test("forgetting what is not known writes nothing", () => {
  const path = newPath();
  const signer = signerAt(path);
  const before = readFileSync(path);
  signer.forget(["unknown"], "final");
  expect(readFileSync(path)).toEqual(before);
});

test("what is older than 30 days is not offered for the journal any more, and still not paid again", () => {
  let now = START;
  const signer = signerAt(newPath(), { now: () => now });
  signed(signer, payment([withdrawal(1)], [coin(1)]));
  now += 30 * 24 * HOUR - 1;
  signed(signer, payment([withdrawal(2)], [coin(2)]));
  expect(signer.records()).toHaveLength(2);
  now += 1;
  expect(signer.records()).toHaveLength(1);
  expect(signer.sign(payment([withdrawal(1)], [coin(3)]))).toMatchObject({ refused: "would_pay_twice" });
});

test("no memory, log line or error has the phrase, an extended private key or a private key", () => {
  const path = newPath();
  const signer = signerAt(path, { limits: { ...UNLIMITED, perPayout: sats(150_000) } });
  const told: string[] = [];
  signed(signer, payment([withdrawal(1)], [coin(1), coin(2)]));
  told.push(JSON.stringify(signer.sign(payment([withdrawal(2, 200_000)], [coin(3)]))));
  const attempts = [
    () => signer.sign({ ...payment([withdrawal(3)], [coin(3)]), changeIndexes: [] }),
    () => {
      const request = payment([withdrawal(4)], [coin(4)]);
      const inputs = request.plan.inputs.map((input) => ({ ...input, value: sats(1) }));
      return signer.sign({ ...request, plan: { ...request.plan, inputs } });
    },
    () => signerAt(path, { wallet: { ...wallet, deriveKey: () => new Uint8Array(32) } }),
  ];
  for (const attempt of attempts) {
    try {
      attempt();
      expect.fail("it worked");
    } catch (error) {
      told.push(`${(error as Error).stack} ${JSON.stringify(error)}`);
    }
  }
  told.push(readFileSync(path, "latin1"), readFileSync(`${path}.head`, "latin1"));
  const seed = seedFromPhrase(PHRASE, "regtest").withSeedBytes((bytes) => Buffer.from(bytes).toString("hex"));
  const secrets = ["abandon", "xprv", "tprv", seed, Buffer.from(wallet.deriveKey("signer")).toString("hex")];
  for (const type of ["p2wpkh", "p2tr"] as const)
    for (const index of [1, 2, 3, 4])
      wallet.withPrivateKey("receive", index, type, (key) => {
        secrets.push(Buffer.from(key).toString("hex"), Buffer.from(key).toString("base64"));
        secrets.push(WIF({ bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef }).encode(key));
      });
  for (const secret of secrets) expect(told.join("\n")).not.toContain(secret);
});
