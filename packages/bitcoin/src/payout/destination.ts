import { bech32m } from "@scure/base";
import { Address, OutScript } from "@scure/btc-signer";
import { addressPrefixes, NETWORKS, type Network } from "../network.ts";

/**
 * Why an address cannot be paid:
 * - `malformed`: no address at all, a typing error, or a taproot key that nobody can spend from;
 * - `mixed_case`: a bech32 address in upper and lower case;
 * - `wrong_network`: an address of another network;
 * - `pay_to_anchor`: anyone can take what is paid there (BIP-433);
 * - `unknown_witness_version`: of rules that do not exist yet: until then anyone can take it (BIP-350).
 */
export type DestinationRefusal =
  | "malformed"
  | "mixed_case"
  | "wrong_network"
  | "pay_to_anchor"
  | "unknown_witness_version";

export type Destination = {
  refused?: undefined;
  /** As it is written in one way only: bech32 in lower case. */
  address: string;
  script: Uint8Array;
  /** Satoshi: nodes do not relay an output of less. */
  dustLimit: number;
};

/**
 * GetDustThreshold in policy/policy.cpp of Bitcoin Core, at its default of 3 sat/vB: the output and what spending it costs.
 * P2PKH 546, P2SH 540, P2WPKH 294, P2WSH and P2TR 330.
 */
export const dustLimit = (script: Uint8Array): number => {
  const version = script[0]!;
  const isWitnessProgram =
    script.length >= 4 &&
    script.length <= 42 &&
    (version === 0 || (version >= 0x51 && version <= 0x60)) &&
    script[1] === script.length - 2;
  const spending = 32 + 4 + 1 + (isWitnessProgram ? Math.floor(107 / 4) : 107) + 4;
  return 3 * (8 + 1 + script.length + spending);
};

/** The descriptor of an address of this network, or undefined. */
const decode = (address: string, network: Network) => {
  try {
    return Address(addressPrefixes[network]).decode(address);
  } catch {
    return undefined;
  }
};

/** The prefix of a valid bech32m address whose witness version, or length in version 1, has no rules yet. */
const unknownWitnessPrefix = (lower: string): string | undefined => {
  const decoded = bech32m.decodeUnsafe(lower, 90);
  if (decoded === undefined || decoded.words[0]! < 1 || decoded.words[0]! > 16) return undefined;
  const program = bech32m.fromWordsUnsafe(decoded.words.slice(1));
  return program && program.length >= 2 && program.length <= 40 ? decoded.prefix : undefined;
};

const refusalOf = (canonical: string, network: Network): DestinationRefusal => {
  if (NETWORKS.some((other) => other !== network && decode(canonical, other))) return "wrong_network";
  const prefix = unknownWitnessPrefix(canonical);
  if (prefix === undefined) return "malformed";
  if (prefix === addressPrefixes[network].bech32) return "unknown_witness_version";
  return NETWORKS.some((other) => addressPrefixes[other].bech32 === prefix) ? "wrong_network" : "malformed";
};

/** Whether and how an address can be paid on this network. */
export const checkDestination = (
  address: string,
  network: Network,
): Destination | { refused: DestinationRefusal } => {
  const lower = address.toLowerCase();
  const isBech32 = /^(bc|tb|bcrt)1/.test(lower);
  if (isBech32 && address !== lower && address !== address.toUpperCase()) return { refused: "mixed_case" };
  const canonical = isBech32 ? lower : address;
  const decoded = decode(canonical, network);
  if (decoded === undefined) return { refused: refusalOf(canonical, network) };
  if (decoded.type === "p2a") return { refused: "pay_to_anchor" };
  try {
    const script = OutScript.encode(decoded);
    return { address: canonical, script, dustLimit: dustLimit(script) };
  } catch {
    return { refused: "malformed" }; // a taproot key that is not on the curve
  }
};
