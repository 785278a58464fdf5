import { type Amount, type OptionText, type Refusal, refusal, verifyOption } from "@coinholder/protocol";
import type { InvoiceText } from "../invoice-text.ts";
import { unreachable } from "./claim.ts";
import { exactly, satoshi } from "./decimals.ts";
import { hubUrl } from "./hub-url.ts";
import { isPassing, type Peer } from "./peer.ts";

type Refused = { readonly refused: Refusal };

/** An option that this hub bought at the payee's, to pay an invoice there. */
export interface Bought {
  readonly json: string;
  readonly signature: string;
  /** Satoshi that it takes. */
  readonly give: Amount;
  readonly expires: number;
  /** Whether that hub would take the coins before they confirm. */
  readonly acceptsUnconfirmed: boolean;
}

/** For who pays the same invoice of the same hub within the life of an option that was bought, and not used. */
export interface Purchases {
  readonly buy: (peer: Peer, invoice: InvoiceText, json: string, due: string) => Promise<Bought | Refused>;
  /** It went with a payment: nobody else may use it. */
  readonly used: (peer: Peer, json: string, due: string) => void;
}

/** An option that ends sooner is of no use: the coins have to arrive. By the buyer's clock. */
export const LEAST_LEFT_MS = 5_000;
const MOST_KEPT = 10_000;

const optionRefused = (reason: string): Refused => ({ refused: refusal("option_refused", { reason }) });

/** Whether what was sold is what was asked for: by that hub, for that invoice, for what is due of it. */
export const checkOption = (
  option: OptionText,
  { btc_address, currency }: InvoiceText,
  peerUrl: string,
  due: string,
  now: number,
): { give: Amount } | { problem: string } => {
  const give = satoshi(option.trade_amt);
  if (hubUrl(option.issuer_url) !== hubUrl(peerUrl)) return { problem: "other_issuer" };
  if (option.btc_address !== btc_address) return { problem: "other_address" };
  if (option.trade_cur !== "BTC" || option.for_cur !== currency || give === undefined)
    return { problem: "other_currency" };
  if (exactly(option.for_amt) !== exactly(due)) return { problem: "other_amount" };
  if (/[1-9]/.test(option.premium)) return { problem: "premium" };
  return option.expires_t < now + LEAST_LEFT_MS ? { problem: "expires_too_soon" } : { give };
};

const ask = async (peer: Peer, invoice: InvoiceText, due: string): Promise<Bought | Refused> => {
  const { btc_address, currency } = invoice;
  const params = { trade_cur: "BTC", for_cur: currency, for_amt: due, btc_address };
  const told = await peer.callAsIdentity("buy-option", params);
  if (!("answer" in told)) {
    if ("problem" in told) return unreachable(told.problem);
    return isPassing(told) ? unreachable(told.refused) : optionRefused(told.refused);
  }
  const { accepts_unconfirmed, option_json: json, signature } = told.answer;
  if (typeof json !== "string" || typeof signature !== "string") return optionRefused("malformed");
  const verdict = verifyOption(json, signature, peer.publicKey);
  if (verdict.result !== "valid") return optionRefused(verdict.reason);
  const checked = checkOption(verdict.option, invoice, peer.url, due, Date.now());
  if ("problem" in checked) return optionRefused(checked.problem);
  const { give } = checked;
  const acceptsUnconfirmed = accepts_unconfirmed === true;
  return { json, signature, give, expires: verdict.option.expires_t, acceptsUnconfirmed };
};

/** One option for an invoice at a time: a retry after a refusal does not bind another one there. */
export const makePurchases = (): Purchases => {
  const kept = new Map<string, Promise<Bought | Refused>>();
  const isOfUse = (one: Bought | Refused): boolean =>
    // The other hub may trust this one more by now.
    !("refused" in one) && one.acceptsUnconfirmed && one.expires >= Date.now() + LEAST_LEFT_MS;
  const buy: Purchases["buy"] = async (peer, invoice, json, due) => {
    const key = `${peer.url} ${due} ${json}`;
    const known = kept.get(key);
    if (known) {
      const before = await known;
      if (isOfUse(before) && kept.get(key) === known) return before;
      if (kept.get(key) === known) kept.delete(key);
      return buy(peer, invoice, json, due);
    }
    const asked = ask(peer, invoice, due);
    kept.set(key, asked);
    if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
    return asked;
  };
  return {
    buy,
    used: (peer, json, due) => {
      kept.delete(`${peer.url} ${due} ${json}`);
    },
  };
};
