import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { p2pkh, p2sh, p2tr, p2wpkh, p2wsh } from "@scure/btc-signer/payment.js";
import { SigHash, Transaction } from "@scure/btc-signer/transaction.js";
import { signECDSA } from "@scure/btc-signer/utils.js";
import { describe, expect, it } from "vitest";
import {
  parseTransaction,
  type RawTransaction,
  serializeTransaction,
  transactionId,
} from "./raw-transaction.ts";
import { verifyInput } from "./verify-input.ts";

// The transactions are made and signed by @scure/btc-signer, which computes the digests on its own.

const key = new Uint8Array(32).fill(0x11);
const publicKey = secp256k1.getPublicKey(key, true);
const payments = {
  p2pkh: p2pkh(publicKey),
  p2wpkh: p2wpkh(publicKey),
  nested: p2sh(p2wpkh(publicKey)),
  p2tr: p2tr(schnorr.getPublicKey(key)),
};
type Kind = keyof typeof payments;
const kinds = Object.keys(payments) as Kind[];
const ecdsaHashTypes = Object.values(SigHash).filter((hashType) => hashType !== SigHash.DEFAULT);

type Spent = { script: Uint8Array; amount: bigint }[];
const spentBy = (inputs: readonly Kind[]): Spent =>
  inputs.map((kind, i) => ({ script: payments[kind].script, amount: 50_000n + BigInt(i) }));

/** A signed transaction with one input of each kind and `outputs` outputs. */
const signed = (
  inputs: readonly Kind[],
  outputs: number,
  hashTypeOf: (kind: Kind) => number,
  lockTime = 7,
): RawTransaction => {
  const tx = new Transaction({ allowLegacyWitnessUtxo: true, lockTime, version: 2 });
  for (const [i, witnessUtxo] of spentBy(inputs).entries()) {
    const kind = inputs[i]!;
    tx.addInput({
      txid: new Uint8Array(32).fill(i + 1),
      index: i,
      sequence: 0xffff_fff0 + i,
      witnessUtxo,
      sighashType: hashTypeOf(kind) as SigHash,
      ...(kind === "nested" ? { redeemScript: payments.nested.redeemScript! } : {}),
      ...(kind === "p2tr" ? { tapInternalKey: schnorr.getPublicKey(key) } : {}),
    });
  }
  for (let i = 0; i < outputs; i++)
    tx.addOutput({ script: payments.p2wpkh.script, amount: 10_000n + BigInt(i) });
  tx.sign(key, Object.values(SigHash));
  tx.finalize();
  return parseTransaction(tx.extract())!;
};

const verdicts = (tx: RawTransaction, spent: Spent) => tx.inputs.map((_, i) => verifyInput(tx, i, spent));

describe("real transactions, signed by another implementation", () => {
  for (const hashType of ecdsaHashTypes)
    it(`hash type ${hashType}: each kind of input is valid`, () => {
      const tx = signed(kinds, 5, () => hashType);
      expect(verdicts(tx, spentBy(kinds))).toEqual(kinds.map(() => "valid"));
      const all = tx.inputs.map((_, i) => verifyInput(tx, i, spentBy(kinds), "all_only"));
      expect(all).toEqual(kinds.map(() => (hashType === SigHash.ALL ? "valid" : "invalid")));
    });

  it("taproot's default hash type is valid under both rules", () => {
    const tx = signed(["p2tr", "p2tr"], 1, () => SigHash.DEFAULT);
    expect(tx.witnesses?.[0]?.[0]?.length).toBe(64);
    expect(verdicts(tx, spentBy(["p2tr", "p2tr"]))).toEqual(["valid", "valid"]);
    expect(verifyInput(tx, 1, spentBy(["p2tr", "p2tr"]), "all_only")).toBe("valid");
  });

  // The library rightly won't sign these; the digest of segwit is still its own.
  it("SINGLE without a matching output signs a constant or no outputs, and in taproot cannot be", () => {
    const late = signed(["p2wpkh", "p2wpkh", "p2pkh"], 1, () => SigHash.ALL);
    const spent = spentBy(["p2wpkh", "p2wpkh", "p2pkh"]);
    const library = Transaction.fromRaw(serializeTransaction(late));
    const digest = library.preimageWitnessV0(1, payments.p2pkh.script, SigHash.SINGLE, spent[1]!.amount);
    const single = (bytes: Uint8Array) => Uint8Array.of(...signECDSA(bytes, key), SigHash.SINGLE);
    const one = Uint8Array.of(1, ...new Uint8Array(31));
    const scriptSig = Uint8Array.of(single(one).length, ...single(one), 33, ...publicKey);
    const tx: RawTransaction = {
      ...late,
      inputs: late.inputs.map((input, i) => (i === 2 ? { ...input, finalScriptSig: scriptSig } : input)),
      witnesses: [late.witnesses![0]!, [single(digest), publicKey], []],
    };
    expect([verifyInput(tx, 1, spent), verifyInput(tx, 2, spent)]).toEqual(["valid", "valid"]);
    const taproot = signed(["p2tr", "p2tr"], 2, () => SigHash.SINGLE);
    const shorter = { ...taproot, outputs: taproot.outputs.slice(0, 1) };
    expect(verdicts(shorter, spentBy(["p2tr", "p2tr"]))).toEqual(["valid", "invalid"]);
  });

  it("has the same id and bytes as elsewhere", () => {
    const tx = signed(kinds, 2, () => SigHash.ALL);
    const bytes = serializeTransaction(tx);
    expect(parseTransaction(bytes)).toEqual(tx);
    expect(transactionId(tx)).toBe(Transaction.fromRaw(bytes).id);
    expect(parseTransaction(bytes.slice(0, -1))).toBeUndefined();
    expect(parseTransaction(Uint8Array.of(...bytes, 0))).toBeUndefined();
  });
});

