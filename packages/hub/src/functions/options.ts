import { BTC, currencyIndex, type Option, stateOfOption } from "@coinholder/engine";
import { type Amount, type OptionText, type Refusal, signOption, type TimeMs } from "@coinholder/protocol";
import type { Desk, Quoted } from "../desk/desk.ts";
import { expireDue } from "../desk/expiry.ts";
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

const bought = ({ json, signature }: Sold) => ({
  option_json: json,
  signature,
  // Until this hub gives lines to others.
  accepts_unconfirmed: false,
});

const notQuoted = (hub: Hub, quoted: Exclude<Quoted, { terms: unknown }>): { refused: Refusal } => {
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

/** Makes the option's text, signs it and sells it to the caller. */
const sell = (
  call: Call,
  desk: Desk,
  params: { readonly trade_cur: string; readonly for_cur: string },
  { give, want, premium }: Extract<Quoted, { terms: unknown }>["terms"],
): { answer: Sold } | { refused: Refusal } => {
  const { hub } = call;
  const { state, now } = hub.sequencer;
  const index = state.chain.nextReceive;
  const { address } = hub.addresses.take(index);
  const [gives, wants] = [params.trade_cur, params.for_cur].map((code) => currencyIndex(state.config, code)!);
  const expires = (now() + desk.lifeMs) as TimeMs;
  const id = newOptionId();
  const text: OptionText = {
    option_id: id,
    issuer_url: hub.publicUrl,
    btc_address: address,
    trade_amt: dec(hub, gives!, give),
    trade_cur: params.trade_cur,
    for_amt: dec(hub, wants!, want),
    for_cur: params.for_cur,
    premium: premium === 0 ? "0" : dec(hub, gives!, premium),
    expires_t: expires,
  };
  const json = JSON.stringify(text);
  return carryOut<Sold>(
    call,
    {
      kind: "sell-option",
      by: byOf(call, params),
      id,
      issuer: desk.account,
      address,
      index,
      give,
      giveCurrency: params.trade_cur,
      want,
      wantCurrency: params.for_cur,
      premium,
      expires,
      json,
      signature: signOption(json, hub.wallet.identityKey.sign),
    },
    gives,
  );
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
    const asked = askedFor(hub, params);
    if ("refused" in asked) return asked;
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
