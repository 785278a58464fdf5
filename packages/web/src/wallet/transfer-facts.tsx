import type { ToldTransfer } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { t } from "../texts/index.ts";
import { Badge, Facts } from "../ui/card.tsx";
import { CopyText } from "../ui/copy.tsx";
import { Money } from "../ui/money.tsx";
import { Time } from "../ui/time.tsx";
import { isOfInvoice } from "./of-invoice.ts";
import { debitOf, depthWords, kindWords, toneOf } from "./transfer-words.ts";

const crossingWords = (crossing: NonNullable<ToldTransfer["crossing"]>): string => {
  const words = t.wallet.transfer.crossings;
  const known: Readonly<Record<string, unknown>> = words;
  const say = (code: string): string => {
    const text = Object.hasOwn(known, code) ? known[code] : undefined;
    return typeof text === "string" ? text : words.other(code);
  };
  const said = [crossing.identity, crossing.option].filter((one) => one !== undefined).map(say);
  if (crossing.given_up) said.push(words.givenUp);
  return said.join(", ");
};

/** All that is known of a transfer. */
export const TransferFacts = ({ transfer }: { readonly transfer: ToldTransfer }): JSX.Element => {
  const words = t.wallet.transfer;
  const { direction, currency, amount, fee, status, kind, crossing } = transfer;
  const out = direction === "out";
  const facts: (readonly [string, ComponentChildren])[] = [
    [words.amount, <Money key="amount" amount={amount} currency={currency} />],
  ];
  if (out && fee !== undefined) {
    facts.push([words.fee, <Money key="fee" amount={fee} currency={currency} />]);
    facts.push([words.debit, <Money key="debit" amount={debitOf(transfer)} currency={currency} />]);
  }
  facts.push([words.when, <Time key="when" t={transfer.t} show="full" />]);
  facts.push([
    words.way,
    isOfInvoice(transfer) ? `${t.wallet.ways[kind]}, ${t.wallet.invoice}` : t.wallet.ways[kind],
  ]);
  const depth = depthWords(transfer);
  if (depth !== undefined) facts.push([words.confirmations, depth]);
  if (crossing !== undefined) {
    const said = crossingWords(crossing);
    if (said !== "") facts.push([words.crossing, said]);
  }
  if (transfer.vout !== undefined) facts.push([words.output, String(transfer.vout)]);
  if (/^t\d+$/.test(transfer.transfer_id)) facts.push([words.id, transfer.transfer_id]);
  return (
    <div class="flex flex-col gap-4">
      <div class="flex flex-col items-start gap-2">
        <p class="text-quiet">{kindWords(transfer)}</p>
        <p class="text-[clamp(1.25rem,6vw,1.875rem)] font-semibold">
          <Money amount={out ? `-${debitOf(transfer)}` : amount} currency={currency} sign />
        </p>
        <div role="status" class="flex flex-col items-start gap-1" data-status={status}>
          <Badge tone={toneOf(status)}>{t.wallet.statuses[status]}</Badge>
          <p class="text-quiet">{t.wallet.statusHints[status]}</p>
        </div>
      </div>
      <Facts facts={facts} />
      {transfer.reason !== undefined && (
        <div>
          <p class="mb-1 text-quiet">{words.reason}</p>
          <p class="break-words whitespace-pre-wrap">{transfer.reason}</p>
        </div>
      )}
      {transfer.reference !== undefined && (
        <div>
          <p class="mb-1 text-quiet">{words.reference}</p>
          <p class="break-words whitespace-pre-wrap">{transfer.reference}</p>
        </div>
      )}
      {transfer.btc_address !== undefined && (
        <div>
          <p class="mb-1 text-quiet">{words.address}</p>
          <CopyText text={transfer.btc_address} label={t.wallet.receiving.copyAddress} />
        </div>
      )}
      {transfer.txid !== undefined && (
        <div>
          <p class="mb-1 text-quiet">{words.txid}</p>
          <CopyText text={transfer.txid} />
        </div>
      )}
    </div>
  );
};
