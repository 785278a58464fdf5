import { signCall } from "@coinholder/protocol";
import { base64 } from "@scure/base";

/** A key in WebCrypto's keeping. (The global type of that name is there with the DOM's types only.) */
export type KeptKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** An HMAC authkey's key: base64, or a key that WebCrypto keeps and nobody can read out (`importKey`). */
export type SigningKey = string | KeptKey;

/**
 * Gives an authkey's key into WebCrypto's keeping: it signs and can be stored (IndexedDB), and no script gets it out
 * again. `keyBase64` should be forgotten afterwards.
 */
export const importKey = (keyBase64: string): Promise<KeptKey> =>
  crypto.subtle.importKey(
    "raw",
    base64.decode(keyBase64) as Uint8Array<ArrayBuffer>,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );

/** X-Signature of these bytes, base64. */
export const signBytes = async (key: SigningKey, bytes: Uint8Array<ArrayBuffer>): Promise<string> =>
  typeof key === "string"
    ? signCall(key, bytes)
    : base64.encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)));
