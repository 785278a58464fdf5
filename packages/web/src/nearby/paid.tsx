import type { ToldTransfer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import { unitsOf } from "../hub/money.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { type OneTransfer, useTransfer } from "../wallet/use-transfers.ts";
import { type Standing, standingOf } from "./paid-standing.ts";
import { type PaidNote, paidNotes } from "./paid-store.ts";

const Mark = ({ standing }: { readonly standing: Standing }): JSX.Element => {
  if (standing === "on-its-way" || standing === "in-block")
    return (
      <span class="rounded-full bg-accent-soft p-4 text-accent">
        <span class="spinner block size-10" aria-hidden="true" />
      </span>
    );
  const good = standing === "paid" || standing === "counted";
  return (
    <span class={`rounded-full p-4 ${good ? "bg-good-soft text-good" : "bg-warn-soft text-warn"}`}>
      <Icon name={good ? "check" : "warning"} class="size-10" />
    </span>
  );
};

/** Premium and price, both in BTC. */
const sumOf = (exchanged: OneTransfer["exchanged"]): bigint =>
  exchanged.reduce((sum, { amount }) => sum + unitsOf(amount, 8), 0n);

const Outcome = ({
  id,
  note,
  transfer,
  exchanged = [],
}: {
  readonly id: string;
  readonly note: PaidNote | undefined;
  /** What was exchanged for it. */
  readonly exchanged?: OneTransfer["exchanged"];
  /** How it stands; as it stood when it was sent, where nothing newer may be asked for. */
  readonly transfer: Pick<ToldTransfer, "status"> & Partial<ToldTransfer>;
}): JSX.Element => {
  const words = t.nearby;
  const standing = standingOf(transfer, note?.currency);
  const currency = note?.currency ?? transfer.currency ?? "";
  // Of an invoice that was paid in part before, only the rest was paid.
  const amount = transfer.currency === currency ? transfer.amount : (note?.amount ?? transfer.amount);
  const { hint, title } = words.standings[standing];
  return (
    <Page title={title} width="narrow">
      <div class="card flex flex-col items-center gap-3 p-5 text-center" role="status">
        <Mark standing={standing} />
        <p class="text-xl font-semibold">{title}</p>
        {amount !== undefined && <Money amount={amount} currency={currency} class="text-3xl font-semibold" />}
        {note?.memo !== undefined && <p class="max-w-full break-words">{note.memo}</p>}
        {hint !== "" && <p class="text-quiet">{hint}</p>}
      </div>
      <Facts
        facts={[
          ...(note?.code === undefined ? [] : [[words.codeName, note.code] as const]),
          ...(transfer.amount !== undefined &&
          transfer.currency !== undefined &&
          transfer.currency !== currency
            ? [[words.costs, <Money amount={transfer.amount} currency={transfer.currency} />] as const]
            : []),
          ...(exchanged.length === 0
            ? []
            : [[words.costs, <Money amount={sumOf(exchanged)} currency="BTC" />] as const]),
          ...(transfer.fee === undefined
            ? []
            : [[words.fee, <Money amount={transfer.fee} currency="BTC" />] as const]),
          [words.transfer, id],
          ...(note ? [[words.paidWhen, <Time t={note.t} />] as const] : []),
        ]}
      />
      <LinkButton kind="main" href={paths.nearby} wide>
        {words.another}
      </LinkButton>
    </Page>
  );
};

/** Followed for as long as anything can still come of it. */
const Followed = ({
  id,
  note,
}: {
  readonly id: string;
  readonly note: PaidNote | undefined;
}): JSX.Element => {
  const { error, exchanged, missing, reload, transfer } = useTransfer(id);
  const told = transfer ?? (note && !missing ? { status: note.status } : undefined);
  return (
    <>
      {error && transfer === undefined && <ErrorNote error={error} onRetry={reload} />}
      {told ? (
        <Outcome id={id} note={note} transfer={told} exchanged={exchanged} />
      ) : (
        <Page title={t.nearby.payment} width="narrow">
          {missing ? (
            <Empty icon="search" title={t.wallet.transfer.notFound} hint={t.wallet.transfer.notFoundHint} />
          ) : (
            error === undefined && <Loading lines={5} />
          )}
        </Page>
      )}
    </>
  );
};

/** What became of a payment. A reload of the page shows the same. */
export const Paid = ({ transferId }: { readonly transferId: string }): JSX.Element => {
  const note = paidNotes(current.value?.account ?? "").find(({ transfer_id }) => transfer_id === transferId);
  if (may("my-transfers")) return <Followed id={transferId} note={note} />;
  if (note) return <Outcome id={transferId} note={note} transfer={{ status: note.status }} />;
  return (
    <Page title={t.nearby.payment} width="narrow">
      <Empty icon="search" title={t.wallet.transfer.notFound} hint={t.wallet.transfer.notFoundHint} />
    </Page>
  );
};
