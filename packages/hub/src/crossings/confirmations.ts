import type { InvoiceText } from "../invoice-text.ts";
import { confirmClaim, unreachable } from "./claim.ts";
import type { Peers } from "./peer.ts";

type Claim = Awaited<ReturnType<typeof confirmClaim>>;

/** People look at what is near for some seconds; whoever pays has it asked anew. */
const KEPT_MS = 10_000;
const MOST_KEPT = 1000;

/** What other hubs said of invoices that name them, for people to look at. */
export interface Confirmations {
  /** What was said not long ago, or is being asked. */
  readonly known: (invoice: InvoiceText) => Promise<Claim> | undefined;
  readonly ask: (invoice: InvoiceText, hubUrl: string) => Promise<Claim>;
}

export const makeConfirmations = (peers: Pick<Peers, "find">): Confirmations => {
  const kept = new Map<string, { readonly claim: Promise<Claim>; readonly at: number }>();

  const find = async (invoice: InvoiceText, hubUrl: string): Promise<Claim> => {
    const peer = await peers.find(hubUrl);
    return "problem" in peer ? unreachable(peer.problem) : confirmClaim(peer, invoice);
  };

  return {
    known: ({ btc_address }) => {
      const one = kept.get(btc_address);
      return one && performance.now() - one.at < KEPT_MS ? one.claim : undefined;
    },
    ask: (invoice, hubUrl) => {
      const claim = find(invoice, hubUrl);
      kept.delete(invoice.btc_address);
      kept.set(invoice.btc_address, { claim, at: performance.now() });
      if (kept.size > MOST_KEPT) kept.delete(kept.keys().next().value!);
      return claim;
    },
  };
};
