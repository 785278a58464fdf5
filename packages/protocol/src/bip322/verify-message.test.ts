import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { base64 } from "@scure/base";
import { RawWitness } from "@scure/btc-signer/script.js";
import { hash160, signECDSA, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signSchnorr } from "../bip340.ts";
import { addressOfScript, decodeAddress, type ScriptTemplate, scriptOfTemplate } from "../bitcoin-address.ts";
import { parseTransaction, type RawTransaction, serializeTransaction } from "./raw-transaction.ts";
import { legacySighash, taprootKeySighash, witnessV0Sighash } from "./sighash.ts";
import { MessageSigningError, signMessage } from "./sign-message.ts";
import { type Verdict, verifyMessage } from "./verify-message.ts";
import { toSign, toSpend } from "./virtual-transactions.ts";

const key = new Uint8Array(32).fill(0x37);
const otherKey = new Uint8Array(32).fill(0x38);
const addressOf = (template: ScriptTemplate): string =>
  addressOfScript(scriptOfTemplate(template), "mainnet")!;
const addressesOf = (privateKey: Uint8Array) => {
  const keyHash = hash160(secp256k1.getPublicKey(privateKey, true));
  const program = scriptOfTemplate({ type: "p2wpkh", version: 0, data: keyHash });
  return {
    p2wpkh: addressOf({ type: "p2wpkh", version: 0, data: keyHash }),
    p2tr: addressOf({
      type: "p2tr",
      version: 1,
      data: schnorr.getPublicKey(taprootTweakPrivKey(privateKey)),
    }),
    p2pkh: addressOf({ type: "p2pkh", data: keyHash }),
    "p2pkh of an uncompressed key": addressOf({
      type: "p2pkh",
      data: hash160(secp256k1.getPublicKey(privateKey, false)),
    }),
    "nested p2wpkh": addressOf({ type: "p2sh", data: hash160(program) }),
  };
};
const addresses = addressesOf(key);
const message = "the café's invoice";
const valid: Verdict = { result: "valid" };
const scriptOf = (address: string): Uint8Array => {
  const decoded = decodeAddress(address);
  if ("error" in decoded) throw new Error(decoded.error);
  return decoded.script;
};

/** Each address with each form in which it can sign. */
const forms = Object.entries(addresses).flatMap(([name, address]) => {
  const native = address.startsWith("bc1");
  return (native ? (["smp", "ful"] as const) : (["ful"] as const)).map((form) => ({ name, address, form }));
});

