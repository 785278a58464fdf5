import { signCall } from "@coinholder/protocol";
import { base64 } from "@scure/base";

/** A key in WebCrypto's keeping. (The global type of that name is there with the DOM's types only.) */
export type KeptKey = Awaited<ReturnType<typeof crypto.subtle.importKey>>;

/** An HMAC authkey's key: base64, or a key that WebCrypto keeps and nobody can read out (`importKey`). */
export type SigningKey = string | KeptKey;

/** How the text of a key is bytes. The seed does not say: ours is base64, another hub may mean the text itself. */
export type KeyReading = "base64" | "text";

export const isBase64 = (key: string): boolean => {
  try {
    base64.decode(key);
    return true;
  } catch {
    return false;
  }
};

const bytesOf = (key: string, reading: KeyReading): Uint8Array<ArrayBuffer> =>
  (reading === "text" ? new TextEncoder().encode(key) : base64.decode(key)) as Uint8Array<ArrayBuffer>;

/**
 * Gives an authkey's key into WebCrypto's keeping: it signs and can be stored (IndexedDB), and no script gets it out
 * again. `key` should be forgotten afterwards. `reading`: `text` for a hub of another make that means the text itself.
 */
export const importKey = (key: string, reading: KeyReading = "base64"): Promise<KeptKey> =>
  crypto.subtle.importKey("raw", bytesOf(key, reading), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** X-Signature of these bytes, base64. */
export const signBytes = async (
  key: SigningKey,
  bytes: Uint8Array<ArrayBuffer>,
  reading: KeyReading = "base64",
): Promise<string> => {
  if (typeof key !== "string")
    return base64.encode(new Uint8Array(await crypto.subtle.sign("HMAC", key, bytes)));
  return signCall(reading === "text" ? base64.encode(bytesOf(key, "text")) : key, bytes);
};
