import { formatAmount, parseAmount } from "@coinholder/protocol";

// BIP-21: bitcoin:<address>[?amount=<BTC>][&label=<label>][&message=<message>], values percent-encoded.

export interface PaymentLink {
  readonly address: string;
  /** BTC, as the hub takes it. */
  readonly amount?: string;
  /** Whom it is for. */
  readonly label?: string;
  readonly message?: string;
}

export type LinkProblem =
  | { readonly problem: "malformed" | "amount" | "no_address" }
  /** It needs what we do not know (`req-...`), so it must not be paid. */
  | { readonly problem: "required"; readonly name: string };

const BTC_DECIMALS = 8;
const SCHEME = /^bitcoin:(?:\/\/)?/i;
const KNOWN = ["amount", "label", "message"] as const;

export const isPaymentLink = (text: string): boolean => SCHEME.test(text.trim());

const readAmount = (text: string): string | undefined => {
  const read = parseAmount(text.replace(/^\./, "0.").replace(/\.$/, ""), BTC_DECIMALS);
  return "problem" in read ? undefined : formatAmount(read.amount, BTC_DECIMALS);
};

export const readPaymentLink = (text: string): PaymentLink | LinkProblem => {
  const body = text.trim().replace(SCHEME, "");
  const [address = "", ...rest] = body.split("?");
  if (rest.length > 1) return { problem: "malformed" };
  const found = new Map<string, string>();
  for (const pair of (rest[0] ?? "").split("&")) {
    if (pair === "") continue;
    const at = pair.indexOf("=");
    let name: string;
    let value: string;
    try {
      name = decodeURIComponent(at < 0 ? pair : pair.slice(0, at)).toLowerCase();
      value = at < 0 ? "" : decodeURIComponent(pair.slice(at + 1));
    } catch {
      return { problem: "malformed" };
    }
    if (name.startsWith("req-")) return { problem: "required", name };
    if (!(KNOWN as readonly string[]).includes(name)) continue;
    // Two amounts: nobody can say which is meant.
    if (found.has(name)) return { problem: "malformed" };
    found.set(name, value);
  }
  if (!/^[0-9a-z]+$/i.test(address)) return { problem: "no_address" };
  const typed = found.get("amount");
  const amount = typed === undefined ? undefined : readAmount(typed);
  if (typed !== undefined && amount === undefined) return { problem: "amount" };
  const label = found.get("label");
  const message = found.get("message");
  return {
    address,
    ...(amount === undefined ? {} : { amount }),
    ...(label ? { label } : {}),
    ...(message ? { message } : {}),
  };
};

export const writePaymentLink = ({ address, amount, label, message }: PaymentLink): string => {
  const params = Object.entries({ amount, label, message })
    .filter(([, value]) => value !== undefined && value !== "")
    .map(([name, value]) => `${name}=${encodeURIComponent(value!)}`);
  return `bitcoin:${address}${params.length === 0 ? "" : `?${params.join("&")}`}`;
};
