import { addressNetwork } from "@coinholder/bitcoin";
import {
  BTC,
  currencyIndex,
  dueInFiat,
  isPayable,
  lineCarries,
  type Option,
  type OptionTerms,
  stateOfInvoice,
  stateOfOption,
} from "@coinholder/engine";
import {
  type Amount,
  type Answer,
  type OptionText,
  type Refusal,
  signOption,
  type TimeMs,
} from "@coinholder/protocol";
import { canonicalAddress } from "../canonical-address.ts";
import type { Desk, Quoted } from "../desk/desk.ts";
import { expireDue } from "../desk/expiry.ts";
import type { ProvenIdentity } from "../http/identity-call.ts";
import { dec, type Hub } from "../hub.ts";
import { newOptionId } from "../ids.ts";
import {
  byOf,
  type Call,
  carryOut,
  firstAnswer,
  type Handlers,
  notFollowing,
  overLimit,
  readAmount,
  refused,
} from "./call.ts";

type Names = "buy-option" | "exercise-option" | "my-options";

interface Sold {
  readonly json: string;
  readonly signature: string;
}

/** @param unconfirmed whether the buyer's coins would count before they confirm: accounts of this hub have no such line */
const bought = ({ json, signature }: Sold, unconfirmed = false) => ({
  option_json: json,
  signature,
  accepts_unconfirmed: unconfirmed,
});

export const notQuoted = (hub: Hub, quoted: Exclude<Quoted, { terms: unknown }>): { refused: Refusal } => {
  switch (quoted.problem) {
    case "not_traded":
      return refused("desk_closed");
    case "too_small":
      return refused("option_size", {}, "That is too little to trade.");
    case "too_large": {
      const base = currencyIndex(hub.sequencer.state.config, quoted.base)!;
      return refused("option_size", { most: dec(hub, base, quoted.most), currency: quoted.base });
    }
    default:
      return refused("quoting_stopped", { reason: quoted.problem });
  }
};

/** The one amount that was asked for. The other is the desk's to say. */
const askedFor = (
  hub: Hub,
  params: { trade_cur: string; for_cur: string; trade_amt?: string; for_amt?: string },
): { give: Amount } | { want: Amount } | { refused: Refusal } => {
  const { config } = hub.sequencer.state;
  for (const currency of [params.trade_cur, params.for_cur])
    if (currencyIndex(config, currency) === undefined) return refused("currency_unknown", { currency });
  const { trade_amt, for_amt } = params;
  const give =
    trade_amt === undefined ? undefined : readAmount(hub, params.trade_cur, trade_amt, "trade_amt");
  if (give && "refused" in give) return give;
  const want = for_amt === undefined ? undefined : readAmount(hub, params.for_cur, for_amt, "for_amt");
  if (want && "refused" in want) return want;
  if (give && want)
    return refused(
      "param_invalid",
      { param: "for_amt" },
      "Give trade_amt or for_amt: the other is the desk's to say.",
    );
  if (give) return { give: give.amount };
  if (want) return { want: want.amount };
  return refused("param_missing", { param: "trade_amt" }, "Give trade_amt or for_amt.");
};

type Pair = { readonly trade_cur: string; readonly for_cur: string };
type QuotedTerms = Extract<Quoted, { terms: unknown }>["terms"];

/** The option's text for the desk's terms, signed, as the engine takes it. */
export const signedTerms = (
  hub: Hub,
  desk: Desk,
  { for_cur, trade_cur }: Pair,
  address: string,
  { give, want, premium }: QuotedTerms,
): OptionTerms => {
  const { state, now } = hub.sequencer;
  const [gives, wants] = [trade_cur, for_cur].map((code) => currencyIndex(state.config, code)!);
  const expires = (now() + desk.lifeMs) as TimeMs;
  const id = newOptionId();
  const text: OptionText = {
    option_id: id,
    issuer_url: hub.publicUrl,
    btc_address: address,
    trade_amt: dec(hub, gives!, give),
    trade_cur,
    for_amt: dec(hub, wants!, want),
    for_cur,
    premium: premium === 0 ? "0" : dec(hub, gives!, premium),
    expires_t: expires,
  };
  const json = JSON.stringify(text);
  return {
    id,
    issuer: desk.account,
    give,
    giveCurrency: trade_cur,
    want,
    wantCurrency: for_cur,
    premium,
    expires,
    json,
    signature: signOption(json, hub.identity.key().sign),
  };
};

/** Sells it to the caller, with an address of its own. */
const sell = (
  call: Call,
  desk: Desk,
  params: Pair,
  quoted: QuotedTerms,
): { answer: Sold } | { refused: Refusal } => {
  const { hub } = call;
  const { state } = hub.sequencer;
  const index = state.chain.nextReceive;
  const { address } = hub.addresses.take(index);
  return carryOut<Sold>(
    call,
    {
      kind: "sell-option",
      by: byOf(call, params),
      address,
      index,
      ...signedTerms(hub, desk, params, address, quoted),
    },
    currencyIndex(state.config, params.trade_cur)!,
  );
};

/**
 * Sells it to another hub that is to pay an invoice of this one: for what is due of it, in BTC, on the invoice's address. The desk's
 * premium is in the price.
 */
