import { addressNetwork } from "@coinholder/bitcoin";
import {
  availableOf,
  BTC,
  currencyIndex,
  dueInFiat,
  type Invoice,
  type OptionTerms,
} from "@coinholder/engine";
import type { Amount, Answer, Parameters, Refusal } from "@coinholder/protocol";
import { satoshi } from "../crossings/decimals.ts";
import { hubUrl } from "../crossings/hub-url.ts";
import { expireDue } from "../desk/expiry.ts";
import { dec, type Hub } from "../hub.ts";
import { checkSignature, checkTime, type InvoiceText, readInvoice } from "../invoice-text.ts";
import { byOf, type Call, carryOut, type Handler, readAmount, refused } from "./call.ts";
import { dueInBtc } from "./invoice-told.ts";
import { notQuoted, signedTerms } from "./options.ts";
import { payAcross } from "./pay-across.ts";
import { answeredBefore, destination, sendBtc, toldSent } from "./transfers.ts";

type Params = Parameters<"pay-invoice">;
type Paid = Answer<"pay-invoice"> | { refused: Refusal };

/** What is to be paid, checked as far as this hub can. */
export interface ToPay {
  readonly invoice: InvoiceText;
  /** In the hub's own writing. */
  readonly address: string;
  /** As the hub knows it, where it does. */
  readonly known: Invoice | undefined;
  /** Satoshi that it may cost, fees included. */
  readonly max: Amount | undefined;
}

/** Refuses what would cost more than the payer allows. */
export const overMax = (hub: Hub, cost: number, max: Amount | undefined): { refused: Refusal } | undefined =>
  max !== undefined && cost > max
    ? refused("price_above_limit", { price: dec(hub, BTC, cost), most: dec(hub, BTC, max) })
    : undefined;

/** One of this hub's own, in another currency: from the balance of that currency, or by an option of the desk. */
const payFiat = (call: Call, params: Params, known: Invoice, max: Amount | undefined): Paid => {
  const { hub } = call;
  const { desk, sequencer } = hub;
  const { state } = sequencer;
  const before = answeredBefore(call, params);
  if (before) return before;
  const payer = state.accounts.byId.get(call.by!.account)!.index;
  const currency = currencyIndex(state.config, known.currency)!;
  const due = dueInFiat(known);
  let via: "balance" | OptionTerms = "balance";
  if (desk && due > 0 && availableOf(state.ledger, payer, currency) < due) {
    const pair = { trade_cur: "BTC", for_cur: known.currency };
    const quoted = desk.quote(pair.trade_cur, pair.for_cur, { want: due }, sequencer.now());
    if ("terms" in quoted) {
      const { give, premium } = quoted.terms;
      const over = overMax(hub, give + premium, max);
      if (over) return over;
      expireDue(sequencer);
      via = signedTerms(hub, desk, pair, known.address, quoted.terms);
    } else if (quoted.problem !== "not_traded") return notQuoted(hub, quoted);
  }
  const command = { kind: "pay-fiat", by: byOf(call, params), address: known.address, via } as const;
  const done = carryOut<{ transfer: number; status: "done" }>(call, command, currency);
  return "refused" in done ? done : toldSent(hub, done.answer);
};

const payBtc = (call: Call, params: Params, { address, invoice, known, max }: ToPay): Paid => {
  const { hub } = call;
  const amount = satoshi(invoice.amount)!;
  const to = destination(hub, address, amount, false);
  // Whether this very call was answered before, and how the invoice stands, is for the engine to say.
  if ("refused" in to) return answeredBefore(call, params) ?? to;
  const due = known ? dueInBtc({ ...known, amount }) : amount;
  const over = overMax(hub, due + (to.inside ? 0 : to.fee), max);
  if (over) return answeredBefore(call, params) ?? over;
  const fee = to.inside ? {} : { fee: to.fee };
  return sendBtc(call, params, { address, amount: due, subtractFee: false, ...fee, invoice: true });
};

/**
 * While the other hub is asked, the same call may come again (same client_id): both hear what comes of the first, so that none is told
 * «nothing was paid» while the other still pays.
 */
const across = async (call: Call, params: Params, toPay: ToPay, at: string): Promise<Paid> => {
  const { underWay } = call.hub.across;
  const { client_id } = params;
  if (client_id === undefined) return payAcross(call, params, toPay, at);
  const key = `${call.by!.account} ${client_id}`;
  const asked = JSON.stringify(params);
  for (let other = underWay.get(key); other; other = underWay.get(key)) {
    if (other.asked === asked) return (await other.paying) as Paid;
    // Another call under this name: what comes of it decides whether this one is a conflict.
    await other.paying.catch(() => undefined);
    const before = answeredBefore(call, params);
    if (before) return before;
  }
  const paying = payAcross(call, params, toPay, at).finally(() => underWay.delete(key));
  underWay.set(key, { asked, paying });
  return paying;
};

export const payInvoice: Handler<"pay-invoice"> = (call, params): Paid | Promise<Paid> => {
  const { hub } = call;
  const { state, now } = hub.sequencer;
  const { invoice_json, max_amount, signature } = params;
  const max = max_amount === undefined ? undefined : readAmount(hub, "BTC", max_amount, "max_amount");
  if (max && "refused" in max) return max;
  const read = readInvoice(invoice_json, addressNetwork(hub.wallet.network));
  if ("refused" in read) return read;
  const { invoice, address } = read;
  const unsigned = checkSignature(address, invoice_json, signature);
  if (unsigned) return unsigned;
  const known = state.invoices.byAddress.get(address);
  const inside = state.chain.addresses.has(address);
  if (known && known.json !== invoice_json) return refused("invoice_conflict");
  if (inside && !known) return answeredBefore(call, params) ?? refused("invoice_unknown");
  // For an invoice from elsewhere that this hub never saw its own times decide.
  if (!known) {
    const late = checkTime(invoice, now());
    if (late) return answeredBefore(call, params) ?? late;
  }
  const toPay: ToPay = { invoice, address, known, max: max?.amount };
  if (inside && known!.fiat) return payFiat(call, params, known!, toPay.max);
  const { hub_url } = invoice.info;
  if (inside || (hub_url === undefined && invoice.currency === "BTC")) return payBtc(call, params, toPay);
  const before = answeredBefore(call, params);
  if (before) return before;
  if (hub_url === undefined || hubUrl(hub_url) === hubUrl(hub.publicUrl))
    return refused("invoice_not_confirmed");
  return across(call, params, toPay, hub_url);
};
