import { createHmac } from "node:crypto";
import { schnorr, secp256k1 } from "@noble/curves/secp256k1.js";
import { bech32, bech32m } from "@scure/base";
import type { HDKey } from "@scure/bip32";
import { hash160 } from "@scure/btc-signer/utils.js";
import type { AddressType } from "./address-type.ts";

const { Point } = secp256k1;
type Point = InstanceType<typeof Point>;

export type WalletAddress = { address: string; script: Uint8Array };

/** Children from 2^31 on are hardened: a public key has none of those. */
export const HARDENED = 2 ** 31;

export const assertIndex = (index: number): void => {
  if (!Number.isInteger(index) || index < 0 || index >= HARDENED)
    throw new RangeError(`not an address index: ${index}`);
};

/**
 * Public keys and addresses of one branch. The parent is kept as a point: HDKey, and whatever makes an address of a key from
 * outside, takes a square root at each step to see whether it is one, and a rescan derives thousands.
 */
export type PublicBranch = {
  /** 33 bytes. */
  readonly key: (index: number) => Uint8Array;
  readonly address: (index: number) => WalletAddress;
};

const number = (bytes: Uint8Array): bigint => Point.Fn.fromBytes(bytes);
const byGenerator = (bytes: Uint8Array): Point => Point.BASE.multiplyUnsafe(number(bytes));

/** The output key of BIP-341 with nothing but the key to spend it: x-only. */
const taprootOutput = (internal: Point): Uint8Array => {
  const bytes = internal.toBytes(true);
  const x = bytes.subarray(1);
  const even = bytes[0] === 2 ? internal : internal.negate();
  const tweak = byGenerator(schnorr.utils.taggedHash("TapTweak", x));
  return even.add(tweak).toBytes(true).subarray(1);
};

/** A witness program (BIP-141) as script, and as address of BIP-173, or BIP-350 from version 1 on. */
const segwit = (version: 0 | 1, program: Uint8Array, prefix: string): WalletAddress => {
  const { encode, toWords } = version === 0 ? bech32 : bech32m;
  return {
    address: encode(prefix, [version, ...toWords(program)]),
    script: Uint8Array.from([version === 0 ? 0x00 : 0x51, program.length, ...program]),
  };
};

/**
 * @param branch BIP-32's; its private key is not looked at
 * @param prefix of the network's addresses
 */
export const openPublicBranch = (
  { publicKey, chainCode }: HDKey,
  type: AddressType,
  prefix: string,
): PublicBranch => {
  const parent = Point.fromBytes(publicKey!);

  /** CKDpub of BIP-32. Throws at the indices that have no key, one in 2^127. */
  const child = (index: number): Point => {
    assertIndex(index);
    const at = Buffer.alloc(4);
    at.writeUInt32BE(index);
    const derived = createHmac("sha512", chainCode!).update(publicKey!).update(at).digest();
    return byGenerator(derived.subarray(0, 32)).add(parent);
  };

  return {
    key: (index) => child(index).toBytes(true),
    address: (index) => {
      const key = child(index);
      return type === "p2wpkh"
        ? segwit(0, hash160(key.toBytes(true)), prefix)
        : segwit(1, taprootOutput(key), prefix);
    },
  };
};
