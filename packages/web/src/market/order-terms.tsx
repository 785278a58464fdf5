import type { ComponentChildren, JSX } from "preact";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Facts } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import type { Draft } from "./draft.ts";
import { type Level, type OrderAmounts, preview } from "./order-amounts.ts";
import type { Venue } from "./venue.ts";

/** Basis points as percent: 25 is "0.25". */
const percentOf = (bps: number): string => `${Math.floor(bps / 100)}.${String(bps % 100).padStart(2, "0")}`;

/** What the account pays here; what everybody does, until that is known. */
const useFees = (venue: Venue): { taker: number; maker: number } | undefined => {
  const mine = useCall("my-fees", { market: venue.name }, { when: may("my-fees") });
  const [market] = mine.data?.markets ?? [];
  if (market) return { taker: market.taker_fee_bps, maker: market.maker_fee_bps };
  const { takerFeeBps, makerFeeBps } = venue;
  return takerFeeBps === undefined || makerFeeBps === undefined
    ? undefined
    : { taker: takerFeeBps, maker: makerFeeBps };
};

/** What the order will cost and bring. */
export const Terms = ({
  side,
  kind,
  order,
  levels,
  venue,
}: Pick<Draft, "side" | "kind"> & {
  readonly order: OrderAmounts;
  readonly levels: readonly Level[];
  readonly venue: Venue;
}): JSX.Element => {
  const words = t.market.order;
  const fees = useFees(venue);
  const seen = preview(side, order, levels, fees ?? { taker: 0, maker: 0 }, venue);
  const buys = side === "buy";
  const rests = kind === "limit";
  const base = seen.now + (rests ? seen.later : 0n);
  // A limit order gives at most what was sent with it, and may give less.
  const estimated = seen.quoteNow + (rests ? seen.quoteLater : 0n);
  const quote = buys && estimated > order.quote ? order.quote : estimated;
  const fee = seen.feeNow + (rests ? seen.feeLater : 0n);
  const [gives, gets] = buys ? [venue.quote, venue.base] : [venue.base, venue.quote];
  const received = (buys ? base : quote) - fee;
  const uncertain = seen.now > 0n;
  const both = seen.now > 0n && rests && seen.later > 0n;
  const bps = fees && (seen.now > 0n || !rests ? fees.taker : fees.maker);
  const said = (amount: bigint, currency: string): ComponentChildren => (
    <>
      {uncertain && <span class="text-quiet">{words.about} </span>}
      <Money amount={amount} currency={currency} />
    </>
  );
  return (
    <div class="rounded-[0.625rem] bg-sunken p-3 text-sm" data-terms>
      <Facts
        facts={[
          [words.cost, buys ? said(quote, gives) : <Money key="base" amount={base} currency={gives} />],
          [
            fees === undefined
              ? words.fee
              : `${words.fee} (${both && fees.taker !== fees.maker ? words.feesOf(percentOf(fees.taker), percentOf(fees.maker)) : words.feeOf(percentOf(bps!))})`,
            fees === undefined ? words.feeUnknown : <Money key="fee" amount={fee} currency={gets} />,
          ],
          [
            words.receive,
            buys ? <Money key="got" amount={received} currency={gets} /> : said(received, gets),
          ],
          ...(rests
            ? both
              ? [
                  [words.fills, <Money key="now" amount={seen.now} currency={venue.base} />] as const,
                  [words.rests, <Money key="later" amount={seen.later} currency={venue.base} />] as const,
                ]
              : []
            : [
                [
                  `${words.bound} ${venue.base}`,
                  <Money key="bound" amount={order.limit} currency={venue.quote} />,
                ] as const,
                ...(seen.later > 0n
                  ? [[words.missing, <Money key="m" amount={seen.later} currency={venue.base} />] as const]
                  : []),
              ]),
        ]}
      />
      {!rests && seen.later > 0n && <p class="mt-2 text-warn">{words.notEnoughNow}</p>}
    </div>
  );
};
