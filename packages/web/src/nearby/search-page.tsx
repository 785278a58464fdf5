import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { connection } from "../hub/connection.ts";
import { overview } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { Card, Note } from "../ui/card.tsx";
import { Select, TextField } from "../ui/field.tsx";
import { Page } from "../ui/page.tsx";
import { ScanButton } from "../ui/scan-button.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { notify } from "../ui/toast.tsx";
import { InvoiceCard } from "./invoice-card.tsx";
import type { Purse } from "./pay-button.tsx";
import { pathOf, pointerOf, readPayText } from "./pay-text.ts";
import { PlaceChoice } from "./place-card.tsx";
import { Radar } from "./radar.tsx";
import { chooseRadius, code, place, RADII, radius, typeCode } from "./spot-store.ts";
import { Unfinished } from "./unfinished.tsx";
import { useChecked, useFound } from "./use-found.ts";
import type { Pay } from "./use-pay.ts";

const TYPED_MS = 300;

/** A value once it has not changed for a moment. */
const useSettled = (value: string): string => {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPED_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
};

/** `hint`: left out where nothing was looked for yet. */
const Nothing = ({ title, hint }: { readonly title: string; readonly hint?: string }): JSX.Element => {
  const network = overview.value?.network;
  return (
    <Card>
      <Empty icon="nearby" title={title} {...(hint === undefined ? {} : { hint })}>
        {network !== undefined && network !== "mainnet" && (
          <p class="max-w-prose text-sm text-quiet">{t.nearby.emptyTry}</p>
        )}
      </Empty>
    </Card>
  );
};

/** Where invoices are looked for. */
export const SearchPage = ({ purse, pay }: { readonly purse: Purse; readonly pay: Pay }): JSX.Element => {
  const words = t.nearby;
  const { route } = useLocation();
  const where = place.value;
  const typed = useSettled(code.value.trim());
  const byCode = typed !== "";
  const near = useFound({
    radius: radius.value,
    ...(where ? { place: { lat: where.lat, lng: where.lng } } : {}),
    ...(byCode ? { code: typed } : {}),
  });
  // A till that has no place is near nobody: its code finds it.
  const alone = where !== undefined && byCode && near.invoices?.length === 0;
  const anywhere = useFound({ radius: radius.value, ...(alone ? { code: typed } : {}) });
  const placeless = useMemo(
    () => anywhere.invoices?.filter(({ info }) => info.lat === undefined),
    [anywhere.invoices],
  );
  const found = alone ? { ...anywhere, invoices: placeless } : near;
  const { checking, forged, good } = useChecked(found.invoices);
  const searching = where !== undefined || byCode;
  const scanned = (text: string): void => {
    const pointer = readPayText(text);
    if (pointer) route(pathOf(pointer));
    else notify(words.scanned, "bad");
  };
  return (
    <Page title={words.title} lead={words.lead} width="wide">
      <Unfinished pay={pay} />
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[24rem_minmax(0,1fr)]">
        <div class="flex flex-col gap-4">
          <Card>
            <div class="flex flex-col gap-4">
              <PlaceChoice />
              <div class="grid grid-cols-2 gap-3">
                <Select
                  label={words.radius}
                  value={String(radius.value)}
                  onValue={(value) => chooseRadius(Number(value))}
                  options={RADII.map((value) => ({ value: String(value), label: words.metres(value) }))}
                />
                <TextField
                  label={words.code}
                  hint={words.codeHint}
                  value={code.value}
                  onValue={typeCode}
                  maxLength={32}
                  inputMode="numeric"
                  autocomplete="off"
                />
              </div>
              <ScanButton onText={scanned} />
            </div>
          </Card>
          {where && (
            <section class="card p-3" aria-label={words.radar}>
              <Radar
                place={where}
                radius={radius.value}
                invoices={good}
                onChoose={(invoice) => route(pathOf(pointerOf(invoice)))}
              />
            </section>
          )}
        </div>
        <section class="flex min-w-0 flex-col gap-3" aria-labelledby="found">
          <div class="flex flex-wrap items-baseline justify-between gap-x-4">
            <h2 id="found" class="text-lg font-semibold">
              {byCode && (alone || !where) ? words.foundByCode : words.found}
            </h2>
            <p class="text-sm text-quiet" aria-live="polite">
              {checking ? words.checking : found.invoices && words.count(good.length)}
            </p>
          </div>
          {found.error && <ErrorNote error={found.error} onRetry={found.reload} />}
          {forged > 0 && <Note tone="bad">{words.forged(forged)}</Note>}
          {!searching ? (
            <Nothing title={words.noPlace} />
          ) : found.invoices === undefined ? (
            found.error === undefined && connection.value !== "offline" && <Loading />
          ) : good.length === 0 ? (
            checking ? (
              <Loading />
            ) : (
              <Nothing title={words.emptyTitle} hint={byCode ? words.emptyCode : words.emptyHint} />
            )
          ) : (
            <ul class="grid grid-cols-1 gap-3 sm:grid-cols-2 2xl:grid-cols-3">
              {good.map((invoice, i) => (
                <InvoiceCard
                  key={invoice.btc_address}
                  invoice={invoice}
                  number={i + 1}
                  place={alone ? undefined : where}
                  purse={purse}
                  pay={pay}
                />
              ))}
            </ul>
          )}
          {found.more && <p class="text-quiet">{words.more}</p>}
        </section>
      </div>
    </Page>
  );
};
