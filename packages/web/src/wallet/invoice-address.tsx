import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";

/** Warns where an address is that of an invoice in another currency: bitcoin that are merely sent there do not pay it. */
export const InvoiceAddress = ({ address }: { readonly address: string }): JSX.Element | null => {
  const words = t.wallet.sending;
  const { data } = useCall("invoice-status", { btc_address: address }, { when: may("invoice-status") });
  if (data === undefined || data.currency === "BTC") return null;
  return (
    <Note tone="warn" title={words.invoiceTitle(data.amount, data.currency)}>
      <p class="mb-3">{words.invoiceText(data.currency)}</p>
      {may("pay-invoice") && <LinkButton href={paths.nearby}>{words.invoiceGo}</LinkButton>}
    </Note>
  );
};