describe("signing", () => {
  for (const { name, address, form } of forms)
    it(`${name} in the form ${form} verifies, for its message and address only`, () => {
      const signature = signMessage(key, address, message, form);
      expect(signature.slice(0, 3)).toBe(form);
      expect(verifyMessage(address, message, signature)).toEqual(valid);
      expect(verifyMessage(address, utf8ToBytes(message), signature)).toEqual(valid);
      for (const other of ["", `${message} `, message.normalize("NFD")])
        expect(verifyMessage(address, other, signature).result).toBe("invalid");
      for (const other of [...Object.values(addresses), ...Object.values(addressesOf(otherKey))])
        if (other !== address) expect(verifyMessage(other, message, signature).result).not.toBe("valid");
    });

  it("takes the simple form where there is one, which verifies without its prefix too", () => {
    for (const address of Object.values(addresses)) {
      const signature = signMessage(key, address, message);
      const simple = address.startsWith("bc1");
      expect(signature.slice(0, 3)).toBe(simple ? "smp" : "ful");
      const withoutPrefix = verifyMessage(address, message, signature.slice(3));
      expect(withoutPrefix.result).toBe(simple ? "valid" : "invalid");
      const asSimple = verifyMessage(address, message, signMessage(key, addresses.p2wpkh, message));
      if (!simple) expect(asSimple).toEqual({ result: "invalid", reason: "full_form_needed" });
    }
  });

  it("works for the test networks' addresses", () => {
    for (const network of ["testnet", "regtest"] as const)
      for (const mainnet of Object.values(addresses)) {
        const address = addressOfScript(scriptOf(mainnet), network)!;
        expect(verifyMessage(address, message, signMessage(key, address, message))).toEqual(valid);
      }
  });

  it("works for any bytes and any text", () => {
    const any = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.string({ unit: "grapheme" }));
    const property = fc.property(any, (text) => {
      expect(verifyMessage(addresses.p2wpkh, text, signMessage(key, addresses.p2wpkh, text))).toEqual(valid);
    });
    fc.assert(property, { numRuns: 50 });
  });

  it("says why it cannot", () => {
    const code = (sign: () => string): string => {
      try {
        return sign();
      } catch (error) {
        if (error instanceof MessageSigningError) return error.code;
        throw error;
      }
    };
    const wsh = addressOf({ type: "p2wsh", version: 0, data: new Uint8Array(32) });
    const foreign = [...Object.values(addressesOf(otherKey)), wsh, "bc1pfeessrawgf"];
    for (const address of foreign)
      expect(code(() => signMessage(key, address, ""))).toBe("not_address_of_key");
    expect(code(() => signMessage(key, "bc1q", ""))).toBe("malformed_address");
    expect(code(() => signMessage(key, addresses.p2wpkh, "half \ud83d"))).toBe("malformed_message");
    expect(code(() => signMessage(key, addresses.p2pkh, "", "smp"))).toBe("full_form_needed");
    expect(code(() => signMessage(key, addresses["nested p2wpkh"], "", "smp"))).toBe("full_form_needed");
    for (const bad of [new Uint8Array(32), new Uint8Array(31).fill(1), new Uint8Array(32).fill(0xff)])
      expect(code(() => signMessage(bad, addresses.p2wpkh, ""))).toBe("malformed_private_key");
  });
});

describe("any text is answered", () => {
  const text = fc.string({ unit: "binary", maxLength: 200 });
  const encoded = fc.uint8Array({ maxLength: 300 }).map((bytes) => base64.encode(bytes));
  const signature = fc
    .tuple(fc.constantFrom("", "smp", "ful", "pof"), fc.oneof(text, encoded))
    .map((parts) => parts.join(""));
  const address = fc.oneof(text, fc.constantFrom(...Object.values(addresses), "bc1pfeessrawgf"));

  it("without an error, and never with valid", () => {
    const property = fc.property(address, text, signature, (a, m, s) => {
      expect(["invalid", "inconclusive"]).toContain(verifyMessage(a, m, s).result);
    });
    fc.assert(property, { numRuns: 2000 });
  });

  it("long signatures are not decoded", () => {
    const long = `smp${"A".repeat(10_000_000)}`;
    expect(verifyMessage(addresses.p2wpkh, "", long)).toEqual({
      result: "inconclusive",
      reason: "signature_too_long",
    });
  });
});