describe("what a signature covers cannot be changed after it", () => {
  const changes: Record<string, (tx: RawTransaction) => RawTransaction> = {
    version: (tx) => ({ ...tx, version: 1 }),
    "lock time": (tx) => ({ ...tx, lockTime: 8 }),
    "own outpoint": (tx) => ({
      ...tx,
      inputs: tx.inputs.map((input, i) => (i === 1 ? { ...input, index: 9 } : input)),
    }),
    "own sequence": (tx) => ({
      ...tx,
      inputs: tx.inputs.map((input, i) => (i === 1 ? { ...input, sequence: 9 } : input)),
    }),
    "other outpoint": (tx) => ({
      ...tx,
      inputs: tx.inputs.map((input, i) => (i === 0 ? { ...input, index: 9 } : input)),
    }),
    "other sequence": (tx) => ({
      ...tx,
      inputs: tx.inputs.map((input, i) => (i === 0 ? { ...input, sequence: 9 } : input)),
    }),
    "own output": (tx) => ({
      ...tx,
      outputs: tx.outputs.map((output, i) => (i === 1 ? { ...output, amount: 9n } : output)),
    }),
    "other output": (tx) => ({
      ...tx,
      outputs: tx.outputs.map((output, i) => (i === 0 ? { ...output, amount: 9n } : output)),
    }),
  };
  const always = ["version", "lock time", "own outpoint", "own sequence"];
  const covered: Record<number, string[]> = {
    [SigHash.ALL]: ["other outpoint", "other sequence", "own output", "other output"],
    [SigHash.NONE]: ["other outpoint"],
    [SigHash.SINGLE]: ["other outpoint", "own output"],
    [SigHash.ALL_ANYONECANPAY]: ["own output", "other output"],
    [SigHash.NONE_ANYONECANPAY]: [],
    [SigHash.SINGLE_ANYONECANPAY]: ["own output"],
  };
  for (const kind of kinds)
    for (const hashType of ecdsaHashTypes)
      it(`${kind}, hash type ${hashType}`, () => {
        const inputs: Kind[] = ["p2wpkh", kind, "p2wpkh"];
        const tx = signed(inputs, 3, () => hashType);
        for (const [what, change] of Object.entries(changes)) {
          // BIP-341 commits to all sequences unless ANYONECANPAY, the older algorithms only with ALL.
          const bySequences = kind === "p2tr" && what === "other sequence" && hashType < 0x80;
          const breaks = always.includes(what) || covered[hashType]!.includes(what) || bySequences;
          expect([what, verifyInput(change(tx), 1, spentBy(inputs))]).toEqual([
            what,
            breaks ? "invalid" : "valid",
          ]);
        }
      });

  it("the amounts that are spent (in segwit), and in taproot those of all inputs", () => {
    const tx = signed(kinds, 1, () => SigHash.ALL);
    const more = (which: number) =>
      spentBy(kinds).map((o, i) => ({ ...o, amount: o.amount + (i === which ? 1n : 0n) }));
    expect(verdicts(tx, more(1))).toEqual(["valid", "invalid", "valid", "invalid"]);
    expect(verdicts(tx, more(0))).toEqual(["valid", "valid", "valid", "invalid"]);
  });
});

