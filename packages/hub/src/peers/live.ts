import { typeOfAddress } from "@coinholder/bitcoin";
import { type Invoice, isPayable } from "@coinholder/engine";
import { signMessage } from "@coinholder/protocol";
import type { Hub } from "../hub.ts";
import { OLDEST_MS, withdrawalText } from "../invoice-text.ts";

/** What peers are told: an invoice, or that it was withdrawn. */
export interface News {
  readonly about: "invoice" | "withdrawal";
  readonly address: string;
}
export const newsKey = ({ about, address }: News): string => `${about} ${address}`;

/** The call that tells it. */
export interface Telling {
  readonly fn: "broadcast-invoice" | "withdraw-invoice";
  readonly params: Readonly<Record<string, string>>;
}

export interface LiveNews {
  /** All that a peer should know by now, newest first. */
  readonly all: () => News[];
  /** Undefined where there is no more to be told of it: it ended, or was paid. */
  readonly tell: (news: News) => Telling | undefined;
}

export const liveNews = ({ sequencer, wallet }: Pick<Hub, "sequencer" | "wallet">): LiveNews => {
  const { now, state } = sequencer;
  const signed = new WeakMap<Invoice, string>();

  const isLive = (invoice: Invoice): boolean =>
    invoice.posted !== undefined &&
    isPayable(invoice) &&
    now() < invoice.expires &&
    !state.invoices.paidOutside.has(invoice.address);

  const canWithdraw = (invoice: Invoice): boolean =>
    invoice.withdrawn &&
    invoice.posted !== undefined &&
    now() < invoice.expires &&
    (invoice.owner !== undefined || invoice.withdrawal !== undefined);

  /** The signature that came with it; of an own one the wallet's. */
  const withdrawalOf = (invoice: Invoice): string | undefined => {
    if (invoice.owner === undefined) return invoice.withdrawal;
    const known = signed.get(invoice);
    if (known !== undefined) return known;
    const { address } = invoice;
    const { index } = state.chain.addresses.get(address)!;
    const signature = wallet.withPrivateKey("receive", index, typeOfAddress(address), (key) =>
      signMessage(key, address, withdrawalText(address)),
    );
    signed.set(invoice, signature);
    return signature;
  };

  return {
    all: () => {
      const news: News[] = [];
      // Hubs take none that is older when they first see it; a withdrawal they do.
      const since = now() - OLDEST_MS;
      for (const invoice of state.invoices.byAddress.values()) {
        const { address } = invoice;
        if (canWithdraw(invoice)) news.push({ about: "withdrawal", address });
        else if (isLive(invoice) && invoice.posted! > since) news.push({ about: "invoice", address });
      }
      return news.reverse();
    },
    tell: ({ about, address }) => {
      const invoice = state.invoices.byAddress.get(address);
      if (!invoice) return undefined;
      if (about === "invoice") {
        const { json: invoice_json, signature } = invoice;
        return isLive(invoice) ? { fn: "broadcast-invoice", params: { invoice_json, signature } } : undefined;
      }
      const signature = canWithdraw(invoice) ? withdrawalOf(invoice) : undefined;
      if (signature === undefined) return undefined;
      return { fn: "withdraw-invoice", params: { invoice_bitcoin_address: address, signature } };
    },
  };
};
