import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "@noble/curves/utils.js";
import { concatBytes } from "@noble/hashes/utils.js";
import { hash160, signECDSA, taprootTweakPrivKey } from "@scure/btc-signer/utils.js";
import { signSchnorr } from "../bip340.ts";
import { scriptOfTemplate, templateOfScript } from "../bitcoin-address.ts";
import type { RawTransaction, TransactionOutput } from "./raw-transaction.ts";
import {
  legacySighash,
  SIGHASH_ALL,
  SIGHASH_DEFAULT,
  taprootKeySighash,
  witnessV0Sighash,
} from "./sighash.ts";
import type { Satisfaction } from "./virtual-transactions.ts";

const NOTHING = new Uint8Array();

const signWith = (privateKey: Uint8Array, digest: Uint8Array): Uint8Array =>
  concatBytes(signECDSA(digest, privateKey), Uint8Array.of(SIGHASH_ALL));

const push = (data: Uint8Array): Uint8Array => Uint8Array.of(data.length, ...data);

/**
 * How a key (32 bytes) satisfies an input, or undefined when the output that it spends is not one of this key alone: p2wpkh,
 * p2wpkh nested in p2sh, p2pkh, and p2tr by BIP-86 (the key without scripts; it is tweaked here). The whole transaction is signed.
 * `spent`: for each input, in order, the output that it spends.
 */
export const satisfy = (
  privateKey: Uint8Array,
  tx: RawTransaction,
  inputIndex: number,
  spent: readonly TransactionOutput[],
): Satisfaction | undefined => {
  const { script, amount } = spent[inputIndex]!;
  const template = templateOfScript(script);
  const publicKey = secp256k1.getPublicKey(privateKey, true);
  const keyHashWitness = (): readonly Uint8Array[] => {
    const scriptCode = scriptOfTemplate({ type: "p2pkh", data: hash160(publicKey) });
    const digest = witnessV0Sighash(tx, inputIndex, scriptCode, amount, SIGHASH_ALL);
    return [signWith(privateKey, digest), publicKey];
  };
  switch (template?.type) {
    case "p2wpkh":
      if (!equalBytes(hash160(publicKey), template.data)) return undefined;
      return { scriptSig: NOTHING, witness: keyHashWitness() };
    case "p2sh": {
      const program = scriptOfTemplate({ type: "p2wpkh", version: 0, data: hash160(publicKey) });
      if (!equalBytes(hash160(program), template.data)) return undefined;
      return { scriptSig: push(program), witness: keyHashWitness() };
    }
    case "p2pkh": {
      const used = [publicKey, secp256k1.getPublicKey(privateKey, false)].find((key) =>
        equalBytes(hash160(key), template.data),
      );
      if (used === undefined) return undefined;
      const digest = legacySighash(tx, inputIndex, script, SIGHASH_ALL);
      return { scriptSig: concatBytes(push(signWith(privateKey, digest)), push(used)), witness: [] };
    }
    case "p2tr": {
      // BIP-86: the output key commits to the key and to no script.
      const outputKey = taprootTweakPrivKey(privateKey);
      if (!equalBytes(schnorr.getPublicKey(outputKey), template.data)) return undefined;
      const digest = taprootKeySighash(tx, inputIndex, spent, SIGHASH_DEFAULT)!;
      return { scriptSig: NOTHING, witness: [signSchnorr(outputKey, digest)] };
    }
    default:
      return undefined;
  }
};
