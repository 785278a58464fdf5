import type { NearbyInvoice } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { connection } from "../hub/connection.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Checkbox } from "../ui/field.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import type { Spot } from "./geo.ts";
import { distanceText } from "./invoice-card.tsx";
import { PayButton, type Purse } from "./pay-button.tsx";
import type { InvoicePointer } from "./pay-text.ts";
import { isPlain, StandingBadges, useConfirmation } from "./standing.tsx";
import { Unfinished } from "./unfinished.tsx";
import { useChecked, useFound } from "./use-found.ts";
import type { Pay } from "./use-pay.ts";

/** Of a till's place: it may stand a little beside. */
const AROUND_M = 1_000;

/** How often its hub is asked how it stands: places are told by the stream, parts that were paid are not. */
const STANDING_MS = 3_000;

const Invoice = ({
  invoice,
  standsAt,
  place,
  purse,
  pay,
}: {
  readonly invoice: NearbyInvoice;
  /** What this hub says is left to pay, where it is its own. */
  readonly standsAt: string | undefined;
  readonly place: Spot | undefined;
  readonly purse: Purse;
  readonly pay: Pay;
}): JSX.Element => {
  const words = t.nearby;
  const { amount, btc_address, currency, info } = invoice;
  const [compared, setCompared] = useState(false);
  const confirmation = useConfirmation(invoice);
  const plain = isPlain(invoice, confirmation);
  const due = standsAt ?? confirmation.due;
  const isForeignBtc = currency === "BTC" && !invoice.confirmed;
  const quote = useCall(
    "quote-send",
    { to_btc_address: btc_address, amount: due ?? amount },
    { when: isForeignBtc && may("quote-send") },
  );
  const distance = distanceText(invoice, place);
  const { state, reason } = confirmation;
  return (
    <>
      <Card>
        <div class="flex flex-col gap-3">
          <p class="text-center">
            <Money amount={amount} currency={currency} class="text-3xl font-semibold" />
          </p>
          <p class="text-center text-2xl font-semibold break-all">
            {info.random === undefined ? words.noCode : words.codeOf(info.random)}
          </p>
          <div class="flex justify-center">
            <StandingBadges invoice={invoice} confirmation={confirmation} centred />
          </div>
          <Facts
            facts={[
              [words.memo, <span class="break-words whitespace-pre-wrap">{info.memo ?? words.noMemo}</span>],
              ...(distance === undefined ? [] : [[words.distanceName, distance] as const]),
              ...(info.hub_url === undefined
                ? []
                : [[words.hub, <span class="break-all">{info.hub_url}</span>] as const]),
              ...(info.expires_t === undefined
                ? []
                : [[words.until, <Time t={info.expires_t} show="full" />] as const]),
              ...(due !== undefined && due !== amount
                ? [[words.due, <Money amount={due} currency={currency} />] as const]
                : []),
              ...(quote.data ? [[words.fee, <Money amount={quote.data.fee} currency="BTC" />] as const] : []),
              [words.address, <span class="font-mono text-sm break-all">{btc_address}</span>],
            ]}
          />
        </div>
      </Card>
      {invoice.ambiguous && (
        <Note tone="warn" title={words.ambiguous}>
          <p>{words.ambiguousHint}</p>
          <p class="mt-1 font-medium">{words.addressEnd(btc_address.slice(-6))}</p>
        </Note>
      )}
      {state === "unconfirmed" && (
        <Note tone="warn" title={words.unconfirmed}>
          <p>{words.unconfirmedHint}</p>
          {reason !== undefined && (
            <p class="mt-1">{words.unconfirmedReasons[reason] ?? words.unconfirmedOther}</p>
          )}
        </Note>
      )}
      {!plain && state !== "asking" && confirmation.over === undefined && (
        <Checkbox label={words.compared} checked={compared} onChecked={setCompared} />
      )}
      {confirmation.over ? (
        <Note tone="quiet">{words.gone[confirmation.over]}</Note>
      ) : (
        <PayButton
          invoice={invoice}
          due={due}
          purse={purse}
          pay={pay}
          main
          disabled={state === "asking" || (!plain && !compared)}
        />
      )}
    </>
  );
};

/** One invoice, found by what a link, a QR code or the list says of it, and taken by its address. */
export const Details = ({
  pointer: { address, code, place: tills },
  place,
  purse,
  pay,
}: {
  readonly pointer: InvoicePointer;
  /** Where the person is. */
  readonly place: Spot | undefined;
  readonly purse: Purse;
  readonly pay: Pay;
}): JSX.Element => {
  const words = t.nearby;
  const around = tills ?? (code === undefined ? place : undefined);
  const found = useFound({
    radius: AROUND_M,
    ...(around ? { place: around } : {}),
    ...(code === undefined ? {} : { code }),
  });
  const checked = useChecked(found.invoices);
  const small = address.toLowerCase();
  const invoice = checked.good.find(({ btc_address }) => btc_address.toLowerCase() === small);
  const { data: status, reload: look } = useCall("invoice-status", { btc_address: address });
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") look();
    }, STANDING_MS);
    return () => clearInterval(timer);
  }, [look]);
  const state = status?.state;
  const ended =
    state === "seen" || state === "withdrawn" || state === "expired"
      ? state
      : state === "paid" || state === "overpaid"
        ? ("paid" as const)
        : found.ends.get(address);
  const lost = around === undefined && code === undefined;
  const waiting = !lost && (found.invoices === undefined || checked.checking) && found.error === undefined;
  // The distance is from the person, not from the till.
  const { distance_m: _tills, ...rest } = invoice ?? {};
  const shown = invoice && (around === place ? invoice : (rest as NearbyInvoice));
  return (
    <Page title={words.details} width="narrow" back={{ label: words.back, href: paths.nearby }}>
      <Unfinished pay={pay} address={address} />
      {shown ? (
        <Invoice
          invoice={shown}
          standsAt={shown.confirmed ? status?.due : undefined}
          place={place}
          purse={purse}
          pay={pay}
        />
      ) : waiting && ended === undefined && connection.value !== "offline" ? (
        <Loading />
      ) : (
        <div aria-live="polite">
          <Empty
            icon={ended === "paid" ? "check" : ended === "seen" ? "nearby" : "warning"}
            title={ended === "paid" ? words.gone.paid : words.goneTitle}
            {...(ended === "paid"
              ? {}
              : { hint: ended === undefined ? words.scannedGone : words.gone[ended] })}
          >
            <LinkButton href={paths.nearby}>{words.back}</LinkButton>
          </Empty>
        </div>
      )}
    </Page>
  );
};