describe("one signature has one spelling", () => {
  it("base64 is canonical: padded, without blanks, of the usual alphabet, with no stray bits", () => {
    const signature = signMessage(key, addresses.p2wpkh, "Hello", "smp");
    const body = signature.slice(3);
    expect(body.endsWith("=")).toBe(true);
    const spellings = [
      body.replace(/=+$/, ""),
      `${body}=`,
      `${body}====`,
      ` ${body}`,
      `${body}\n`,
      `${body.slice(0, 8)}\n${body.slice(8)}`,
      `${body.slice(0, 4)}=${body.slice(4)}`,
      `${body}\0`,
    ];
    for (const spelling of spellings) {
      const verdict = verifyMessage(addresses.p2wpkh, "Hello", `smp${spelling}`);
      expect(verdict, JSON.stringify(spelling)).toEqual({ result: "invalid", reason: "malformed_base64" });
    }
    const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const at = body.indexOf("=") - 1;
    const stray = body.slice(0, at) + letters[letters.indexOf(body[at]!) + 1] + body.slice(at + 1);
    expect(verifyMessage(addresses.p2wpkh, "Hello", `smp${stray}`).result).toBe("invalid");
    for (const prefix of ["SMP", "smpsmp", "ful", "pof", " smp"])
      expect(verifyMessage(addresses.p2wpkh, "Hello", prefix + body).result).not.toBe("valid");
  });

  it("the transaction is whole, with nothing after it, and has a witness part only if it has a witness", () => {
    const bytes = base64.decode(signMessage(key, addresses.p2pkh, message).slice(3));
    const verdict = (changed: Uint8Array) =>
      verifyMessage(addresses.p2pkh, message, `ful${base64.encode(changed)}`);
    expect(verdict(bytes)).toEqual(valid);
    const marked = Uint8Array.of(...bytes.slice(0, 4), 0, 1, ...bytes.slice(4, -4), 0, ...bytes.slice(-4));
    for (const changed of [Uint8Array.of(...bytes, 0), bytes.slice(0, -1), marked])
      expect(verdict(changed)).toEqual({ result: "invalid", reason: "malformed_transaction" });
  });

  it("text with half a surrogate pair is refused: it would pass for other text", () => {
    const signature = signMessage(key, addresses.p2wpkh, "half \ufffd");
    const verdict = verifyMessage(addresses.p2wpkh, "half \ud83d", signature);
    expect(verdict).toEqual({ result: "invalid", reason: "malformed_message" });
  });

  it("signatures from before BIP-322 (65 bytes) are invalid", () => {
    const old = base64.encode(Uint8Array.of(31, ...new Uint8Array(64).fill(5)));
    for (const address of Object.values(addresses))
      expect(verifyMessage(address, message, old).result).toBe("invalid");
  });
});

/** A p2wpkh signature in the full form by a `to_sign` that was changed before it was signed. */
const fullOf = (change: (tx: RawTransaction) => RawTransaction, hashType = 1): string => {
  const spent = toSpend(scriptOf(addresses.p2wpkh), utf8ToBytes(message));
  const tx = change(toSign(spent));
  const publicKey = secp256k1.getPublicKey(key, true);
  const scriptCode = scriptOfTemplate({ type: "p2pkh", data: hash160(publicKey) });
  const ecdsa = signECDSA(witnessV0Sighash(tx, 0, scriptCode, 0n, hashType), key);
  const witness = [Uint8Array.of(...ecdsa, hashType), publicKey];
  const witnesses = tx.inputs.map((_, i) => (i === 0 ? witness : []));
  return `ful${base64.encode(serializeTransaction({ ...tx, witnesses }))}`;
};
const verdictOf = (signature: string): Verdict => verifyMessage(addresses.p2wpkh, message, signature);
const input =
  (change: object) =>
  (tx: RawTransaction): RawTransaction => ({ ...tx, inputs: [{ ...tx.inputs[0]!, ...change }] });

