import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { base64 } from "@scure/base";
import { p2pkh, p2sh, p2tr, p2wpkh } from "@scure/btc-signer/payment.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { signMessage } from "./sign-message.ts";
import { verifyMessage } from "./verify-message.ts";

const key = new Uint8Array(32).fill(0x37);
const publicKey = secp256k1.getPublicKey(key, true);
const addresses = {
  p2wpkh: p2wpkh(publicKey).address!,
  p2tr: p2tr(schnorr.getPublicKey(key)).address!,
  p2pkh: p2pkh(publicKey).address!,
  "p2pkh of an uncompressed key": p2pkh(secp256k1.getPublicKey(key, false)).address!,
  "nested p2wpkh": p2sh(p2wpkh(publicKey)).address!,
};
const message = "the café's invoice";
const forms = Object.entries(addresses).flatMap(([name, address]) => {
  const native = address.startsWith("bc1");
  return (native ? (["smp", "ful"] as const) : (["ful"] as const)).map((form) => ({ name, address, form }));
});

describe("a valid signature in which one bit is flipped is not valid", () => {
  for (const { name, address, form } of forms)
    it(`${name} ${form}: each bit of what the base64 holds`, () => {
      const signature = base64.decode(signMessage(key, address, message, form).slice(3));
      for (let bit = 0; bit < signature.length * 8; bit++) {
        const flipped = signature.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        const verdict = verifyMessage(address, message, form + base64.encode(flipped));
        expect(verdict.result, `bit ${bit}`).not.toBe("valid");
      }
    });

  it("each bit of the text", () => {
    const signature = signMessage(key, addresses.p2wpkh, message);
    for (let bit = 0; bit < signature.length * 7; bit++) {
      const codes = [...signature].map((letter) => letter.charCodeAt(0));
      codes[Math.floor(bit / 7)]! ^= 1 << (bit % 7);
      const verdict = verifyMessage(addresses.p2wpkh, message, String.fromCharCode(...codes));
      expect(verdict.result, `bit ${bit}`).not.toBe("valid");
    }
  });

  it("any bit of the message", () => {
    const messages = fc
      .uint8Array({ minLength: 1, maxLength: 100 })
      .chain((bytes) => fc.tuple(fc.constant(bytes), fc.nat(bytes.length * 8 - 1)));
    const property = fc.property(messages, fc.constantFrom(...forms), ([bytes, bit], { address, form }) => {
      const signature = signMessage(key, address, bytes, form);
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(verifyMessage(address, flipped, signature).result).toBe("invalid");
    });
    fc.assert(property, { numRuns: 60 });
  });
});

describe("any tampering", () => {
  it("pieces of a real signature cut out or replaced", () => {
    const pieces = fc.tuple(
      fc.constantFrom(...forms),
      fc.nat(300),
      fc.nat(40),
      fc.uint8Array({ maxLength: 40 }),
    );
    const property = fc.property(pieces, ([{ address: owner, form }, at, length, inserted]) => {
      const bytes = base64.decode(signMessage(key, owner, message, form).slice(3));
      const changed = Uint8Array.of(...bytes.slice(0, at), ...inserted, ...bytes.slice(at + length));
      fc.pre(base64.encode(changed) !== base64.encode(bytes));
      expect(verifyMessage(owner, message, form + base64.encode(changed)).result).not.toBe("valid");
    });
    fc.assert(property, { numRuns: 300 });
  });
});
