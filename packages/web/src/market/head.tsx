import type { Answer } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { paths } from "../app/paths.ts";
import { useChannel } from "../hub/stream.ts";
import { t } from "../texts/index.ts";
import { Select } from "../ui/field.tsx";
import { Digits, Money } from "../ui/money.tsx";
import { isLive } from "./live.tsx";
import { slugOf, type Venue } from "./venue.ts";

const Figure = ({
  name,
  children,
}: {
  readonly name: string;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <div>
    <dt class="text-sm whitespace-nowrap text-quiet">{name}</dt>
    <dd>{children}</dd>
  </div>
);

/** Which market, and how it stands. */
export const MarketHead = ({
  venue,
  all,
}: {
  readonly venue: Venue;
  readonly all: readonly Venue[];
}): JSX.Element => {
  const words = t.market;
  const { route } = useLocation();
  const [told, setTold] = useState<{ readonly of: string; readonly ticker: Partial<Answer<"ticker">> }>();
  useChannel(`ticker:${venue.name}`, (event) => {
    if (event.type === "snapshot" || event.type === "update")
      setTold({ of: venue.name, ticker: event.data as Partial<Answer<"ticker">> });
  });
  const ticker = told?.of === venue.name ? told.ticker : {};
  const { last, high, low, volume } = ticker;
  return (
    <div
      class={`card flex flex-wrap items-end gap-x-3 gap-y-3 p-4 sm:gap-x-8 ${isLive() ? "" : "text-quiet"}`}
    >
      <div class="w-32 sm:w-44">
        <Select
          label={words.choose}
          value={slugOf(venue)}
          onValue={(slug) => route(`${paths.market}/${slug}`)}
          options={all.map((one) => ({ value: slugOf(one), label: one.name }))}
        />
      </div>
      <dl>
        <Figure name={words.last}>
          {last === undefined ? (
            <span class="text-quiet">{words.noTradeYet}</span>
          ) : (
            <Money amount={last} currency={venue.quote} class="text-lg font-semibold sm:text-xl" />
          )}
        </Figure>
      </dl>
      {(high !== undefined || low !== undefined || volume !== undefined) && (
        <dl class="flex flex-wrap gap-x-6 gap-y-2 max-sm:w-full sm:gap-x-8">
          {high !== undefined && (
            <Figure name={words.high}>
              <Digits text={high} />
            </Figure>
          )}
          {low !== undefined && (
            <Figure name={words.low}>
              <Digits text={low} />
            </Figure>
          )}
          {volume !== undefined && (
            <Figure name={words.volume}>
              <Money amount={volume} currency={venue.base} />
            </Figure>
          )}
        </dl>
      )}
    </div>
  );
};
