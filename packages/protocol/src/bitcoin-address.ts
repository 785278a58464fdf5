import { sha256 } from "@noble/hashes/sha2.js";
import { bech32, bech32m, createBase58check } from "@scure/base";

/** "testnet" stands for testnet3, testnet4 and signet: their addresses look the same. */
export type Network = "mainnet" | "testnet" | "regtest";

/** What a scriptPubKey asks for. `data` is the hash (p2pkh, p2sh: 20 bytes) or the witness program (2 to 40 bytes). */
export type ScriptTemplate =
  | { readonly type: "p2pkh"; readonly data: Uint8Array }
  | { readonly type: "p2sh"; readonly data: Uint8Array }
  | {
      readonly type: "p2wpkh" | "p2wsh" | "p2tr" | "witness_unknown";
      /** Witness version, 0 to 16. */
      readonly version: number;
      readonly data: Uint8Array;
    };

export type DecodedAddress = {
  /** Where the address can be used. The base58 versions of testnet and regtest are the same, so it can be both. */
  readonly networks: readonly Network[];
  readonly type: ScriptTemplate["type"];
  /** The scriptPubKey that the address stands for. */
  readonly script: Uint8Array;
};

export type AddressError = { readonly error: "malformed" | "mixed_case" };

type Base58Version = {
  readonly version: number;
  readonly type: "p2pkh" | "p2sh";
  readonly networks: readonly Network[];
};

const BASE58_VERSIONS: readonly Base58Version[] = [
  { version: 0x00, type: "p2pkh", networks: ["mainnet"] },
  { version: 0x05, type: "p2sh", networks: ["mainnet"] },
  { version: 0x6f, type: "p2pkh", networks: ["testnet", "regtest"] },
  { version: 0xc4, type: "p2sh", networks: ["testnet", "regtest"] },
];

const HRP: Readonly<Record<Network, string>> = { mainnet: "bc", testnet: "tb", regtest: "bcrt" };

/** BIP-173: no segwit address is longer. Checked before any decoding, whose time grows with the square. */
const MAX_ADDRESS_CHARS = 90;
const MALFORMED: AddressError = { error: "malformed" };

const base58check = createBase58check(sha256);

const concat = (...parts: readonly (Uint8Array | readonly number[])[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...part]));

/** The scriptPubKey of a template: the reverse of `templateOfScript`. */
export const scriptOfTemplate = (template: ScriptTemplate): Uint8Array => {
  if (template.type === "p2pkh") return concat([0x76, 0xa9, 0x14], template.data, [0x88, 0xac]);
  if (template.type === "p2sh") return concat([0xa9, 0x14], template.data, [0x87]);
  const opcode = template.version === 0 ? 0x00 : 0x50 + template.version;
  return concat([opcode, template.data.length], template.data);
};

/** BIP-141, BIP-341: what kind of output a witness version and program make; undefined when none could be spent. */
const witnessTemplate = (version: number, data: Uint8Array): ScriptTemplate | undefined => {
  if (version > 16 || data.length < 2 || data.length > 40) return undefined;
  if (version === 0) {
    if (data.length === 20) return { type: "p2wpkh", version, data };
    return data.length === 32 ? { type: "p2wsh", version, data } : undefined;
  }
  return { type: version === 1 && data.length === 32 ? "p2tr" : "witness_unknown", version, data };
};

/** The template of a scriptPubKey that has an address; undefined for every other script. */
export const templateOfScript = (script: Uint8Array): ScriptTemplate | undefined => {
  const has = (at: number, ...bytes: number[]): boolean => bytes.every((byte, i) => script[at + i] === byte);
  if (script.length === 25 && has(0, 0x76, 0xa9, 0x14) && has(23, 0x88, 0xac))
    return { type: "p2pkh", data: script.slice(3, 23) };
  if (script.length === 23 && has(0, 0xa9, 0x14) && has(22, 0x87))
    return { type: "p2sh", data: script.slice(2, 22) };
  const [opcode, length] = script;
  if (opcode === undefined || length !== script.length - 2) return undefined;
  if (opcode !== 0x00 && (opcode < 0x51 || opcode > 0x60)) return undefined;
  return witnessTemplate(opcode === 0x00 ? 0 : opcode - 0x50, script.slice(2));
};

const decodeSegwit = (text: string): DecodedAddress | AddressError => {
  const lower = text.toLowerCase();
  if (text !== lower && text !== text.toUpperCase()) return { error: "mixed_case" };
  const v0 = bech32.decodeUnsafe(lower, MAX_ADDRESS_CHARS);
  const decoded = v0 ?? bech32m.decodeUnsafe(lower, MAX_ADDRESS_CHARS);
  const version = decoded?.words[0];
  if (decoded === undefined || version === undefined) return MALFORMED;
  // BIP-350: version 0 is written in bech32, every later one in bech32m.
  if ((version === 0) !== (v0 !== undefined)) return MALFORMED;
  const networks = (Object.keys(HRP) as Network[]).filter((network) => HRP[network] === decoded.prefix);
  const program = bech32.fromWordsUnsafe(decoded.words.slice(1));
  const template = program instanceof Uint8Array ? witnessTemplate(version, program) : undefined;
  if (networks.length === 0 || template === undefined) return MALFORMED;
  return { networks, type: template.type, script: scriptOfTemplate(template) };
};

const base58Payload = (text: string): Uint8Array | undefined => {
  try {
    return base58check.decode(text);
  } catch {
    return undefined;
  }
};

const decodeBase58 = (text: string): DecodedAddress | AddressError => {
  const payload = base58Payload(text);
  const kind = BASE58_VERSIONS.find(({ version }) => version === payload?.[0]);
  if (payload?.length !== 21 || kind === undefined) return MALFORMED;
  const script = scriptOfTemplate({ type: kind.type, data: payload.slice(1) });
  return { networks: kind.networks, type: kind.type, script };
};

/**
 * Reads a Bitcoin address of any network: base58check (p2pkh, p2sh) or bech32/bech32m (BIP-173, BIP-350).
 * Never throws. `mixed_case`: a segwit address that mixes capital and small letters, a likely slip of a
 * person who typed it. Being decodable does not make an address payable: see `isPayToAnchor`, and
 * `witness_unknown`, which anyone may be able to spend.
 */
export const decodeAddress = (text: string): DecodedAddress | AddressError => {
  if (text.length > MAX_ADDRESS_CHARS) return MALFORMED;
  return /^(bc|tb|bcrt)1/i.test(text) ? decodeSegwit(text) : decodeBase58(text);
};

/** The address of a scriptPubKey on a network; undefined when the script has none. */
export const addressOfScript = (script: Uint8Array, network: Network): string | undefined => {
  const template = templateOfScript(script);
  if (template === undefined) return undefined;
  if (template.type === "p2pkh" || template.type === "p2sh") {
    const kind = BASE58_VERSIONS.find((k) => k.type === template.type && k.networks.includes(network));
    return kind && base58check.encode(concat([kind.version], template.data));
  }
  const coder = template.version === 0 ? bech32 : bech32m;
  return coder.encode(HRP[network], [template.version, ...coder.toWords(template.data)]);
};

/** Whether a scriptPubKey is the pay-to-anchor output (`OP_1 0x4e73`): anyone can spend it, so it must never be paid. */
export const isPayToAnchor = (script: Uint8Array): boolean =>
  script.length === 4 && script[0] === 0x51 && script[1] === 0x02 && script[2] === 0x4e && script[3] === 0x73;
