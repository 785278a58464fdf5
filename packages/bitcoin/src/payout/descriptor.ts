import { secp256k1 } from "@noble/curves/secp256k1.js";
import { HDKey } from "@scure/bip32";
import { p2pkh, p2sh, p2tr, p2wpkh } from "@scure/btc-signer";
import { BitcoinError } from "../errors.ts";
import { addressPrefixes, type Network } from "../network.ts";
import { descriptorChecksum } from "./descriptor-checksum.ts";
import { checkDestination } from "./destination.ts";

// Output script descriptors (BIP-380 to 386) of one key, without private keys.

export type Descriptor = {
  /** With its checksum. */
  readonly text: string;
  /** Whether it has another address at each index. */
  readonly isRange: boolean;
  /** Index 0 to 2^31 - 1; the same address at all of them where it is no range. About a millisecond. */
  readonly addressAt: (index: number) => string;
};

type Form = "wpkh" | "tr" | "pkh" | "sh(wpkh)";
type PublicKeyAt = (index: number) => Uint8Array;

const MOST_INDEX = 2 ** 31;

/** kernel/chainparams.cpp of Bitcoin Core: xpub, and tpub for every test network. */
const XPUB = { private: 0x0488ade4, public: 0x0488b21e };
const TPUB = { private: 0x04358394, public: 0x043587cf };

/** The text itself is never told: it may hold a private key by mistake. */
const invalid = (reason: string): BitcoinError =>
  new BitcoinError("descriptor_invalid", `That descriptor cannot be used: ${reason}`);

const withoutChecksum = (given: string): string => {
  const [text, checksum, ...more] = given.split("#");
  const expected = descriptorChecksum(text!);
  if (expected === undefined) throw invalid("it has a character that none can have");
  if (more.length > 0 || (checksum !== undefined && checksum !== expected))
    throw invalid("its checksum does not fit");
  return text!;
};

const ORIGIN = /^\[[0-9a-f]{8}(?:\/\d+[h'H]?)*\]/i;
const PRIVATE = /^(?:[a-z]prv|[5KLc9][1-9A-HJ-NP-Za-km-z]{50,51}$)/;

const plainKey = (hex: string, form: Form): Uint8Array => {
  // BIP-386: only tr() takes a key without its sign.
  const compressed = form === "tr" && hex.length === 64 ? `02${hex}` : hex;
  if (!/^0[23]/.test(compressed) || compressed.length !== 66)
    throw invalid("its public key is not a compressed one");
  try {
    return secp256k1.Point.fromHex(compressed).toBytes(true);
  } catch {
    throw invalid("its public key is not on the curve");
  }
};

const extendedKey = (text: string, network: Network): HDKey => {
  try {
    return HDKey.fromExtendedKey(text, network === "mainnet" ? XPUB : TPUB);
  } catch {
    throw invalid(`its extended public key is damaged or not of ${network}`);
  }
};

const step = (text: string): number => {
  if (/[h'H]$/.test(text)) throw invalid("a hardened step cannot be derived from a public key");
  const index = Number(text);
  if (!/^\d+$/.test(text) || index >= MOST_INDEX)
    throw invalid("its path has a step that is no number and no *");
  return index;
};

/** KEY of BIP-380: its origin is only for signers. */
const readKey = (
  given: string,
  form: Form,
  network: Network,
): { isRange: boolean; publicKeyAt: PublicKeyAt } => {
  const text = given.replace(ORIGIN, "");
  if (text.startsWith("[")) throw invalid("its key origin cannot be read");
  if (PRIVATE.test(text)) throw invalid("it holds a private key; give the public one");
  if (/^[0-9a-f]+$/i.test(text)) {
    const key = plainKey(text, form);
    return { isRange: false, publicKeyAt: () => key };
  }
  const [extended, ...path] = text.split("/");
  const isRange = path.at(-1) === "*";
  const steps = (isRange ? path.slice(0, -1) : path).map(step);
  const parent = steps.reduce((key, index) => key.deriveChild(index), extendedKey(extended!, network));
  return {
    isRange,
    publicKeyAt: (index) => (isRange ? parent.deriveChild(index) : parent).publicKey!,
  };
};

const addressOf = (form: Form, publicKey: Uint8Array, network: Network): string => {
  const prefixes = addressPrefixes[network];
  switch (form) {
    case "wpkh":
      return p2wpkh(publicKey, prefixes).address!;
    case "tr":
      return p2tr(publicKey.subarray(1), undefined, prefixes).address!;
    case "pkh":
      return p2pkh(publicKey, prefixes).address!;
    case "sh(wpkh)":
      return p2sh(p2wpkh(publicKey, prefixes), prefixes).address!;
  }
};

/** The addresses that the text between the outer brackets stands for. */
const readExpression = (text: string, network: Network): Pick<Descriptor, "isRange" | "addressAt"> => {
  const [, address] = /^addr\((.*)\)$/.exec(text) ?? [];
  if (address !== undefined) {
    const destination = checkDestination(address, network);
    if (destination.refused !== undefined) throw invalid(`its address is ${destination.refused}`);
    return { isRange: false, addressAt: () => destination.address };
  }
  const [, nested] = /^sh\(wpkh\(([^(),{}]*)\)\)$/.exec(text) ?? [];
  const [, name, direct] = /^(wpkh|tr|pkh)\(([^(),{}]*)\)$/.exec(text) ?? [];
  const form = nested === undefined ? (name as Form | undefined) : "sh(wpkh)";
  const key = nested ?? direct;
  if (form === undefined || key === undefined)
    throw invalid("it must be wpkh(), tr(), sh(wpkh()) or pkh() of one key, or addr()");
  const { isRange, publicKeyAt } = readKey(key, form, network);
  return { isRange, addressAt: (index) => addressOf(form, publicKeyAt(index), network) };
};

/**
 * Reads wpkh(), tr() by its key, sh(wpkh()) or pkh() of a compressed or extended public key, or addr(), with or without
 * checksum. Throws BitcoinError `descriptor_invalid`.
 */
export const parseDescriptor = (given: string, network: Network): Descriptor => {
  const text = withoutChecksum(given.trim());
  const { isRange, addressAt } = readExpression(text, network);
  addressAt(0);
  return Object.freeze({
    text: `${text}#${descriptorChecksum(text)}`,
    isRange,
    addressAt: (index: number): string => {
      if (!Number.isInteger(index) || index < 0 || index >= MOST_INDEX)
        throw new RangeError(`not an address index: ${index}`);
      return addressAt(index);
    },
  });
};