describe("the BIP's rules for to_sign, each broken by a signer who signs it properly", () => {
  it("(nothing broken)", () => expect(verdictOf(fullOf((tx) => tx))).toEqual(valid));

  it("timelock and age are told, not judged", () => {
    const cases = [
      [5, 0],
      [0, 5],
      [0xffff_ffff, 0xffff_ffff],
    ] as const;
    for (const [lockTime, sequence] of cases) {
      const signature = fullOf((tx) => ({ ...input({ sequence })(tx), lockTime }));
      expect(verdictOf(signature)).toEqual({ result: "valid", validAt: { lockTime, sequence } });
    }
  });

  it("version 0 or 2; others are kept for later, unless the signature is wrong anyway", () => {
    expect(verdictOf(fullOf((tx) => ({ ...tx, version: 2 })))).toEqual(valid);
    for (const version of [1, 3, -1, 0x7fff_ffff]) {
      const signature = fullOf((tx) => ({ ...tx, version }));
      expect(verdictOf(signature)).toEqual({ result: "inconclusive", reason: "unknown_version" });
      const tx = parseTransaction(base64.decode(signature.slice(3)))!;
      const wrong = serializeTransaction({ ...tx, lockTime: 1 });
      expect(verdictOf(`ful${base64.encode(wrong)}`)).toEqual({
        result: "invalid",
        reason: "wrong_signature",
      });
    }
  });

  it("one input, which spends output 0 of to_spend", () => {
    const double = fullOf((tx) => ({ ...tx, inputs: [tx.inputs[0]!, { ...tx.inputs[0]!, index: 1 }] }));
    expect(verdictOf(double)).toEqual({ result: "invalid", reason: "unexpected_transaction" });
    for (const change of [{ index: 1 }, { txid: new Uint8Array(32) }])
      expect(verdictOf(fullOf(input(change)))).toEqual({
        result: "invalid",
        reason: "other_message_or_address",
      });
  });

  it("one output, of nothing, to OP_RETURN alone", () => {
    const bare = { amount: 0n, script: Uint8Array.of(0x6a) };
    const others = [
      [],
      [bare, bare],
      [{ ...bare, amount: 1n }],
      [{ ...bare, script: Uint8Array.of(0x6a, 0x00) }],
      [{ ...bare, script: Uint8Array.of(0x51) }],
      [{ ...bare, script: new Uint8Array() }],
    ];
    for (const outputs of others)
      expect(verdictOf(fullOf((tx) => ({ ...tx, outputs })))).toEqual({
        result: "invalid",
        reason: "unexpected_transaction",
      });
  });

  it("no scriptSig for a native address", () => {
    const signature = fullOf(input({ finalScriptSig: Uint8Array.of(0x51) }));
    expect(verdictOf(signature)).toEqual({ result: "invalid", reason: "wrong_signature" });
  });

  it("signatures cover everything: no other hash type, in any kind of script", () => {
    const wrong: Verdict = { result: "invalid", reason: "wrong_signature" };
    const others = [0x02, 0x03, 0x81, 0x82, 0x83];
    for (const hashType of others) expect(verdictOf(fullOf((tx) => tx, hashType))).toEqual(wrong);

    const legacy = toSpend(scriptOf(addresses.p2pkh), utf8ToBytes(message));
    const taproot = toSpend(scriptOf(addresses.p2tr), utf8ToBytes(message));
    const push = (data: Uint8Array) => [data.length, ...data];
    for (const hashType of [0x01, ...others]) {
      const digest = legacySighash(toSign(legacy), 0, scriptOf(addresses.p2pkh), hashType);
      const ecdsa = Uint8Array.of(...signECDSA(digest, key), hashType);
      const scriptSig = Uint8Array.of(...push(ecdsa), ...push(secp256k1.getPublicKey(key, true)));
      const full = serializeTransaction(toSign(legacy, { scriptSig, witness: [] }));
      const expected = hashType === 0x01 ? valid : wrong;
      expect(verifyMessage(addresses.p2pkh, message, `ful${base64.encode(full)}`)).toEqual(expected);

      const keyPath = taprootKeySighash(toSign(taproot), 0, taproot.outputs, hashType)!;
      const witness = [Uint8Array.of(...signSchnorr(taprootTweakPrivKey(key), keyPath), hashType)];
      const simple = `smp${base64.encode(RawWitness.encode(witness))}`;
      expect(verifyMessage(addresses.p2tr, message, simple)).toEqual(expected);
    }
  });
});

describe("what is not understood is inconclusive", () => {
  it("unknown witness versions and the anchor, which need no signature at all", () => {
    const unknown = addressOf({ type: "witness_unknown", version: 2, data: new Uint8Array(32) });
    for (const address of ["bc1pfeessrawgf", unknown])
      expect(verifyMessage(address, message, "smpAA==")).toEqual({
        result: "inconclusive",
        reason: "unknown_script",
      });
  });

  it("proof of funds, unless it is not even base64", () => {
    expect(verifyMessage(addresses.p2tr, message, "pofcHNidP8=")).toEqual({
      result: "inconclusive",
      reason: "proof_of_funds",
    });
    expect(verifyMessage(addresses.p2tr, message, "pof!").result).toBe("invalid");
  });
});