describe("each kind of input has one form", () => {
  const at = (
    kind: Kind,
    change: (input: { scriptSig: Uint8Array; witness: Uint8Array[] }) => {
      scriptSig?: Uint8Array;
      witness?: Uint8Array[];
    },
  ) => {
    const tx = signed([kind], 1, () => (kind === "p2tr" ? SigHash.DEFAULT : SigHash.ALL));
    const scriptSig = tx.inputs[0]!.finalScriptSig;
    const witness = [...(tx.witnesses?.[0] ?? [])];
    const changed = change({ scriptSig, witness });
    const input = { ...tx.inputs[0]!, finalScriptSig: changed.scriptSig ?? scriptSig };
    return verifyInput(
      { ...tx, inputs: [input], witnesses: [changed.witness ?? witness] },
      0,
      spentBy([kind]),
    );
  };
  const junk = Uint8Array.of(1);

  it("(nothing changed)", () => {
    for (const kind of kinds) expect(at(kind, () => ({}))).toBe("valid");
  });

  it("nothing may be missing or superfluous", () => {
    for (const kind of kinds)
      expect(at(kind, () => ({ scriptSig: new Uint8Array(), witness: [] }))).toBe("invalid");
    for (const kind of ["p2wpkh", "p2tr"] as const)
      expect(at(kind, () => ({ scriptSig: junk }))).toBe("invalid");
    for (const kind of ["p2pkh", "p2wpkh", "nested"] as const) {
      expect(at(kind, ({ witness }) => ({ witness: [...witness, junk] }))).toBe("invalid");
      expect(at(kind, ({ witness }) => ({ witness: [junk, ...witness] }))).toBe("invalid");
      expect(at(kind, ({ scriptSig }) => ({ scriptSig: Uint8Array.of(1, 1, ...scriptSig) }))).toBe("invalid");
      expect(at(kind, ({ scriptSig }) => ({ scriptSig: Uint8Array.of(...scriptSig, 0x61) }))).toBe("invalid");
    }
  });

  it("pushes are minimal", () => {
    const wide = (scriptSig: Uint8Array) => Uint8Array.of(0x4c, ...scriptSig); // OP_PUSHDATA1
    expect(at("nested", ({ scriptSig }) => ({ scriptSig: wide(scriptSig) }))).toBe("invalid");
    expect(at("p2pkh", ({ scriptSig }) => ({ scriptSig: wide(scriptSig) }))).toBe("invalid");
  });

  it("taproot with an annex or a script is not judged", () => {
    expect(at("p2tr", ({ witness }) => ({ witness: [...witness, Uint8Array.of(0x50)] }))).toBe(
      "inconclusive",
    );
    expect(at("p2tr", () => ({ witness: [junk, new Uint8Array(33).fill(0xc0)] }))).toBe("inconclusive");
  });

  it("taproot signatures of 65 bytes name a hash type that is not the default", () => {
    const with65 = (hashType: number) =>
      at("p2tr", ({ witness }) => ({ witness: [Uint8Array.of(...witness[0]!, hashType)] }));
    for (const hashType of [0x00, 0x01, 0x04, 0x80, 0x84]) expect(with65(hashType)).toBe("invalid");
    expect(at("p2tr", ({ witness }) => ({ witness: [Uint8Array.of(...witness[0]!, 1, 1)] }))).toBe("invalid");
    expect(at("p2tr", ({ witness }) => ({ witness: [witness[0]!.slice(0, 63)] }))).toBe("invalid");
  });

  const rewritten = (rewrite: (signature: Uint8Array) => Uint8Array) =>
    at("p2wpkh", ({ witness: [signature, publicKey] }) => ({ witness: [rewrite(signature!), publicKey!] }));
  const parsed = (signature: Uint8Array) => secp256k1.Signature.fromBytes(signature.slice(0, -1), "der");

  it("an ECDSA signature has a low S: its mirror image is refused", () => {
    const mirror = rewritten((signature) => {
      const { r, s } = parsed(signature);
      const high = new secp256k1.Signature(r, secp256k1.Point.Fn.ORDER - s);
      return Uint8Array.of(...high.toBytes("der"), SigHash.ALL);
    });
    expect(mirror).toBe("invalid");
  });

  it("an ECDSA signature is strict DER", () => {
    const forms: ((der: Uint8Array) => number[])[] = [
      (der) => [0x30, 0x81, ...der.slice(1)],
      (der) => [0x30, der[1]! + 1, 0x02, der[3]! + 1, 0x00, ...der.slice(4)],
      (der) => [...der, 0x00],
      (der) => [0x30, der[1]! + 1, ...der.slice(2), 0x00],
      (der) => [0x31, ...der.slice(1)],
      (der) => [...der.slice(0, -1)],
      () => [0x30, 6, 2, 1, 0, 2, 1, 0],
      () => [0x30, 6, 2, 1, 1, 2, 1, 1],
      () => [],
    ];
    expect(rewritten((signature) => signature)).toBe("valid");
    for (const form of forms)
      expect(rewritten((signature) => Uint8Array.of(...form(signature.slice(0, -1)), SigHash.ALL))).toBe(
        "invalid",
      );
    expect(
      rewritten((signature) => Uint8Array.of(...parsed(signature).toBytes("compact"), SigHash.ALL)),
    ).toBe("invalid");
    expect(rewritten(() => new Uint8Array())).toBe("invalid");
  });

  it("an ECDSA signature has a defined hash type", () => {
    for (const hashType of [0x00, 0x04, 0x21, 0x41, 0x80, 0x84, 0xff])
      expect(rewritten((signature) => Uint8Array.of(...signature.slice(0, -1), hashType))).toBe("invalid");
  });

  it("the key in segwit is compressed, and is the one that the output names", () => {
    const keyed = (other: Uint8Array) => at("p2wpkh", ({ witness }) => ({ witness: [witness[0]!, other] }));
    expect(keyed(secp256k1.getPublicKey(key, false))).toBe("invalid");
    expect(keyed(secp256k1.getPublicKey(new Uint8Array(32).fill(0x22), true))).toBe("invalid");
    expect(keyed(Uint8Array.of(publicKey[0]! ^ 1, ...publicKey.slice(1)))).toBe("invalid");
  });
});

