import type { HubError } from "@coinholder/client";
import type { Answer, NearbyInvoice } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Badge } from "../ui/card.tsx";

export interface Confirmation {
  readonly state: "own" | "confirmed" | "asking" | "unconfirmed";
  /** Of the other hub. */
  readonly host?: string;
  readonly reason?: string;
  readonly due?: string;
  /** Its hub says that it is over. */
  readonly over?: "paid" | "withdrawn" | "expired";
}

const overOf = (state: Answer<"confirm-invoice">["state"]): Pick<Confirmation, "over"> =>
  state === undefined || state === "payable" ? {} : { over: state === "overpaid" ? "paid" : state };

const hostOf = (url: string | undefined): string =>
  url !== undefined && URL.canParse(url) ? new URL(url).host : (url ?? "");

/** Whether the hub that made it stands by it: our own says so itself, and asks others for us. */
export const useConfirmation = (invoice: NearbyInvoice | undefined, ask = true): Confirmation => {
  const foreign = invoice !== undefined && !invoice.confirmed;
  const asks = foreign && ask && may("confirm-invoice");
  const asked = useCall("confirm-invoice", { btc_address: invoice?.btc_address ?? "" }, { when: asks });
  if (invoice?.confirmed) return { state: "own" };
  if (!asks) return { state: "unconfirmed" };
  if (asked.data?.confirmed)
    return {
      state: "confirmed",
      host: hostOf(asked.data.hub_url),
      ...(asked.data.due === undefined ? {} : { due: asked.data.due }),
      ...overOf(asked.data.state),
    };
  if (asked.data)
    return { state: "unconfirmed", ...(asked.data.reason ? { reason: asked.data.reason } : {}) };
  const { error }: { error: HubError | undefined } = asked;
  return error ? { state: "unconfirmed", reason: error.code } : { state: "asking" };
};

/** Whether it may be paid by one press: nothing about it is in doubt. */
export const isPlain = ({ ambiguous }: NearbyInvoice, { state }: Confirmation): boolean =>
  !ambiguous && (state === "own" || state === "confirmed");

export const StandingBadges = ({
  invoice,
  confirmation,
  centred = false,
}: {
  readonly invoice: NearbyInvoice;
  readonly confirmation: Confirmation;
  readonly centred?: boolean;
}): JSX.Element => {
  const words = t.nearby;
  return (
    <span class={`flex flex-wrap gap-1.5 ${centred ? "justify-center" : ""}`}>
      {confirmation.state === "own" && <Badge tone="good">{words.own}</Badge>}
      {confirmation.state === "confirmed" && (
        <Badge tone="good">
          <span class="max-w-56 truncate">{words.confirmed(confirmation.host ?? "")}</span>
        </Badge>
      )}
      {confirmation.state === "asking" && <Badge>{words.asking}</Badge>}
      {confirmation.state === "unconfirmed" && <Badge tone="warn">{words.unconfirmed}</Badge>}
      {invoice.ambiguous && <Badge tone="warn">{words.ambiguous}</Badge>}
    </span>
  );
};
