import type { ToldTransfer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Badge } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { Time } from "../ui/time.tsx";
import { isOfInvoice } from "./of-invoice.ts";
import { debitOf, depthWords, isSettled, kindWords, shortened, toneOf } from "./transfer-words.ts";

const counterpart = ({ btc_address, reference, kind }: ToldTransfer): string =>
  reference ?? (btc_address === undefined ? t.wallet.ways[kind] : shortened(btc_address));

/** A line of a list of transfers, which opens it. */
export const TransferRow = ({
  transfer,
  onOpen,
}: {
  readonly transfer: ToldTransfer;
  readonly onOpen: () => void;
}): JSX.Element => {
  const { direction, status, currency } = transfer;
  const came = direction === "in";
  const undone = status === "refused" || status === "reversed";
  return (
    <li>
      <button
        type="button"
        data-transfer={transfer.transfer_id}
        class="flex min-h-16 w-full items-center gap-3 rounded-[0.625rem] px-1 py-2.5 text-start hover:bg-sunken sm:px-2"
        onClick={onOpen}
      >
        <span
          class={`rounded-full p-2 ${came ? "bg-good-soft text-good" : "bg-sunken text-quiet"} max-[24rem]:hidden`}
        >
          <Icon name={came ? "receive" : "send"} />
        </span>
        <span class="flex min-w-0 grow flex-wrap items-center justify-between gap-x-4 gap-y-0.5">
          <span class="flex min-w-0 grow basis-32 flex-col">
            <span class="font-medium">
              {kindWords(transfer)}
              {isOfInvoice(transfer) && <span class="font-normal text-quiet"> · {t.wallet.invoice}</span>}
            </span>
            <span class="truncate text-sm text-quiet">{counterpart(transfer)}</span>
          </span>
          <span class="ms-auto flex flex-col items-end">
            <span class={`${undone ? "text-quiet line-through" : came ? "text-good" : ""}`}>
              <Money amount={came ? transfer.amount : `-${debitOf(transfer)}`} currency={currency} sign />
            </span>
            <span class="flex items-center gap-2 text-sm text-quiet">
              {!isSettled(status) || undone || status === "lost" ? (
                <Badge tone={toneOf(status)}>{depthWords(transfer) ?? t.wallet.statuses[status]}</Badge>
              ) : null}
              <Time t={transfer.t} />
            </span>
          </span>
        </span>
      </button>
    </li>
  );
};