const sellToIdentity = (
  call: Call,
  identity: ProvenIdentity,
  params: Pair & { for_amt?: string; trade_amt?: string; btc_address?: string; client_id?: string },
): Answer<"buy-option"> | { refused: Refusal } => {
  const { hub } = call;
  const { sequencer, desk } = hub;
  const { state } = sequencer;
  for (const name of ["trade_amt", "client_id"] as const)
    if (params[name] !== undefined)
      return refused("param_invalid", { param: name }, `${name} is for accounts of this hub.`);
  for (const name of ["btc_address", "for_amt"] as const)
    if (params[name] === undefined) return refused("param_missing", { param: name });
  if (params.trade_cur !== "BTC")
    return refused("param_invalid", { param: "trade_cur" }, "Another hub pays BTC.");
  const want = readAmount(hub, params.for_cur, params.for_amt!, "for_amt");
  if ("refused" in want) return want;
  const canonical = canonicalAddress(params.btc_address!, addressNetwork(hub.wallet.network));
  const invoice = "address" in canonical ? state.invoices.byAddress.get(canonical.address) : undefined;
  if (invoice?.owner === undefined) return refused("invoice_unknown");
  const t = sequencer.now();
  const standing = stateOfInvoice(invoice, t);
  if (standing === "withdrawn") return refused("invoice_withdrawn");
  if (standing === "expired" || !isPayable(invoice)) return refused("invoice_not_open", { state: standing });
  if (!invoice.fiat || invoice.currency !== params.for_cur)
    return refused("param_invalid", { param: "for_cur" }, "The invoice is in another currency.");
  if (want.amount !== dueInFiat(invoice))
    return refused("param_invalid", { param: "for_amt" }, "That is not what is due of the invoice.");
  if (!desk) return refused("desk_closed");
  const quoted = desk.quote("BTC", params.for_cur, { want: want.amount }, t);
  if ("problem" in quoted) return notQuoted(hub, quoted);
  const stopped = notFollowing(hub);
  if (stopped) return stopped;
  expireDue(sequencer);
  const { premium, ...terms } = quoted.terms;
  const give = (terms.give + premium) as Amount;
  const all = { ...terms, give, premium: 0 as Amount };
  const { address } = invoice;
  const sold = carryOut<Sold>(call, {
    kind: "sell-option",
    to: { identity: identity.key, url: identity.url },
    address,
    ...signedTerms(hub, desk, params, address, all),
  });
  if ("refused" in sold) return sold;
  return bought(sold.answer, lineCarries(state, identity.key, give, t));
};

const told = (hub: Hub, option: Option, t: TimeMs) => {
  const { give, giveCurrency, received, want, wantCurrency } = option;
  const { currencies } = hub.sequencer.state.config;
  return {
    option_id: option.id,
    state: stateOfOption(option, t),
    t: option.t,
    btc_address: option.address,
    trade_amt: dec(hub, giveCurrency, give),
    trade_cur: currencies[giveCurrency]!.code,
    for_amt: dec(hub, wantCurrency, want),
    for_cur: currencies[wantCurrency]!.code,
    premium: dec(hub, giveCurrency, option.premium),
    expires_t: option.expires,
    option_json: option.json,
    signature: option.signature,
    ...(received > 0 ? { received: dec(hub, BTC, received) } : {}),
  };
};

export const optionHandlers: Handlers<Names> = {
  "buy-option": (call, params) => {
    const { hub } = call;
    const { desk, sequencer } = hub;
    if (call.identity) return sellToIdentity(call, call.identity, params);
    const asked = askedFor(hub, params);
    if ("refused" in asked) return asked;
    if (params.btc_address !== undefined)
      return refused("param_invalid", { param: "btc_address" }, "An account's option has its own address.");
    // The price may be another one by now, or none: a retry gets its first answer all the same.
    const first = firstAnswer<Sold>(call, params);
    if (first) return "refused" in first ? first : bought(first.answer);
    if (!desk) return refused("desk_closed");
    const quoted = desk.quote(params.trade_cur, params.for_cur, asked, sequencer.now());
    if ("problem" in quoted) return notQuoted(hub, quoted);
    const limited = notFollowing(hub) ?? overLimit(hub.limits.addresses, call.by!.account, sequencer.now());
    if (limited) return limited;
    // What is over makes room.
    expireDue(sequencer);
    const sold = sell(call, desk, params, quoted.terms);
    return "refused" in sold ? sold : bought(sold.answer);
  },

  "exercise-option": (call, params) => {
    const { options } = call.hub.sequencer.state;
    const option = options.open.get(params.option_id);
    const command = { kind: "exercise-option", by: byOf(call, params), option: params.option_id } as const;
    const done = carryOut(call, command, option?.giveCurrency);
    return "refused" in done ? done : {};
  },

  "my-options": ({ hub, by }) => {
    const { accounts, options } = hub.sequencer.state;
    const t = hub.sequencer.now();
    const own = [...(options.ofAccount.get(accounts.byId.get(by!.account)!.index) ?? [])];
    return { options: own.sort((a, b) => b.number - a.number).map((option) => told(hub, option, t)) };
  },
};
