import { type Amount, formatAmount, type Parameters, parseAmount, refusal } from "@coinholder/protocol";
import { refusedError } from "../wrapped.ts";
import { BTC_PLACES, USD_PLACES } from "./exact-json.ts";

/** An order as Mt Gox takes it: amounts of BTC at a price in USD. */
export interface OrderForm {
  readonly buys: boolean;
  readonly amount: string;
  readonly price: string;
}

const PLACES: Readonly<Record<string, number>> = { BTC: BTC_PLACES, USD: USD_PLACES };

/** What Mt Gox cannot promise is refused, never left out. */
export const cannot = (what: string): Error =>
  refusedError(refusal("unsupported", {}, `Mt Gox cannot do that: ${what}. Nothing was sent.`));

export const clientIdRefused = (): Error =>
  cannot(
    "it remembers no client_id, so that a call made again would be carried out again. Leave it out, and look before you repeat a call of unknown outcome",
  );

/** An amount that the currency can have. Throws `currency_unknown` or `amount_invalid`. */
export const readAmount = (text: string, currency: string, param: string): Amount => {
  const places = PLACES[currency];
  if (places === undefined) throw refusedError(refusal("currency_unknown", { currency }));
  const read = parseAmount(text, places);
  if ("problem" in read) throw refusedError(refusal("amount_invalid", { param, reason: read.problem }));
  return read.amount;
};

/** «I give for» as amount and price, rounded to Mt Gox's tick (0.00001 USD) in the owner's favour. Throws what cannot be said so. */
export const orderForm = (params: Parameters<"place-order">): OrderForm => {
  const { trade_amt, trade_cur, for_amt, for_cur, time_in_force = "gtc", post_only, client_id } = params;
  if (time_in_force !== "gtc")
    throw cannot(`its orders rest until they are cancelled, none is ${time_in_force}`);
  if (post_only) throw cannot("its orders trade at once where they can (post_only)");
  if (client_id !== undefined) throw clientIdRefused();
  const give = BigInt(readAmount(trade_amt, trade_cur, "trade_amt"));
  const want = BigInt(readAmount(for_amt, for_cur, "for_amt"));
  if (trade_cur === for_cur) throw refusedError(refusal("market_unknown"));
  const buys = for_cur === "BTC";
  const [btc, usd] = buys ? [want, give] : [give, want];
  const scaled = usd * 10n ** BigInt(BTC_PLACES);
  const price = buys ? scaled / btc : (scaled + btc - 1n) / btc;
  if (price === 0n) throw refusedError(refusal("order_price"));
  return { buys, amount: formatAmount(btc, BTC_PLACES), price: formatAmount(price, USD_PLACES) };
};