describe("scripts beyond those of one key", () => {
  const tx = (scriptSig: Uint8Array, witness: Uint8Array[]): RawTransaction => ({
    version: 2,
    inputs: [{ txid: new Uint8Array(32), index: 0, finalScriptSig: scriptSig, sequence: 0 }],
    outputs: [],
    witnesses: [witness],
    lockTime: 0,
  });
  const judge = (script: Uint8Array, scriptSig: Uint8Array, witness: Uint8Array[] = []) =>
    verifyInput(tx(scriptSig, witness), 0, [{ script, amount: 1n }]);
  const anyone = Uint8Array.of(0x51);
  const nothing = new Uint8Array();

  it("are never valid: not even those that anyone can satisfy", () => {
    const anchor = Uint8Array.of(0x51, 2, 0x4e, 0x73);
    for (const script of [anyone, anchor, Uint8Array.of(0x52, 2, 1, 1), Uint8Array.of(0x6a), nothing])
      expect(judge(script, nothing)).toBe("inconclusive");
    expect(judge(p2wsh({ type: "sh", script: anyone }).script, nothing, [anyone])).toBe("inconclusive");
    expect(judge(p2sh({ type: "sh", script: anyone }).script, Uint8Array.of(1, ...anyone))).toBe(
      "inconclusive",
    );
    const nestedWsh = p2sh(p2wsh({ type: "sh", script: anyone }));
    expect(judge(nestedWsh.script, Uint8Array.of(34, ...nestedWsh.redeemScript!), [anyone])).toBe(
      "inconclusive",
    );
  });

  it("are invalid when the script is not the one that was paid to", () => {
    const other = Uint8Array.of(0x52);
    expect(judge(p2wsh({ type: "sh", script: anyone }).script, nothing, [other])).toBe("invalid");
    expect(judge(p2wsh({ type: "sh", script: anyone }).script, nothing, [])).toBe("invalid");
    expect(judge(p2sh({ type: "sh", script: anyone }).script, Uint8Array.of(1, ...other))).toBe("invalid");
    expect(judge(p2sh({ type: "sh", script: anyone }).script, Uint8Array.of(2, 1))).toBe("invalid");
  });

  it("a caller that does not bring each input's output is told", () => {
    expect(() => verifyInput(tx(nothing, []), 0, [])).toThrow(RangeError);
    expect(() => verifyInput(tx(nothing, []), 1, [{ script: anyone, amount: 1n }])).toThrow(RangeError);
  });
});
