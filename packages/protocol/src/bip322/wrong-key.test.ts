import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { p2pkh, p2sh, p2tr, p2wpkh } from "@scure/btc-signer/payment.js";
import { SigHash } from "@scure/btc-signer/transaction.js";
import { hash160, signECDSA, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import { describe, expect, it } from "vitest";
import { signSchnorr } from "../bip340.ts";
import { scriptOfTemplate } from "../bitcoin-address.ts";
import type { RawTransaction } from "./raw-transaction.ts";
import { legacySighash, taprootKeySighash, witnessV0Sighash } from "./sighash.ts";
import { verifyInput } from "./verify-input.ts";

const key = new Uint8Array(32).fill(0x11);
const publicKey = secp256k1.getPublicKey(key, true);
const payments = {
  p2pkh: p2pkh(publicKey),
  p2wpkh: p2wpkh(publicKey),
  nested: p2sh(p2wpkh(publicKey)),
  p2tr: p2tr(schnorr.getPublicKey(key)),
};

describe("a signer who has the wrong key, or the wrong form of it, signs properly all the same", () => {
  const thief = new Uint8Array(32).fill(0x66);
  /** The transaction that spends an output of `script`, with what `satisfy` makes of it. */
  const spend = (
    script: Uint8Array,
    satisfy: (unsigned: RawTransaction) => { scriptSig?: Uint8Array; witness?: Uint8Array[] },
  ) => {
    const input = { txid: new Uint8Array(32), index: 0, finalScriptSig: new Uint8Array(), sequence: 0 };
    const outputs = [{ amount: 1n, script: Uint8Array.of(0x6a) }];
    const unsigned: RawTransaction = { version: 2, inputs: [input], outputs, lockTime: 0 };
    const { scriptSig = new Uint8Array(), witness = [] } = satisfy(unsigned);
    const tx = { ...unsigned, inputs: [{ ...input, finalScriptSig: scriptSig }], witnesses: [witness] };
    return verifyInput(tx, 0, [{ script, amount: 5n }]);
  };
  const ecdsa = (signer: Uint8Array, digest: Uint8Array) =>
    Uint8Array.of(...signECDSA(digest, signer), SigHash.ALL);
  const scriptCodeOf = (hash: Uint8Array) => scriptOfTemplate({ type: "p2pkh", data: hash });
  const ownHash = hash160(publicKey);
  const push = (data: Uint8Array) => [data.length, ...data];

  const asP2pkh = (script: Uint8Array, signer: Uint8Array, more: number[] = []) =>
    spend(script, (unsigned) => {
      const signature = ecdsa(signer, legacySighash(unsigned, 0, script, SigHash.ALL));
      return {
        scriptSig: Uint8Array.of(...push(signature), ...push(secp256k1.getPublicKey(signer)), ...more),
      };
    });
  const asP2wpkh = (
    script: Uint8Array,
    keyHash: Uint8Array,
    signer: Uint8Array,
    compressed = true,
    scriptSig = new Uint8Array(),
  ) =>
    spend(script, (unsigned) => {
      const signature = ecdsa(signer, witnessV0Sighash(unsigned, 0, scriptCodeOf(keyHash), 5n, SigHash.ALL));
      return { scriptSig, witness: [signature, secp256k1.getPublicKey(signer, compressed)] };
    });

  it("p2pkh: another key, or a push after the key", () => {
    expect(asP2pkh(payments.p2pkh.script, key)).toBe("valid");
    expect(asP2pkh(payments.p2pkh.script, thief)).toBe("invalid");
    expect(asP2pkh(payments.p2pkh.script, key, [1, 1])).toBe("invalid");
  });

  it("p2wpkh: another key, or the uncompressed one even if the output names that", () => {
    expect(asP2wpkh(payments.p2wpkh.script, ownHash, key)).toBe("valid");
    expect(asP2wpkh(payments.p2wpkh.script, ownHash, thief)).toBe("invalid");
    const wide = hash160(secp256k1.getPublicKey(key, false));
    const script = scriptOfTemplate({ type: "p2wpkh", version: 0, data: wide });
    expect(asP2wpkh(script, wide, key, false)).toBe("invalid");
  });

  it("nested p2wpkh: another key, or another program", () => {
    const { script, redeemScript } = payments.nested;
    expect(asP2wpkh(script, ownHash, key, true, Uint8Array.of(...push(redeemScript!)))).toBe("valid");
    expect(asP2wpkh(script, ownHash, thief, true, Uint8Array.of(...push(redeemScript!)))).toBe("invalid");
    const thiefHash = hash160(secp256k1.getPublicKey(thief));
    const program = scriptOfTemplate({ type: "p2wpkh", version: 0, data: thiefHash });
    expect(asP2wpkh(script, thiefHash, thief, true, Uint8Array.of(...push(program)))).toBe("invalid");
  });

  it("taproot: the key before the tweak, another key, or bytes after the hash type", () => {
    const { script } = payments.p2tr;
    const asTaproot = (signer: Uint8Array, ...suffix: number[]) =>
      spend(script, (unsigned) => {
        const digest = taprootKeySighash(
          unsigned,
          0,
          [{ script, amount: 5n }],
          suffix[0] ?? SigHash.DEFAULT,
        )!;
        return { witness: [Uint8Array.of(...signSchnorr(signer, digest), ...suffix)] };
      });
    expect(asTaproot(taprootTweakPrivKey(key))).toBe("valid");
    expect(asTaproot(taprootTweakPrivKey(key), SigHash.ALL)).toBe("valid");
    expect(asTaproot(taprootTweakPrivKey(key), SigHash.ALL, 0)).toBe("invalid");
    expect(asTaproot(key)).toBe("invalid");
    expect(asTaproot(taprootTweakPrivKey(thief))).toBe("invalid");
  });
});
