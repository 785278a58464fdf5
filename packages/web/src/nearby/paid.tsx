import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import { useLive } from "../hub/use-call.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Time } from "../ui/time.tsx";
import { paidNotes } from "./paid-store.ts";

/** Enough to have a payment of a moment ago among them. */
const LATEST = 50;

type Standing = "paid" | "on-its-way" | "counted" | "back";

const standingOf = (
  transfer:
    | {
        readonly status: string;
        readonly crossing?: { readonly identity?: string; readonly option?: string };
      }
    | undefined,
): Standing => {
  if (transfer === undefined) return "on-its-way";
  const { crossing, status } = transfer;
  if (status === "refused" || status === "reversed") return "back";
  if (status === "done") return "paid";
  const told = crossing?.option ?? crossing?.identity;
  if (told === "exercised" || told === "credited") return "counted";
  return status === "confirmed" || status === "final" ? "paid" : "on-its-way";
};

const Mark = ({ good }: { readonly good: boolean }): JSX.Element => (
  <span class={`rounded-full p-4 ${good ? "bg-good-soft text-good" : "bg-warn-soft text-warn"}`}>
    <Icon name={good ? "check" : "warning"} class="size-10" />
  </span>
);

/** What became of a payment. A look-only reload of the page shows the same. */
export const Paid = ({ transferId }: { readonly transferId: string }): JSX.Element => {
  const words = t.nearby;
  const note = paidNotes(current.value?.account ?? "").find(({ transfer_id }) => transfer_id === transferId);
  const transfers = useLive("my-transfers", "transfers", { limit: LATEST });
  const transfer = transfers.data?.transfers.find(({ transfer_id }) => transfer_id === transferId);
  const standing = standingOf(transfer);
  const amount = note?.amount ?? transfer?.amount;
  const currency = note?.currency ?? transfer?.currency ?? "";
  const title = {
    paid: words.paid,
    counted: words.paid,
    back: words.refusedTitle,
    "on-its-way": words.onItsWay,
  }[standing];
  return (
    <Page title={title} width="narrow">
      <div class="card flex flex-col items-center gap-3 p-5 text-center" role="status">
        <Mark good={standing !== "back"} />
        <p class="text-xl font-semibold">{title}</p>
        {amount !== undefined && <Money amount={amount} currency={currency} class="text-3xl font-semibold" />}
        {note?.memo !== undefined && <p class="max-w-full break-words">{note.memo}</p>}
        {standing === "counted" && <p class="text-quiet">{words.counted}</p>}
        {standing === "on-its-way" && may("my-transfers") && <p class="text-quiet">{words.onItsWayHint}</p>}
        {standing === "back" && <p class="text-quiet">{words.refusedHint}</p>}
      </div>
      <Facts
        facts={[
          ...(note?.code === undefined ? [] : [[words.codeName, note.code] as const]),
          ...(transfer && transfer.currency !== currency
            ? [[words.costs, <Money amount={transfer.amount} currency={transfer.currency} />] as const]
            : []),
          ...(transfer?.fee === undefined
            ? []
            : [[words.fee, <Money amount={transfer.fee} currency="BTC" />] as const]),
          [words.transfer, transferId],
          ...(note ? [[words.paidWhen, <Time t={note.t} />] as const] : []),
        ]}
      />
      <LinkButton kind="main" href={paths.nearby} wide>
        {words.another}
      </LinkButton>
    </Page>
  );
};
