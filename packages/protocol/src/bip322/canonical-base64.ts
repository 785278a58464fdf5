import { base64 } from "@scure/base";

/** The bytes of base64 as it is written in one way only (padded, the usual alphabet, no stray bits); undefined for any other text. */
export const decodeBase64 = (text: string): Uint8Array | undefined => {
  try {
    return base64.decode(text);
  } catch {
    return undefined;
  }
};
