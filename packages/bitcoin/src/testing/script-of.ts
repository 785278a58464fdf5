import type { Bytes } from "../devchain/hash.ts";
import { addressToScript } from "../devchain/script.ts";

/** Throws where it is no regtest address. */
export const scriptOf = (address: string): Bytes => {
  const script = addressToScript(address);
  if (script === undefined) throw new Error(`not a regtest address: ${address}`);
  return script;
};
