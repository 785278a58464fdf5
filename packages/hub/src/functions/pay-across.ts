import { BTC, currencyIndex, withdrawable } from "@coinholder/engine";
import type { Amount, Answer, Parameters, Refusal } from "@coinholder/protocol";
import { confirmClaim, unreachable } from "../crossings/claim.ts";
import { coinsReady } from "../crossings/coins-ready.ts";
import { satoshi } from "../crossings/decimals.ts";
import type { Peer } from "../crossings/peer.ts";
import { dec, type Hub } from "../hub.ts";
import type { InvoiceText } from "../invoice-text.ts";
import { type Call, notFollowing, overLimit, readAmount, refused } from "./call.ts";
import { overMax, type ToPay } from "./pay-invoice.ts";
import { destination, sendBtc } from "./transfers.ts";

type Params = Parameters<"pay-invoice">;
type Refused = { refused: Refusal };

/** How far above this hub's own price another hub's may be where the payer gave no limit: hundredths of a percent. */
const ABOVE_OWN_PRICE_BPS = 500;

/** What a payment by chain to another hub is going to be. */
interface Price {
  readonly give: Amount;
  readonly option?: { readonly json: string; readonly signature: string };
}

/** Refuses, before anybody else is asked, what the engine would refuse after. */
const refusedBefore = (call: Call, address: string): Refused | undefined => {
  const { across, sequencer } = call.hub;
  const { accounts, chain, invoices } = sequencer.state;
  const account = accounts.byId.get(call.by!.account)!.index;
  if ((invoices.paidOutside.get(address) ?? 0) > sequencer.now())
    return refused("invoice_not_open", { state: "paid" });
  if (chain.halt) return refused("withdrawals_halted", { reason: chain.halt.reason });
  const available = withdrawable(sequencer.state, account);
  if (available <= 0) return refused("insufficient_funds", { available: dec(call.hub, BTC, available) });
  return notFollowing(call.hub) ?? overLimit(across.limit, call.by!.account, sequencer.now());
};

/** The most that an invoice in another currency may cost where the payer does not say: somewhat more than our own desk would take. */
const ownLimit = (hub: Hub, { amount, currency }: InvoiceText): Amount | undefined => {
  const { desk, sequencer } = hub;
  if (!desk || currencyIndex(sequencer.state.config, currency) === undefined) return undefined;
  const want = readAmount(hub, currency, amount);
  if ("refused" in want) return undefined;
  const quoted = desk.quote("BTC", currency, { want: want.amount }, sequencer.now());
  if (!("terms" in quoted)) return undefined;
  const { give, premium } = quoted.terms;
  return Math.floor(((give + premium) * (10_000 + ABOVE_OWN_PRICE_BPS)) / 10_000) as Amount;
};

/** An option of that hub's desk for what is due. */
const priceOf = async (
  hub: Hub,
  peer: Peer,
  invoice: InvoiceText,
  json: string,
  due: string,
): Promise<Price | Refused> => {
  if (invoice.currency === "BTC") return { give: satoshi(due)! };
  const bought = await hub.across.purchases.buy(peer, invoice, json, due);
  if ("refused" in bought) {
    if (bought.refused.reason === "wrong_signature") hub.across.peers.forget(peer.url);
    return bought;
  }
  if (!bought.acceptsUnconfirmed) return refused("not_accepted_unconfirmed");
  const { give, signature } = bought;
  return { give, option: { json: bought.json, signature } };
};

/**
 * Pays an invoice of another hub: what it costs is found out there, then sent by the chain under this hub's name. Until that is in the
 * journal nothing has moved, and whatever goes wrong is answered; from then on crossings/worker.ts tells the other hub.
 */
export const payAcross = async (
  call: Call,
  params: Params,
  { address, invoice, max: given }: ToPay,
  hub_url: string,
): Promise<Answer<"pay-invoice"> | Refused> => {
  const { hub } = call;
  const { across } = hub;
  const { invoice_json, signature } = params;
  const isBtc = invoice.currency === "BTC";
  const early = refusedBefore(call, address);
  if (early) return early;
  const max = given ?? (isBtc ? undefined : ownLimit(hub, invoice));
  if (max === undefined && !isBtc)
    return refused(
      "param_missing",
      { param: "max_amount" },
      "This hub has no price of its own to judge by: say in max_amount how much BTC it may cost.",
    );
  const peer = await across.peers.find(hub_url);
  const claim = "problem" in peer ? unreachable(peer.problem) : await confirmClaim(peer, invoice);
  // An invoice in BTC is paid as by any wallet, whether or not its hub can be asked now.
  const paidAnyway = isBtc && "refused" in claim && claim.refused.code === "peer_unreachable";
  if ("refused" in claim && !paidAnyway) return claim;
  const due = "refused" in claim ? invoice.amount : claim.due;
  const price =
    "problem" in peer
      ? { give: satoshi(invoice.amount)! }
      : await priceOf(hub, peer, invoice, invoice_json, due);
  if ("refused" in price) return price;
  const { give, option } = price as Price;

  const to = destination(hub, address, give, false);
  if ("refused" in to) return to;
  // Given out meanwhile? Not by chance.
  if (to.inside) return refused("invoice_conflict");
  const over = overMax(hub, give + to.fee, max);
  if (over) return over;
  const pledged = coinsReady(hub, give + to.fee);
  if (!pledged && option) return refused("coins_not_ready");
  const sent = sendBtc(call, params, {
    address,
    amount: give,
    subtractFee: false,
    fee: to.fee,
    invoice: true,
    ...(pledged
      ? { crossing: { hub_url, invoice: { json: invoice_json, signature }, ...(option ? { option } : {}) } }
      : {}),
  });
  if (!("refused" in sent) && !("problem" in peer)) across.purchases.used(peer, invoice_json, due);
  return sent;
};
