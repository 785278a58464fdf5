import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { Script, Transaction } from "@scure/btc-signer";
import { concatBytes, equalBytes, hash160 } from "@scure/btc-signer/utils.js";
import type { Bytes } from "./hash.ts";
import { scriptType } from "./script.ts";
import type { Tx, TxOutput } from "./tx.ts";

/** `unsupported`: a kind of script that this chain does not run. `invalid`: the proof is wrong. */
export type SpendFault = { readonly kind: "unsupported" | "invalid"; readonly message: string };

const invalid = (message: string): SpendFault => ({ kind: "invalid", message });
const unsupported = (what: string): SpendFault => ({
  kind: "unsupported",
  message: `the development chain spends P2PKH, P2SH-P2WPKH, P2WPKH and P2TR by its key, not ${what}`,
});
const BAD_SIGNATURE = "Signature must be zero for failed CHECK(MULTI)SIG operation";
const ECDSA_HASH_TYPES: readonly number[] = [1, 2, 3, 0x81, 0x82, 0x83];
const TAPROOT_HASH_TYPES: readonly number[] = [0, ...ECDSA_HASH_TYPES];

/** Checks every input's signature against the outputs it spends (one for each input, in order). */
export function verifySpends(tx: Tx, prevOuts: readonly TxOutput[]): SpendFault | undefined {
  const signed = Transaction.fromRaw(tx.raw, {
    allowUnknownInputs: true,
    allowUnknownOutputs: true,
    allowUnknownVersion: true,
    disableScriptCheck: true,
  });
  for (let index = 0; index < tx.inputs.length; index++) {
    const fault = verifyInput(tx, signed, index, prevOuts);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function verifyInput(
  tx: Tx,
  signed: Transaction,
  index: number,
  prevOuts: readonly TxOutput[],
): SpendFault | undefined {
  const { scriptSig, witness } = tx.inputs[index]!;
  const { script, amount } = prevOuts[index]!;
  const type = scriptType(script);
  const byKeyHash = (hash: Bytes): SpendFault | undefined =>
    verifyWitnessKeyHash(witness, hash, (hashType) =>
      signed.preimageWitnessV0(index, payToKeyHash(hash), hashType, amount),
    );

  switch (type) {
    case "pubkeyhash":
      if (witness.length > 0) return invalid("Witness provided for non-witness script");
      return verifyKeyHash(pushes(scriptSig), script, (hashType) =>
        // biome-ignore lint/complexity/useLiteralKeys: private in its types, and the library's one legacy digest
        signed["preimageLegacy"](index, script, hashType),
      );
    case "witness_v0_keyhash":
      if (scriptSig.length > 0) return invalid("Witness requires empty scriptSig");
      return byKeyHash(script.subarray(2));
    case "scripthash": {
      const redeem = pushes(scriptSig)?.at(-1);
      if (redeem === undefined || !equalBytes(hash160(redeem), script.subarray(2, 22)))
        return invalid("Script evaluated without error but finished with a false/empty top stack element");
      if (scriptType(redeem) !== "witness_v0_keyhash") return unsupported("other P2SH scripts");
      if (!equalBytes(scriptSig, Script.encode([redeem])))
        return invalid("Witness requires only-redeemscript scriptSig");
      return byKeyHash(redeem.subarray(2));
    }
    case "witness_v1_taproot":
      if (scriptSig.length > 0) return invalid("Witness requires empty scriptSig");
      return verifyTaproot(witness, script.subarray(2), (hashType) =>
        signed.preimageWitnessV1(
          index,
          prevOuts.map((output) => output.script),
          hashType,
          prevOuts.map((output) => output.amount),
        ),
      );
    default:
      return unsupported(`scripts of type ${type}`);
  }
}

const payToKeyHash = (hash: Bytes): Bytes =>
  concatBytes(Uint8Array.of(0x76, 0xa9, 0x14), hash, Uint8Array.of(0x88, 0xac));

/** The pushed values of a script that only pushes data, each by its shortest opcode. */
function pushes(script: Bytes): Bytes[] | undefined {
  try {
    const values = Script.decode(script).filter((value) => value instanceof Uint8Array);
    return equalBytes(Script.encode(values), script) ? values : undefined;
  } catch {
    return undefined;
  }
}

function verifyKeyHash(
  stack: readonly Bytes[] | undefined,
  script: Bytes,
  digest: (hashType: number) => Bytes,
): SpendFault | undefined {
  const [signature, key] = stack ?? [];
  if (signature === undefined || key === undefined || stack?.length !== 2)
    return invalid("Operation not valid with the current stack size");
  if (!equalBytes(hash160(key), script.subarray(3, 23)))
    return invalid("Script failed an OP_EQUALVERIFY operation");
  const compressed = key.length === 33 && (key[0] === 2 || key[0] === 3);
  if (!compressed && !(key.length === 65 && key[0] === 4))
    return invalid("Public key is neither compressed or uncompressed");
  return verifyEcdsa(signature, key, digest);
}

/** BIP 143; keys must be compressed. */
function verifyWitnessKeyHash(
  witness: readonly Bytes[],
  hash: Bytes,
  digest: (hashType: number) => Bytes,
): SpendFault | undefined {
  const [signature, key] = witness;
  if (signature === undefined || key === undefined)
    return invalid("Witness program was passed an empty witness");
  if (witness.length !== 2 || !equalBytes(hash160(key), hash))
    return invalid("Witness program hash mismatch");
  if (key.length !== 33 || (key[0] !== 2 && key[0] !== 3))
    return invalid("Using non-compressed keys in segwit");
  return verifyEcdsa(signature, key, digest);
}

/** Strict DER (BIP 66), low S, and a defined hash type behind it. */
function verifyEcdsa(
  signature: Bytes,
  key: Bytes,
  digest: (hashType: number) => Bytes,
): SpendFault | undefined {
  const hashType = signature.at(-1);
  if (hashType === undefined) return invalid(BAD_SIGNATURE);
  if (!ECDSA_HASH_TYPES.includes(hashType)) return invalid("Signature hash type missing or not understood");
  try {
    const der = signature.subarray(0, -1);
    const options = { prehash: false, lowS: true, format: "der" } as const;
    return secp256k1.verify(der, digest(hashType), key, options) ? undefined : invalid(BAD_SIGNATURE);
  } catch {
    return invalid("Non-canonical DER signature");
  }
}

/** BIP 341, spending by the key: one signature of 64 bytes, or of 65 with its hash type. */
function verifyTaproot(
  witness: readonly Bytes[],
  key: Bytes,
  digest: (hashType: number) => Bytes,
): SpendFault | undefined {
  const [signature] = witness;
  if (signature === undefined) return invalid("Witness program was passed an empty witness");
  if (witness.length > 1) return unsupported("P2TR by a script or with an annex");
  if (signature.length !== 64 && signature.length !== 65) return invalid("Invalid Schnorr signature size");
  const hashType = signature[64] ?? 0;
  if (!TAPROOT_HASH_TYPES.includes(hashType) || (signature.length === 65 && hashType === 0))
    return invalid("Invalid Schnorr signature hash type");
  try {
    const good = schnorr.verify(signature.subarray(0, 64), digest(hashType), key);
    return good ? undefined : invalid("Invalid Schnorr signature");
  } catch {
    // BIP 341 has no digest for SIGHASH_SINGLE without an output of that index.
    return invalid("Invalid Schnorr signature hash type");
  }
}
