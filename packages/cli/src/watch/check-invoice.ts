import { isDeepStrictEqual } from "node:util";
import { decodeAddress, type NearbyInvoice, readObject, verifyMessage } from "@coinholder/protocol";

/** The script that an address stands for; segwit addresses may be written in two ways. */
const scriptOf = (text: unknown): Uint8Array | undefined => {
  const decoded = typeof text === "string" ? decodeAddress(text) : undefined;
  return decoded === undefined || "error" in decoded ? undefined : decoded.script;
};

/**
 * Whether the invoice's own address signed its text (BIP-322), and the text says what the hub says it does: a hub that shows
 * another amount than was signed must not be believed.
 */
export const checkInvoice = (invoice: NearbyInvoice): boolean => {
  const { amount, btc_address, currency, info, invoice_json, signature } = invoice;
  const read = readObject(invoice_json);
  if ("problem" in read) return false;
  const { btc_address: signer, info: signedInfo = {}, ...rest } = read.object;
  const script = scriptOf(signer);
  if (script === undefined || !isDeepStrictEqual(script, scriptOf(btc_address))) return false;
  if (!isDeepStrictEqual({ ...rest, info: signedInfo }, { amount, currency, info })) return false;
  return verifyMessage(btc_address, invoice_json, signature).result === "valid";
};
