import { secp256k1 } from "@noble/curves/secp256k1.js";
import { equalBytes } from "@noble/curves/utils.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { Script } from "@scure/btc-signer/script.js";
import { hash160 } from "@scure/btc-signer/utils.js";
import { verifySchnorr } from "../bip340.ts";
import { scriptOfTemplate, templateOfScript } from "../bitcoin-address.ts";
import type { RawTransaction, TransactionOutput } from "./raw-transaction.ts";
import {
  isDefinedHashType,
  legacySighash,
  SIGHASH_ALL,
  SIGHASH_DEFAULT,
  taprootKeySighash,
  witnessV0Sighash,
} from "./sighash.ts";

/** `inconclusive`: the script is none of the four that are understood here, and nothing was certainly wrong. */
export type InputVerdict = "valid" | "invalid" | "inconclusive";

/**
 * Which parts of a transaction its signatures must cover: `any` of the defined hash types, or all of it
 * (SIGHASH_ALL, in taproot SIGHASH_DEFAULT too), as BIP-322 asks of a signed message.
 */
export type HashTypeRule = "any" | "all_only";

type Digest = (hashType: number) => Uint8Array;

const isCompressed = (key: Uint8Array): boolean => key.length === 33 && (key[0] === 0x02 || key[0] === 0x03);
const isUncompressed = (key: Uint8Array): boolean => key.length === 65 && key[0] === 0x04;

const isAllowed = (hashType: number, rule: HashTypeRule): boolean =>
  rule === "all_only" ? hashType === SIGHASH_ALL : isDefinedHashType(hashType);

/** `signature`: strict DER (BIP-66; the library reads nothing else) and the hash type in the last byte. */
const ecdsaFits = (
  signature: Uint8Array,
  publicKey: Uint8Array,
  digest: Digest,
  rule: HashTypeRule,
): boolean => {
  const hashType = signature.at(-1);
  if (hashType === undefined || !isAllowed(hashType, rule)) return false;
  const der = signature.subarray(0, -1);
  const options = { prehash: false, lowS: true, format: "der" } as const;
  return secp256k1.verify(der, digest(hashType), publicKey, options);
};

/** `signature`: 64 bytes, or 65 with a hash type that is not the default. */
const taprootKeyPathFits = (
  tx: RawTransaction,
  inputIndex: number,
  spent: readonly TransactionOutput[],
  outputKey: Uint8Array,
  signature: Uint8Array,
  rule: HashTypeRule,
): boolean => {
  const hashType = signature.length === 64 ? SIGHASH_DEFAULT : signature[64];
  if (hashType === undefined || signature.length > 65) return false;
  if (signature.length === 65 && !isAllowed(hashType, rule)) return false;
  const digest = taprootKeySighash(tx, inputIndex, spent, hashType);
  return digest !== undefined && verifySchnorr(outputKey, digest, signature.subarray(0, 64));
};

/** The data of a script that does nothing but push 1 to 75 bytes at a time; undefined for any other. */
const directPushes = (script: Uint8Array): Uint8Array[] | undefined => {
  const pushes: Uint8Array[] = [];
  for (let at = 0; at < script.length; ) {
    const end = at + 1 + script[at]!;
    if (script[at]! < 1 || script[at]! > 75 || end > script.length) return undefined;
    pushes.push(script.subarray(at + 1, end));
    at = end;
  }
  return pushes;
};

/** The script that a pay-to-script-hash input brings along: its last push. Undefined when there can be none. */
const redeemScript = (scriptSig: Uint8Array): Uint8Array | undefined => {
  try {
    const last = Script.decode(scriptSig).at(-1);
    return last instanceof Uint8Array ? last : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Whether an input's scriptSig and witness satisfy the output that it spends. Understood are the scripts of
 * one key: p2pkh, p2wpkh, p2wpkh nested in p2sh, and the taproot key path; of the others only that a script
 * does not match the hash it is paid to, which is `invalid`.
 *
 * The rules are those of Bitcoin Core for *standard* transactions, stricter than what a block may contain:
 * strict DER, low S, the six defined hash types, minimal pushes and nothing superfluous, compressed keys in
 * segwit. Timelocks are not looked at (none of the four scripts has one).
 *
 * `spent`: for each input, in order, the output that it spends. Throws RangeError when they don't match.
 */
export const verifyInput = (
  tx: RawTransaction,
  inputIndex: number,
  spent: readonly TransactionOutput[],
  rule: HashTypeRule = "any",
): InputVerdict => {
  const input = tx.inputs[inputIndex];
  const output = spent[inputIndex];
  if (input === undefined || output === undefined || spent.length !== tx.inputs.length)
    throw new RangeError("each input needs the output that it spends");
  const scriptSig = input.finalScriptSig;
  const witness = tx.witnesses?.[inputIndex] ?? [];
  const template = templateOfScript(output.script);

  const verdict = (fits: boolean): InputVerdict => (fits ? "valid" : "invalid");

  const keyHashWitness = (keyHash: Uint8Array): InputVerdict => {
    const [signature, publicKey] = witness;
    if (signature === undefined || publicKey === undefined || witness.length !== 2) return "invalid";
    if (!isCompressed(publicKey) || !equalBytes(hash160(publicKey), keyHash)) return "invalid";
    const scriptCode = scriptOfTemplate({ type: "p2pkh", data: keyHash });
    const digest: Digest = (type) => witnessV0Sighash(tx, inputIndex, scriptCode, output.amount, type);
    return verdict(ecdsaFits(signature, publicKey, digest, rule));
  };

  switch (template?.type) {
    case "p2pkh": {
      const [signature, publicKey, ...more] = directPushes(scriptSig) ?? [];
      if (signature === undefined || publicKey === undefined || more.length > 0) return "invalid";
      if (witness.length > 0 || !(isCompressed(publicKey) || isUncompressed(publicKey))) return "invalid";
      if (!equalBytes(hash160(publicKey), template.data)) return "invalid";
      const digest: Digest = (type) => legacySighash(tx, inputIndex, output.script, type);
      return verdict(ecdsaFits(signature, publicKey, digest, rule));
    }
    case "p2sh": {
      const redeem = redeemScript(scriptSig);
      if (redeem === undefined || !equalBytes(hash160(redeem), template.data)) return "invalid";
      const nested = templateOfScript(redeem);
      if (nested?.type !== "p2wpkh") return "inconclusive";
      // BIP-141: the scriptSig of a nested witness program is exactly one push of it.
      return scriptSig.length === 23 && scriptSig[0] === 22 ? keyHashWitness(nested.data) : "invalid";
    }
    case "p2wpkh":
      return scriptSig.length > 0 ? "invalid" : keyHashWitness(template.data);
    case "p2wsh": {
      const script = witness.at(-1);
      const matches = script !== undefined && equalBytes(sha256(script), template.data);
      return matches && scriptSig.length === 0 ? "inconclusive" : "invalid";
    }
    case "p2tr": {
      const [signature] = witness;
      if (signature === undefined || scriptSig.length > 0) return "invalid";
      if (witness.length > 1) return "inconclusive"; // a script path, or an annex
      return verdict(taprootKeyPathFits(tx, inputIndex, spent, template.data, signature, rule));
    }
    default:
      return "inconclusive";
  }
};
