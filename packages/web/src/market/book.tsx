import type { Level } from "@coinholder/protocol";
import type { JSX } from "preact";
import { amountText } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Digits } from "../ui/money.tsx";
import { Empty, Loading } from "../ui/states.tsx";
import { isLive, LiveBadge } from "./live.tsx";
import type { Book } from "./use-book.ts";
import { levelsOf, type Venue } from "./venue.ts";

interface Row {
  readonly level: Level;
  /** Of base, up to and with this level. */
  readonly total: bigint;
}

const rowsOf = (levels: readonly Level[], venue: Venue, most: number): Row[] => {
  const shown = levels.slice(0, most);
  let total = 0n;
  return levelsOf(shown, venue).map(({ base }, i) => {
    total += base;
    return { level: shown[i]!, total };
  });
};

/** Width of a bar, in percent of the widest. */
const share = (total: bigint, most: bigint): string => (most === 0n ? "0%" : `${(total * 100n) / most}%`);

const SideRows = ({
  rows,
  side,
  most,
  venue,
  onPrice,
}: {
  readonly rows: readonly Row[];
  readonly side: "bids" | "asks";
  readonly most: bigint;
  readonly venue: Venue;
  readonly onPrice: (price: string) => void;
}): JSX.Element => (
  <tbody data-side={side} aria-label={t.market.book[side]}>
    {rows.map(({ level: [price, quantity], total }) => (
      <tr key={price} class="relative hover:bg-sunken">
        <td class="p-0">
          <span
            aria-hidden="true"
            class={`pointer-events-none absolute inset-y-px end-0 rounded-s-sm ${side === "bids" ? "bg-good-soft" : "bg-bad-soft"}`}
            style={{ width: share(total, most) }}
          />
          <button
            type="button"
            class={`relative flex min-h-7 w-full items-center ps-1 font-medium -outline-offset-2 pointer-coarse:min-h-11 ${side === "bids" ? "text-good" : "text-bad"}`}
            aria-label={t.market.book.take(price)}
            onClick={() => onPrice(price)}
          >
            <Digits text={price} />
          </button>
        </td>
        <td class="pointer-events-none relative py-0 text-end max-sm:pe-1">
          <Digits text={quantity} />
        </td>
        <td class="pointer-events-none relative py-0 ps-2 pe-1 text-end text-quiet max-sm:hidden">
          <Digits text={amountText(total, venue.base)} />
        </td>
      </tr>
    ))}
  </tbody>
);

/** Bids and offers, best next to the spread; a press takes a price into the order form. */
export const OrderBook = ({
  book,
  venue,
  levels,
  onPrice,
}: {
  readonly book: Book | undefined;
  readonly venue: Venue;
  /** Of each side. */
  readonly levels: number;
  readonly onPrice: (price: string) => void;
}): JSX.Element => {
  const words = t.market.book;
  const content = (): JSX.Element => {
    if (book === undefined) return <Loading lines={8} />;
    if (book.bids.length === 0 && book.asks.length === 0)
      return <Empty icon="market" title={words.empty} hint={words.emptyHint} />;
    const bids = rowsOf(book.bids, venue, levels);
    const asks = rowsOf(book.asks, venue, levels);
    const totals = [bids.at(-1)?.total ?? 0n, asks.at(-1)?.total ?? 0n];
    const most = totals[0]! > totals[1]! ? totals[0]! : totals[1]!;
    const [bid] = levelsOf(book.bids.slice(0, 1), venue);
    const [ask] = levelsOf(book.asks.slice(0, 1), venue);
    return (
      <table class={`w-full border-collapse text-sm ${isLive() ? "" : "grayscale"}`} data-seq={book.seq}>
        <caption class="sr-only">{words.title}</caption>
        <thead>
          <tr class="text-quiet">
            <th scope="col" class="py-1 ps-1 text-start font-medium">
              {words.price(venue.quote)}
            </th>
            <th scope="col" class="py-1 text-end font-medium max-sm:pe-1">
              {words.amount(venue.base)}
            </th>
            <th scope="col" class="py-1 ps-2 pe-1 text-end font-medium max-sm:hidden">
              {words.total}
            </th>
          </tr>
        </thead>
        <SideRows rows={[...asks].reverse()} side="asks" most={most} venue={venue} onPrice={onPrice} />
        <tbody>
          <tr class="border-y border-line">
            <td colSpan={3} class="py-2 ps-1 text-quiet">
              {bid && ask ? (
                <>
                  {words.spread} <Digits text={amountText(ask.price - bid.price, venue.quote)} />{" "}
                  {venue.quote}
                </>
              ) : bid ? (
                words.noAsks
              ) : (
                words.noBids
              )}
            </td>
          </tr>
        </tbody>
        <SideRows rows={bids} side="bids" most={most} venue={venue} onPrice={onPrice} />
      </table>
    );
  };
  return (
    <Card title={words.title} aside={<LiveBadge />}>
      {content()}
    </Card>
  );
};
