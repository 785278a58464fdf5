import { base58check, bech32, bech32m, hex } from "@scure/base";
import { Address, OutScript } from "@scure/btc-signer";
import { concatBytes, sha256 } from "@scure/btc-signer/utils.js";
import type { Bytes } from "./hash.ts";

export const REGTEST = { bech32: "bcrt", pubKeyHash: 0x6f, scriptHash: 0xc4, wif: 0xef } as const;

/** The names that Bitcoin Core gives to kinds of output script. */
export type ScriptType =
  | "pubkey"
  | "pubkeyhash"
  | "scripthash"
  | "multisig"
  | "nulldata"
  | "witness_v0_keyhash"
  | "witness_v0_scripthash"
  | "witness_v1_taproot"
  | "witness_unknown"
  | "nonstandard";

/** BIP 141: a version opcode and one push of 2 to 40 bytes. */
export function witnessProgram(script: Bytes): { version: number; program: Bytes } | undefined {
  const [op, push] = script;
  if (op === undefined || script.length < 4 || script.length > 42 || push !== script.length - 2)
    return undefined;
  if (op !== 0 && (op < 0x51 || op > 0x60)) return undefined;
  return { version: op === 0 ? 0 : op - 0x50, program: script.subarray(2) };
}

export function scriptType(script: Bytes): ScriptType {
  const witness = witnessProgram(script);
  if (witness !== undefined) {
    const { version, program } = witness;
    if (version === 0) {
      if (program.length === 20) return "witness_v0_keyhash";
      return program.length === 32 ? "witness_v0_scripthash" : "nonstandard";
    }
    return version === 1 && program.length === 32 ? "witness_v1_taproot" : "witness_unknown";
  }
  const text = hex.encode(script);
  if (/^76a914.{40}88ac$/.test(text)) return "pubkeyhash";
  if (/^a914.{40}87$/.test(text)) return "scripthash";
  if (/^(21.{66}|41.{130})ac$/.test(text)) return "pubkey";
  if (script[0] === 0x6a) return pushesOnly(script.subarray(1)) ? "nulldata" : "nonstandard";
  return bareMultisigKeys(script) > 0 ? "multisig" : "nonstandard";
}

/** Outputs that nobody can ever spend: not kept in the set of unspent coins. */
export const isUnspendable = (script: Bytes): boolean => script[0] === 0x6a || script.length > 10_000;

function pushesOnly(script: Bytes): boolean {
  let at = 0;
  while (at < script.length) {
    const op = script[at]!;
    if (op > 0x60) return false;
    if (op < 0x4c) at += 1 + op;
    else if (op === 0x4c) at += 2 + (script[at + 1] ?? 0);
    else if (op === 0x4d) at += 3 + (script[at + 1] ?? 0) + 256 * (script[at + 2] ?? 0);
    else if (op === 0x4e) return false;
    else at += 1;
  }
  return at === script.length;
}

/** How many keys a bare multisig script has; 0 when it is none, or one of more than three keys. */
function bareMultisigKeys(script: Bytes): number {
  try {
    const parts = OutScript.decode(script);
    return parts?.type === "ms" && parts.pubkeys.length <= 3 ? parts.pubkeys.length : 0;
  } catch {
    return 0;
  }
}

export function scriptToAddress(script: Bytes): string | undefined {
  const base58 = (version: number, hash: Bytes): string =>
    base58check(sha256).encode(concatBytes(Uint8Array.of(version), hash));
  const witness = witnessProgram(script);
  if (witness !== undefined) {
    const { version, program } = witness;
    if (version === 0 && program.length !== 20 && program.length !== 32) return undefined;
    const code = version === 0 ? bech32 : bech32m;
    return code.encode(REGTEST.bech32, [version, ...code.toWords(program)]);
  }
  const type = scriptType(script);
  if (type === "pubkeyhash") return base58(REGTEST.pubKeyHash, script.subarray(3, 23));
  if (type === "scripthash") return base58(REGTEST.scriptHash, script.subarray(2, 22));
  return undefined;
}

/** Undefined for whatever is not an address of the regtest network. */
export function addressToScript(address: string): Bytes | undefined {
  try {
    return OutScript.encode(Address(REGTEST).decode(address));
  } catch {
    return undefined;
  }
}
