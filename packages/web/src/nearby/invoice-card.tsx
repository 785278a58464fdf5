import type { NearbyInvoice } from "@coinholder/protocol";
import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Money } from "../ui/money.tsx";
import { bearingTo, compassPoint, type Spot } from "./geo.ts";
import { PayButton, type Purse } from "./pay-button.tsx";
import { pathOf, pointerOf } from "./pay-text.ts";
import { isPlain, StandingBadges, useConfirmation } from "./standing.tsx";
import type { Pay } from "./use-pay.ts";

/** So near a direction is but the instruments' error. */
const HERE_M = 5;

/** How far and in which direction. */
export const distanceText = (invoice: NearbyInvoice, place: Spot | undefined): string | undefined => {
  const { lat, lng } = invoice.info;
  if (place === undefined || invoice.distance_m === undefined || lat === undefined || lng === undefined)
    return undefined;
  if (invoice.distance_m < HERE_M) return t.nearby.metres(invoice.distance_m);
  const direction = t.nearby.directions[compassPoint(bearingTo(place, { lat, lng }))]!;
  return t.nearby.distance(invoice.distance_m, direction);
};

/** Asking other hubs costs them something: only about the nearest, and about those that are looked at. */
const MOST_ASKED = 10;

export const InvoiceCard = ({
  invoice,
  number,
  place,
  purse,
  pay,
}: {
  readonly invoice: NearbyInvoice;
  /** Counted from 1, as on the radar. */
  readonly number: number;
  readonly place: Spot | undefined;
  readonly purse: Purse;
  readonly pay: Pay;
}): JSX.Element => {
  const words = t.nearby;
  const { amount, currency, info } = invoice;
  const confirmation = useConfirmation(invoice, number <= MOST_ASKED);
  const distance = distanceText(invoice, place);
  return (
    <li class="card flex min-w-0 flex-col gap-3 p-4">
      <div class="flex items-start justify-between gap-3">
        <div class="min-w-0">
          <Money amount={amount} currency={currency} class="text-xl font-semibold" />
          <p class="line-clamp-3 break-words">
            {info.memo ?? <span class="text-quiet">{words.noMemo}</span>}
          </p>
        </div>
        {place && (
          <span class="flex size-7 shrink-0 items-center justify-center rounded-full bg-sunken text-sm font-semibold">
            <span class="sr-only">{words.number(number)}</span>
            <span aria-hidden="true">{number}</span>
          </span>
        )}
      </div>
      <p class="flex flex-wrap items-baseline justify-between gap-x-3">
        <span class="digits text-lg font-semibold break-all">
          {info.random === undefined ? words.noCode : words.codeOf(info.random)}
        </span>
        {distance !== undefined && <span class="text-sm text-quiet">{distance}</span>}
      </p>
      <StandingBadges invoice={invoice} confirmation={confirmation} />
      <div class="mt-auto flex flex-col gap-1">
        {confirmation.over ? (
          <p class="text-quiet">{words.gone[confirmation.over]}</p>
        ) : (
          isPlain(invoice, confirmation) && (
            <PayButton invoice={invoice} due={confirmation.due} purse={purse} pay={pay} />
          )
        )}
        <LinkButton kind="quiet" href={pathOf(pointerOf(invoice))} icon="search" wide>
          <span class="sr-only">{words.lookOf(amount, currency)}</span>
          <span aria-hidden="true">{words.look}</span>
        </LinkButton>
      </div>
    </li>
  );
};
