import { decodeAddress } from "@coinholder/protocol";

/** BIP-84 and BIP-86: what our own addresses can be. */
export type AddressType = "p2wpkh" | "p2tr";

export const ADDRESS_TYPES: readonly AddressType[] = ["p2wpkh", "p2tr"];

/** Of an address that is our own. Throws RangeError for what is no address, and for other kinds: we have none of those. */
export const typeOfAddress = (address: string): AddressType => {
  const decoded = decodeAddress(address);
  const type = "error" in decoded ? undefined : decoded.type;
  if (type !== "p2wpkh" && type !== "p2tr") throw new RangeError("not an address of a wallet like ours");
  return type;
};
