import type { JSX } from "preact";
import { amountText } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { Digits, Money } from "../ui/money.tsx";
import { Empty } from "../ui/states.tsx";
import type { Level } from "./order-amounts.ts";
import type { Book } from "./use-book.ts";
import { levelsOf, type Venue } from "./venue.ts";

// Drawn on this many units; the picture is stretched to its place.
const WIDTH = 1_000n;
const HEIGHT = 400n;

const max = (a: bigint, b: bigint): bigint => (a > b ? a : b);

interface Step {
  readonly price: bigint;
  readonly total: bigint;
}

/** Sums from the best level outwards, of the levels for which `near`. */
const sums = (levels: readonly Level[], near: (price: bigint) => boolean): Step[] => {
  let total = 0n;
  const steps: Step[] = [];
  for (const { price, base } of levels) {
    if (!near(price)) break;
    total += base;
    steps.push({ price, total });
  }
  return steps;
};

/** How much is bid for and offered up to each price: a staircase on both sides of the middle. */
export const DepthChart = ({ book, venue }: { readonly book: Book; readonly venue: Venue }): JSX.Element => {
  const words = t.market.chart;
  const allBids = levelsOf(book.bids, venue);
  const allAsks = levelsOf(book.asks, venue);
  const [bid, ask] = [allBids[0]?.price, allAsks[0]?.price];
  if (bid === undefined && ask === undefined) return <Empty icon="market" title={words.noDepth} />;
  const middle = ((bid ?? ask!) + (ask ?? bid!)) / 2n;
  // All levels up to a tenth of the price to both sides: strange orders far away do not squeeze the rest.
  const furthest = [...allBids, ...allAsks]
    .map(({ price }) => max(price - middle, middle - price))
    .filter((distance) => distance <= middle / 10n)
    .reduce(max, 0n);
  const half = max(max((furthest * 11n) / 10n, (ask ?? middle) - (bid ?? middle)), venue.tick * 2n);
  const [from, to] = [max(middle - half, 0n), middle + half];
  const bids = sums(allBids, (price) => price >= from);
  const asks = sums(allAsks, (price) => price <= to);
  const [bidTotal, askTotal] = [bids.at(-1)?.total ?? 0n, asks.at(-1)?.total ?? 0n];
  const most = max(max(bidTotal, askTotal), 1n);
  const x = (price: bigint): bigint => ((price - from) * WIDTH) / max(to - from, 1n);
  const y = (total: bigint): bigint => HEIGHT - (total * (HEIGHT - 20n)) / most;
  const staircase = (steps: readonly Step[], end: bigint): string => {
    const [first] = steps;
    if (first === undefined) return "";
    return `M${x(first.price)} ${HEIGHT}${steps.map(({ price, total }) => `H${x(price)}V${y(total)}`).join("")}H${end}`;
  };
  const side = (path: string, end: bigint, colour: string, soft: string): JSX.Element | false =>
    path !== "" && (
      <>
        <path d={`${path}V${HEIGHT}H${end}Z`} class={soft} />
        <path
          d={path}
          class={colour}
          fill="none"
          stroke="currentColor"
          stroke-width="2"
          vector-effect="non-scaling-stroke"
        />
      </>
    );
  const inBase = (units: bigint): string => `${amountText(units, venue.base)} ${venue.base}`;
  return (
    <figure class="flex flex-col gap-2">
      <figcaption class="flex flex-wrap justify-between gap-x-4 text-sm">
        <span class="flex items-center gap-2">
          <span class="size-3 rounded-sm bg-good" aria-hidden="true" />
          {words.depthBids} <Money amount={bidTotal} currency={venue.base} />
        </span>
        <span class="flex items-center gap-2">
          <span class="size-3 rounded-sm bg-bad" aria-hidden="true" />
          {words.depthAsks} <Money amount={askTotal} currency={venue.base} />
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words.depthOf(venue.name, inBase(bidTotal), inBase(askTotal))}
        class="h-72 w-full rounded-md border-b border-line"
      >
        {side(staircase(bids, 0n), 0n, "text-good", "fill-good-soft")}
        {side(staircase(asks, WIDTH), WIDTH, "text-bad", "fill-bad-soft")}
        <path
          d={`M${x(middle)} 0V${HEIGHT}`}
          class="text-edge"
          stroke="currentColor"
          stroke-width="1"
          stroke-dasharray="4 4"
          vector-effect="non-scaling-stroke"
        />
      </svg>
      <p class="flex justify-between gap-2 text-sm text-quiet" aria-hidden="true">
        {[from, middle, to].map((price, i) => (
          <Digits key={i} text={amountText(price, venue.quote)} />
        ))}
      </p>
    </figure>
  );
};
