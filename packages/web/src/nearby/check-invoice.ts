import { decodeAddress, type NearbyInvoice, readObject, verifyMessage } from "@coinholder/protocol";

/** The script that an address stands for, as text; segwit addresses may be written in two ways. */
const scriptOf = (text: unknown): string | undefined => {
  const decoded = typeof text === "string" ? decodeAddress(text) : undefined;
  return decoded === undefined || "error" in decoded ? undefined : decoded.script.join();
};

const sameMembers = (a: object, b: object): boolean => {
  const given: Record<string, unknown> = { ...b };
  const names = Object.keys(a);
  return (
    names.length === Object.keys(given).length &&
    names.every((name) => Object.hasOwn(given, name) && (a as Record<string, unknown>)[name] === given[name])
  );
};

const isObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export type SignedInvoice = Pick<
  NearbyInvoice,
  "btc_address" | "amount" | "currency" | "info" | "invoice_json" | "signature"
>;

/**
 * Whether the invoice's own address signed its text (BIP-322), and the text says what is shown of it: a hub that tells another amount
 * or memo than was signed is not believed.
 */
export const checkInvoice = (invoice: SignedInvoice): boolean => {
  const { amount, btc_address, currency, info, invoice_json, signature } = invoice;
  const read = readObject(invoice_json);
  if ("problem" in read) return false;
  const { btc_address: signer, info: signedInfo = {}, ...rest } = read.object;
  const script = scriptOf(signer);
  if (script === undefined || script !== scriptOf(btc_address)) return false;
  if (!isObject(signedInfo) || !sameMembers(signedInfo, info)) return false;
  if (!sameMembers(rest, { amount, currency })) return false;
  return verifyMessage(btc_address, invoice_json, signature).result === "valid";
};
