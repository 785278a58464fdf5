import { addressOfScript, decodeAddress, type Network } from "@coinholder/protocol";

/**
 * An address of the network in the one form in which the hub knows its own. Bech32 may be written in capitals too (BIP-173,
 * for QR codes): taken for another address, a payment to a neighbour would go by chain, and one to the hub's change be lost.
 */
export const canonicalAddress = (
  text: string,
  network: Network,
): { address: string } | { problem: "malformed" | "mixed_case" | "wrong_network" } => {
  const decoded = decodeAddress(text);
  if ("error" in decoded) return { problem: decoded.error };
  if (!decoded.networks.includes(network)) return { problem: "wrong_network" };
  return { address: addressOfScript(decoded.script, network)! };
};
