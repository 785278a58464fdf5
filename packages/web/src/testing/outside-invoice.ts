import { type NearbyInvoice, signMessage } from "@coinholder/protocol";

// The key of BIP-322's own test vectors, and its address on the development chain. The world knows it.
const KEY = Uint8Array.from(
  "bb051cd0dda0246f33c5a9e133ebd8e7bc02a92af6c41adc131ccd7826c5b004"
    .match(/../g)!
    .map((byte) => Number.parseInt(byte, 16)),
);
export const OUTSIDE_ADDRESS = "bcrt1q9vza2e8x573nczrlzms0wvx3gsqjx7vay85cr9";

/** An invoice that no hub made, signed by its own address. */
export const outsideInvoice = (
  of: { readonly amount?: string; readonly currency?: string; readonly info?: NearbyInvoice["info"] } = {},
): Pick<NearbyInvoice, "btc_address" | "amount" | "currency" | "info" | "invoice_json" | "signature"> => {
  const invoice = {
    btc_address: OUTSIDE_ADDRESS,
    amount: of.amount ?? "0.0021",
    currency: of.currency ?? "BTC",
    info: of.info ?? {},
  };
  const invoice_json = JSON.stringify(invoice);
  return { ...invoice, invoice_json, signature: signMessage(KEY, OUTSIDE_ADDRESS, invoice_json) };
};
