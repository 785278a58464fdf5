import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { hexToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { RawPSBTV0 } from "@scure/btc-signer/psbt.js";
import { hash160, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scriptOfTemplate } from "../bitcoin-address.ts";
import { readFundsPsbt } from "./funds-psbt.ts";
import { MAX_FUNDS_CHARS } from "./proof-of-funds.ts";
import {
  type RawTransaction,
  serializeTransaction,
  type TransactionOutput,
  transactionId,
} from "./raw-transaction.ts";
import { type FundsCoin, signProofOfFunds } from "./sign-funds.ts";
import { type FundsVerdict, verifyProofOfFunds } from "./verify-funds.ts";

const keyOf = (number: number): Uint8Array => new Uint8Array(32).fill(number + 1);
const scripts = (privateKey: Uint8Array) => {
  const keyHash = hash160(secp256k1.getPublicKey(privateKey, true));
  const program = scriptOfTemplate({ type: "p2wpkh", version: 0, data: keyHash });
  return {
    p2wpkh: program,
    p2tr: scriptOfTemplate({
      type: "p2tr",
      version: 1,
      data: schnorr.getPublicKey(taprootTweakPrivKey(privateKey)),
    }),
    p2pkh: scriptOfTemplate({ type: "p2pkh", data: keyHash }),
    nested: scriptOfTemplate({ type: "p2sh", data: hash160(program) }),
  };
};
type Kind = keyof ReturnType<typeof scripts>;
const KINDS: readonly Kind[] = ["p2wpkh", "p2tr", "p2pkh", "nested"];
const lend = (privateKey: Uint8Array) => (use: (key: Uint8Array) => void) => use(privateKey);

/** A transaction that pays `script` at its second output, so that there is something to confuse it with. */
const paying = (script: Uint8Array, amount: bigint, salt: number): RawTransaction => ({
  version: 2,
  inputs: [
    {
      txid: new Uint8Array(32).fill(salt),
      index: 0,
      finalScriptSig: new Uint8Array(),
      sequence: 0xffff_ffff,
    },
  ],
  outputs: [
    { amount: 1n, script: Uint8Array.of(0x51) },
    { amount, script },
  ],
  lockTime: 0,
});

const coinOf = (kind: Kind, number: number): FundsCoin => {
  const script = scripts(keyOf(number))[kind];
  const tx = paying(script, BigInt(1000 + number), number);
  return {
    outpoint: `${transactionId(tx)}:1`,
    amount: BigInt(1000 + number),
    script,
    ...(kind === "p2pkh" ? { previous: serializeTransaction(tx) } : {}),
    lendKey: lend(keyOf(number)),
  };
};

const message = "the café's reserves";
const challengeOf = (kind: Kind) => ({ script: scripts(keyOf(200))[kind], lendKey: lend(keyOf(200)) });
const chainOf = (coins: readonly FundsCoin[]): Map<string, TransactionOutput> =>
  new Map(coins.map(({ outpoint, amount, script }) => [outpoint, { amount, script }]));

const verify = (
  signature: string,
  coins: readonly FundsCoin[],
  { kind = "p2wpkh", chain = chainOf(coins) }: { kind?: Kind; chain?: Map<string, TransactionOutput> } = {},
): Promise<FundsVerdict> =>
  verifyProofOfFunds({
    script: challengeOf(kind).script,
    message,
    signature,
    outputOf: async (outpoint) => chain.get(outpoint),
  });

const proven = (coins: readonly FundsCoin[]): FundsVerdict => ({
  result: "valid",
  outputs: coins.map(({ outpoint, amount, script }) => ({ outpoint, amount, script, sequence: 0 })),
});

type Psbt = {
  global: { unsignedTx: { version: number; inputs: { sequence: number }[]; outputs: unknown[] } };
  inputs: Record<string, unknown>[];
  outputs: unknown[];
};
const decode = (signature: string): Psbt =>
  RawPSBTV0.decode(base64.decode(signature.slice(3))) as unknown as Psbt;
const encode = (psbt: Psbt): string => `pof${base64.encode(RawPSBTV0.encode(psbt as never))}`;
/** The proof with its PSBT changed. */
const changed = (signature: string, change: (psbt: Psbt) => void): string => {
  const psbt = decode(signature);
  change(psbt);
  return encode(psbt);
};

describe("signing", () => {
  for (const kind of KINDS)
    it(`${kind} challenges for coins of every kind, and the proof verifies`, async () => {
      const coins = KINDS.map(coinOf);
      const signature = await signProofOfFunds(challengeOf(kind), message, coins);
      expect(await verify(signature, coins, { kind })).toEqual(proven(coins));
    });

  it("takes a hundred coins and no more, and a proof of none is one of its key alone", async () => {
    const coins = Array.from({ length: 101 }, (_, at) => coinOf(at % 2 === 0 ? "p2wpkh" : "p2tr", at));
    const hundred = coins.slice(0, 100);
    const signature = await signProofOfFunds(challengeOf("p2tr"), message, hundred);
    expect(signature.length).toBeLessThan(MAX_FUNDS_CHARS / 3);
    expect(await verify(signature, hundred, { kind: "p2tr" })).toEqual(proven(hundred));
    await expect(signProofOfFunds(challengeOf("p2tr"), message, coins)).rejects.toThrow(RangeError);
    const ofNothing = await signProofOfFunds(challengeOf("p2pkh"), message, []);
    expect(await verify(ofNothing, [], { kind: "p2pkh" })).toEqual(proven([]));
  });

  it("says why it cannot", async () => {
    const [coin] = KINDS.map(coinOf) as [FundsCoin];
    const sign = (coins: readonly FundsCoin[], text: string = message) =>
      signProofOfFunds(challengeOf("p2wpkh"), text, coins);
    await expect(sign([{ ...coin, lendKey: lend(keyOf(7)) }])).rejects.toMatchObject({
      code: "not_address_of_key",
    });
    await expect(sign([coin], "half \ud83d")).rejects.toMatchObject({ code: "malformed_message" });
    await expect(sign([coin, coin])).rejects.toThrow(RangeError);
    await expect(sign([{ ...coin, outpoint: "00:1" }])).rejects.toThrow(RangeError);
    await expect(sign([{ ...coin, outpoint: `${coin.outpoint}9999999999` }])).rejects.toThrow(RangeError);
    const { previous: _, ...bare } = coinOf("p2pkh", 3);
    await expect(sign([bare])).rejects.toThrow(RangeError);
    const { previous } = coinOf("p2pkh", 4);
    await expect(sign([{ ...bare, previous: previous! }])).rejects.toThrow(RangeError);
    await expect(sign([{ ...coin, lendKey: () => {} }])).rejects.toThrow(/not of the key/);
  });
});

describe("a proof with anything changed is refused", async () => {
  const coins = KINDS.map(coinOf);
  const signature = await signProofOfFunds(challengeOf("p2wpkh"), message, coins);
  const refused = async (tampered: string, reason: string, at?: number) => {
    const outpoint = at === undefined ? {} : { outpoint: coins[at]!.outpoint };
    expect(await verify(tampered, coins)).toEqual({ result: "invalid", reason, ...outpoint });
  };

  it("another's output, for which nobody signed, cannot be put in the place of one's own", async () => {
    const rich = coinOf("p2wpkh", 99);
    const chain = chainOf([...coins, rich]);
    const [txid] = rich.outpoint.split(":");
    const tampered = changed(signature, (psbt) => {
      Object.assign(psbt.global.unsignedTx.inputs[1]!, { txid: hexToBytes(txid!) });
      psbt.inputs[1]!.witnessUtxo = { amount: rich.amount, script: rich.script };
    });
    expect(await verify(tampered, coins, { chain })).toMatchObject({ reason: "wrong_signature" });
  });

  it("an output that stands twice does not count twice", async () => {
    const twice = changed(signature, (psbt) => {
      psbt.global.unsignedTx.inputs.push(psbt.global.unsignedTx.inputs[1]!);
      psbt.inputs.push(psbt.inputs[1]!);
    });
    await refused(twice, "repeated_input", 0);
  });

  it("amounts are those of the chain, not the proof's word", async () => {
    const richer = changed(signature, (psbt) => {
      psbt.inputs[1]!.witnessUtxo = { amount: 9_000_000n, script: coins[0]!.script };
    });
    await refused(richer, "utxo_differs", 0);
    const chain = chainOf(coins).set(coins[2]!.outpoint, { ...coins[2]!, amount: 5n });
    expect(await verify(signature, coins, { chain })).toMatchObject({ reason: "utxo_differs" });
  });

  it("an output that was spent, or never was, proves nothing", async () => {
    const chain = chainOf(coins);
    chain.delete(coins[1]!.outpoint);
    const verdict = await verify(signature, coins, { chain });
    expect(verdict).toEqual({ result: "invalid", reason: "not_unspent", outpoint: coins[1]!.outpoint });
  });

  it("each input's signature is looked at", async () => {
    for (const at of [0, 1, 2, 3, 4]) {
      const flipped = changed(signature, (psbt) => {
        const { finalScriptSig, finalScriptWitness } = psbt.inputs[at]! as {
          finalScriptSig?: Uint8Array;
          finalScriptWitness?: Uint8Array[];
        };
        const bytes = finalScriptWitness?.[0] ?? finalScriptSig!;
        bytes[40] = bytes[40]! ^ 1;
      });
      await refused(flipped, "wrong_signature", at === 0 ? undefined : at - 1);
      const unsigned = changed(signature, (psbt) => {
        delete psbt.inputs[at]!.finalScriptSig;
        delete psbt.inputs[at]!.finalScriptWitness;
      });
      await refused(unsigned, "not_finalized");
    }
  });

  it("inputs cannot be left out, moved, or given another age", async () => {
    const shorter = changed(signature, (psbt) => {
      psbt.global.unsignedTx.inputs.pop();
      psbt.inputs.pop();
    });
    await refused(shorter, "wrong_signature");
    const moved = changed(signature, (psbt) => {
      const { inputs } = psbt.global.unsignedTx;
      [inputs[1], inputs[2]] = [inputs[2]!, inputs[1]!];
      [psbt.inputs[1], psbt.inputs[2]] = [psbt.inputs[2]!, psbt.inputs[1]!];
    });
    await refused(moved, "wrong_signature");
    const older = changed(signature, (psbt) => {
      psbt.global.unsignedTx.inputs[3]!.sequence = 1;
    });
    await refused(older, "wrong_signature");
    const version = changed(signature, (psbt) => {
      psbt.global.unsignedTx.version = 2;
    });
    await refused(version, "wrong_signature");
  });

  it("the PSBT tells every output as the BIP asks: a legacy one by its whole transaction", async () => {
    const silent = changed(signature, (psbt) => {
      delete psbt.inputs[2]!.witnessUtxo;
    });
    await refused(silent, "utxo_missing", 1);
    const short = changed(signature, (psbt) => {
      delete psbt.inputs[3]!.nonWitnessUtxo;
      psbt.inputs[3]!.witnessUtxo = { amount: coins[2]!.amount, script: coins[2]!.script };
    });
    await refused(short, "utxo_missing", 2);
    const foreign = changed(signature, (psbt) => {
      (psbt.inputs[3]!.nonWitnessUtxo as { lockTime: number }).lockTime = 1;
    });
    await refused(foreign, "utxo_differs");
  });

  it("two legacy outputs of one transaction need it once (BIP-322)", async () => {
    const key = keyOf(50);
    const { p2pkh } = scripts(key);
    const tx = { ...paying(p2pkh, 7n, 50), outputs: [1n, 2n].map((amount) => ({ amount, script: p2pkh })) };
    const two = [0, 1].map(
      (vout): FundsCoin => ({
        outpoint: `${transactionId(tx)}:${vout}`,
        amount: BigInt(vout + 1),
        script: p2pkh,
        previous: serializeTransaction(tx),
        lendKey: lend(key),
      }),
    );
    const both = await signProofOfFunds(challengeOf("p2wpkh"), message, two);
    const without = (at: number) =>
      changed(both, (psbt) => {
        delete psbt.inputs[at]!.nonWitnessUtxo;
      });
    expect(await verify(without(2), two)).toEqual(proven(two));
    expect(await verify(without(1), two)).toMatchObject({
      reason: "utxo_missing",
      outpoint: two[0]!.outpoint,
    });
  });

  it("a signature of only a part of the transaction counts for nothing", async () => {
    const only = coinOf("p2wpkh", 5);
    const proof = await signProofOfFunds(challengeOf("p2wpkh"), message, [only]);
    const tampered = changed(proof, (psbt) => {
      const [der] = psbt.inputs[1]!.finalScriptWitness as [Uint8Array];
      der[der.length - 1] = 0x81;
    });
    expect(await verify(tampered, [only])).toMatchObject({ reason: "wrong_signature" });
  });

  it("what it pays and what it is called are the BIP's", async () => {
    const paid = changed(signature, (psbt) => {
      psbt.global.unsignedTx.outputs.push({ amount: 1n, script: Uint8Array.of(0x51) });
      psbt.outputs.push({});
    });
    await refused(paid, "unexpected_transaction");
    await refused(signature.slice(3), "not_proof_of_funds");
    await refused(`ful${signature.slice(3)}`, "not_proof_of_funds");
    await refused(`${signature}=`, "malformed_base64");
    await refused(`pof${signature.slice(3).replace(/=*$/, "")}\n`, "malformed_base64");
    await refused("pof", "malformed_psbt");
    const psbt = base64.decode(signature.slice(3));
    for (const bytes of [
      psbt.slice(1),
      psbt.slice(0, -40),
      Uint8Array.of(...psbt, 1),
      Uint8Array.of(...psbt, 0),
    ])
      await refused(`pof${base64.encode(bytes)}`, "malformed_psbt");
    expect(readFundsPsbt(new Uint8Array())).toEqual({ problem: "malformed_psbt" });
  });
});

describe("what nobody can judge", () => {
  it("scripts of several keys, unless another input is certainly wrong", async () => {
    const coins = [coinOf("p2wpkh", 1), coinOf("p2tr", 2)];
    const signature = await signProofOfFunds(challengeOf("p2wpkh"), message, coins);
    const script = Uint8Array.of(0x6a, 0x00);
    const odd = changed(signature, (psbt) => {
      psbt.inputs[1]!.witnessUtxo = { amount: 1n, script };
    });
    const chain = chainOf(coins).set(coins[0]!.outpoint, { amount: 1n, script });
    // The taproot signature covers the other input's script, so it is wrong now.
    expect(await verify(odd, coins, { chain })).toMatchObject({
      reason: "wrong_signature",
      outpoint: coins[1]!.outpoint,
    });
    const alone = [coinOf("p2wpkh", 1)];
    const ofOne = changed(await signProofOfFunds(challengeOf("p2wpkh"), message, alone), (psbt) => {
      psbt.inputs[1]!.witnessUtxo = { amount: 1n, script };
    });
    expect(
      await verify(ofOne, alone, { chain: new Map([[alone[0]!.outpoint, { amount: 1n, script }]]) }),
    ).toEqual({ result: "inconclusive", reason: "unknown_script", outpoint: alone[0]!.outpoint });
  });

  it("keys that nobody asked for cost nothing: they are not decoded", async () => {
    const coins = [coinOf("p2wpkh", 1)];
    const signature = await signProofOfFunds(challengeOf("p2wpkh"), message, coins);
    const odd = changed(signature, (psbt) => {
      psbt.inputs[1]!.unknown = Array.from({ length: 1000 }, (_, at) => [
        { type: 0x70, key: Uint8Array.of(at >> 8, at & 255) },
        new Uint8Array(20),
      ]);
    });
    expect(await verify(odd, coins)).toEqual(proven(coins));
  });

  it("proofs that are longer than any that we make: they are not decoded", async () => {
    expect(await verify(`pof${"A".repeat(10_000_000)}`, [])).toEqual({
      result: "inconclusive",
      reason: "signature_too_long",
    });
  });
});

describe("any text is answered", () => {
  it("without an error, and never with valid", async () => {
    const coins = [coinOf("p2wpkh", 1), coinOf("p2pkh", 2)];
    const good = base64.decode((await signProofOfFunds(challengeOf("p2wpkh"), message, coins)).slice(3));
    const spoiled = fc
      .tuple(fc.nat({ max: good.length - 1 }), fc.integer({ min: 1, max: 255 }))
      .map(([at, by]) => good.with(at, good[at]! ^ by));
    const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), spoiled).map((bytes) => base64.encode(bytes));
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const verdict = await verify(`pof${text}`, coins);
        expect(verdict.result).not.toBe("valid");
      }),
      { numRuns: 300 },
    );
  });
});
