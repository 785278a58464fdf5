import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useRoute } from "preact-iso";
import { paths } from "../app/paths.ts";
import { overview } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { Page } from "../ui/page.tsx";
import { Empty } from "../ui/states.tsx";
import { Tabs } from "../ui/tabs.tsx";
import { OrderBook } from "./book.tsx";
import { Charts } from "./charts.tsx";
import { EMPTY_DRAFT } from "./draft.ts";
import { MarketHead } from "./head.tsx";
import { LiveNote, useWide } from "./live.tsx";
import { Mine } from "./mine.tsx";
import { OrderForm } from "./order-form.tsx";
import { RecentTrades } from "./trades.tsx";
import { useBook } from "./use-book.ts";
import { useTrades } from "./use-trades.ts";
import { slugOf, type Venue, venues } from "./venue.ts";

type Part = "book" | "chart" | "order" | "mine";
const PARTS: readonly Part[] = ["book", "chart", "order", "mine"];

const Market = ({ venue }: { readonly venue: Venue }): JSX.Element => {
  const words = t.market;
  const wide = useWide();
  const book = useBook(venue.name);
  const trades = useTrades(venue.name);
  const [draft, setDraft] = useState(EMPTY_DRAFT);
  const [part, setPart] = useState<Part>("book");
  const taken = useRef(false);
  const formPlace = useRef<HTMLDivElement>(null);
  const takePrice = (price: string): void => {
    setDraft({ ...draft, kind: "limit", price });
    setPart("order");
    taken.current = true;
  };
  // What is wanted next is the amount; the pressed price may be out of sight by now.
  useEffect(() => {
    if (!taken.current) return;
    taken.current = false;
    [...(formPlace.current?.querySelectorAll<HTMLInputElement>("input[inputmode=decimal]") ?? [])]
      .at(-1)
      ?.focus();
  });
  const bookCard = (levels: number): JSX.Element => (
    <OrderBook book={book} venue={venue} levels={levels} onPrice={takePrice} />
  );
  const form = (
    <div ref={formPlace}>
      <OrderForm draft={draft} onDraft={setDraft} book={book} venue={venue} />
    </div>
  );
  if (wide)
    return (
      <div class="grid grid-cols-[17rem_minmax(0,1fr)_18rem] items-start gap-4 min-[90rem]:grid-cols-[19rem_minmax(0,1fr)_20rem]">
        {bookCard(12)}
        <div class="flex flex-col gap-4">
          <Charts book={book} venue={venue} />
          <RecentTrades trades={trades} most={8} />
        </div>
        {form}
        <div class="col-span-3">
          <Mine venue={venue} />
        </div>
      </div>
    );
  return (
    <Tabs
      label={words.views}
      tabs={PARTS.map((id) => ({ id, label: words.tabs[id] }))}
      selected={part}
      onSelect={setPart}
    >
      <div class="flex flex-col gap-4">
        {part === "book" && (
          <>
            {bookCard(8)}
            <RecentTrades trades={trades} most={15} />
          </>
        )}
        {part === "chart" && <Charts book={book} venue={venue} />}
        {part === "order" && form}
        {part === "mine" && <Mine venue={venue} />}
      </div>
    </Tabs>
  );
};

/** `/market`: the first market; `/market/BTC-USD`: that one. */
export default function MarketPage(): JSX.Element {
  const words = t.market;
  const { view } = useRoute().params;
  const all = venues();
  const venue =
    view === undefined || view === "" ? all[0] : all.find((one) => slugOf(one) === view.toUpperCase());
  if (all.length === 0)
    return (
      <Page title={words.title}>
        <Empty icon="market" title={words.none} hint={words.noneHint} />
      </Page>
    );
  return (
    <Page title={words.title} width="wide">
      {venue === undefined ? (
        <Empty icon="search" title={words.unknown}>
          <LinkButton href={paths.market}>{words.toFirst(all[0]!.name)}</LinkButton>
        </Empty>
      ) : (
        <>
          <MarketHead venue={venue} all={all} />
          {overview.value?.stream_url === undefined ? (
            <Note tone="warn">{words.noStream}</Note>
          ) : (
            <LiveNote />
          )}
          <Market key={venue.name} venue={venue} />
        </>
      )}
    </Page>
  );
}
