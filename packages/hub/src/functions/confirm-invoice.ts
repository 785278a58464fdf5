import { addressNetwork } from "@coinholder/bitcoin";
import type { Answer } from "@coinholder/protocol";
import { canonicalAddress } from "../canonical-address.ts";
import { hubUrl } from "../crossings/hub-url.ts";
import { type Handler, overLimit, refused } from "./call.ts";
import { textOf } from "./found-invoice.ts";
import { dueOf, standingOf } from "./invoice-told.ts";

type State = NonNullable<Answer<"confirm-invoice">["state"]>;

/** What another hub says may be anything; what is open, seen or underpaid is payable. */
const stateOf = (state: unknown): State =>
  (["paid", "overpaid", "expired", "withdrawn"] as const).find((known) => known === state) ?? "payable";

export const confirmInvoice: Handler<"confirm-invoice"> = async ({ by, hub }, { btc_address }) => {
  const { across, limits, sequencer } = hub;
  const canonical = canonicalAddress(btc_address, addressNetwork(hub.wallet.network));
  const invoice = sequencer.state.invoices.byAddress.get(
    "address" in canonical ? canonical.address : btc_address,
  );
  if (!invoice) return refused("invoice_unknown");
  const text = textOf(invoice);
  const { hub_url } = text.info;
  const told = { btc_address, ...(hub_url === undefined ? {} : { hub_url }) };
  const t = sequencer.now();
  if (invoice.owner !== undefined)
    return {
      ...told,
      confirmed: true,
      state: stateOf(standingOf(hub, invoice, t)),
      ...dueOf(hub, invoice, t),
    };
  if (hub_url === undefined) return { ...told, confirmed: false, reason: "no_hub" };
  // What names this hub and was not made here.
  if (hubUrl(hub_url) === hubUrl(hub.publicUrl))
    return { ...told, confirmed: false, reason: "invoice_not_confirmed" };
  let asked = across.confirmations.known(text);
  if (!asked) {
    const limited =
      overLimit(limits.confirmations, by!.account, t) ?? overLimit(limits.allConfirmations, "", t);
    if (limited) return limited;
    asked = across.confirmations.ask(text, hub_url);
  }
  const claim = await asked;
  if (!("refused" in claim)) return { ...told, confirmed: true, state: "payable", due: claim.due };
  const { code, reason, state } = claim.refused;
  if (code === "invoice_withdrawn") return { ...told, confirmed: true, state: "withdrawn" };
  if (code === "invoice_not_open") return { ...told, confirmed: true, state: stateOf(state) };
  return { ...told, confirmed: false, reason: code === "peer_unreachable" ? String(reason) : code };
};
