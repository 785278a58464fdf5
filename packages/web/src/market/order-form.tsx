import type { Answer } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { type Act, useAct } from "../hub/act.ts";
import { amountText, unitsOf } from "../hub/money.ts";
import { useCall, useLive } from "../hub/use-call.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { AmountInput, Digits, Money } from "../ui/money.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { type Draft, orderParams, readDraft, refusalAt, typedPrice } from "./draft.ts";
import { inLots, type Level, mostBought, mostBoughtNow, preview, type SideOfOrder } from "./order-amounts.ts";
import { Segments } from "./segments.tsx";
import { Unfinished } from "./unfinished.tsx";
import type { Book } from "./use-book.ts";
import { levelsOf, type Venue } from "./venue.ts";

/** Basis points as percent: 25 is "0.25". */
const percentOf = (bps: number): string => `${Math.floor(bps / 100)}.${String(bps % 100).padStart(2, "0")}`;

/** What became of an order, in a word. */
const outcome = (answer: Answer<"place-order">): string => {
  const words = t.market.order;
  const traded = /[1-9]/.test(answer.filled_for_amt ?? "0");
  if (answer.state === "filled") return words.filled;
  if (answer.state === "cancelled") return traded ? words.cut : words.nothing;
  return traded ? words.partly : words.open;
};

const Outcome = ({
  answer,
  sent,
}: {
  readonly answer: Answer<"place-order"> | undefined;
  readonly sent: { readonly trade_cur: string; readonly for_cur: string } | undefined;
}): JSX.Element => (
  <div aria-live="polite">
    {answer && sent && (
      <Note tone={answer.state === "cancelled" ? "warn" : "good"} title={outcome(answer)}>
        {/[1-9]/.test(answer.filled_for_amt ?? "0") && (
          <Facts
            facts={[
              [
                t.market.order.gave,
                <Money key="gave" amount={answer.filled_trade_amt!} currency={sent.trade_cur} />,
              ],
              [
                t.market.order.got,
                <Money key="got" amount={answer.filled_for_amt!} currency={sent.for_cur} />,
              ],
              ...(answer.fee === undefined
                ? []
                : [
                    [
                      t.market.order.fee,
                      <Money key="fee" amount={answer.fee} currency={sent.for_cur} />,
                    ] as const,
                  ]),
            ]}
          />
        )}
      </Note>
    )}
  </div>
);

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
const Terms = ({
  side,
  kind,
  order,
  levels,
  venue,
}: Pick<Draft, "side" | "kind"> & {
  readonly order: { readonly base: bigint; readonly quote: bigint; readonly limit: bigint };
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
    <div class="rounded-[0.625rem] bg-sunken px-3 py-1 text-sm" data-terms>
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
      {!rests && seen.later > 0n && <p class="pb-2 text-warn">{words.notEnoughNow}</p>}
    </div>
  );
};

interface FormProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly book: Book | undefined;
  readonly venue: Venue;
}

const Form = ({
  draft,
  onDraft,
  book,
  venue,
  place,
}: FormProps & { readonly place: Act<"place-order"> }): JSX.Element => {
  const words = t.market.order;
  const { side, kind } = draft;
  const balance = useLive("my-balance", "balances");
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<{ trade_cur: string; for_cur: string }>();
  const buys = side === "buy";
  const gives = buys ? venue.quote : venue.base;
  const levels = book ? levelsOf(buys ? book.asks : book.bids, venue) : [];
  const read = readDraft(draft, levels, venue);
  const available =
    balance.data &&
    unitsOf(
      balance.data.available[gives.toLowerCase()] ?? "0",
      buys ? venue.quoteDecimals : venue.baseDecimals,
    );
  const change = (to: Partial<Draft>): void => {
    place.clear();
    setTried(false);
    onDraft({ ...draft, ...to });
  };
  const refusal = refusalAt(place.error, gives);
  const needs =
    "order" in read
      ? buys
        ? kind === "now"
          ? preview(side, read.order, levels, { taker: 0, maker: 0 }, venue).quoteNow
          : read.order.quote
        : read.order.base
      : 0n;
  const tooMuch = available !== undefined && needs > available;
  const wrong = (field: "price" | "amount"): string | undefined => {
    if (refusal?.field === field) return refusal.problem;
    if (field === "amount" && tooMuch) return words.tooMuch(amountText(available, gives), gives);
    if (!("field" in read) || read.field !== field || read.problem === "") return undefined;
    return read.empty && !tried ? undefined : read.problem;
  };
  const all = (): void => {
    const price = kind === "limit" ? typedPrice(draft, venue) : undefined;
    const most = !buys
      ? inLots(available!, venue)
      : kind === "now"
        ? mostBoughtNow(available!, levels, venue)
        : mostBought(available!, price!, venue);
    change({ amount: most > 0n ? amountText(most, venue.base) : "" });
  };
  const mayAll =
    available !== undefined &&
    available > 0n &&
    (!buys || (kind === "now" ? levels.length > 0 : typedPrice(draft, venue) !== undefined));
  const submit = async (): Promise<void> => {
    setTried(true);
    if (!("order" in read) || tooMuch) return;
    const params = {
      ...orderParams(side, read.order, venue),
      ...(kind === "now" ? { time_in_force: "ioc" as const } : {}),
    };
    setSent(params);
    if (await place.run(params)) {
      setTried(false);
      onDraft({ ...draft, amount: "" });
    }
  };
  return (
    <form
      class="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Segments<SideOfOrder>
        label={words.side}
        value={side}
        onValue={(value) => change({ side: value })}
        options={[
          { value: "buy", label: words.buy(venue.base), tone: "good" },
          { value: "sell", label: words.sell(venue.base), tone: "bad" },
        ]}
      />
      <div class="flex flex-col gap-1.5">
        <Segments
          label={words.kind}
          value={kind}
          onValue={(value) => change({ kind: value })}
          options={[
            { value: "limit", label: words.limit },
            { value: "now", label: words.now },
          ]}
        />
        <p class="text-sm text-quiet">{kind === "limit" ? words.limitHint : words.nowHint}</p>
      </div>
      {kind === "limit" && (
        <AmountInput
          label={words.price}
          currency={venue.quote}
          value={draft.price}
          onValue={(price) => change({ price })}
          error={wrong("price")}
        />
      )}
      <AmountInput
        label={words.amount}
        currency={venue.base}
        value={draft.amount}
        onValue={(amount) => change({ amount })}
        error={wrong("amount")}
        {...(mayAll ? { onAll: all } : {})}
      />
      {available !== undefined && (
        <p class="-mt-2 flex flex-wrap justify-between gap-x-3 text-sm text-quiet">
          {words.available} <Money amount={available} currency={gives} />
        </p>
      )}
      {"prices" in read && (
        <div role="status" class="flex flex-col gap-2 rounded-[0.625rem] bg-warn-soft p-3 text-sm">
          <p>{words.steps(draft.amount, venue.base)}</p>
          <div class="flex flex-wrap gap-2">
            {read.prices.map((price) => {
              const text = amountText(price, venue.quote);
              return (
                <Button key={text} onClick={() => change({ price: text })}>
                  <Digits text={text} />
                </Button>
              );
            })}
          </div>
        </div>
      )}
      {"field" in read && read.field === "form" && book !== undefined && (
        <p class="text-sm text-warn">{read.problem}</p>
      )}
      {"order" in read && <Terms side={side} kind={kind} order={read.order} levels={levels} venue={venue} />}
      {refusal === undefined &&
        (place.error?.code === "order_limit_reached" ? (
          <Note tone="warn">{words.limitReached}</Note>
        ) : (
          place.unfinished.length === 0 && <ErrorNote error={place.error} />
        ))}
      <Button kind="main" type="submit" wide busy={place.busy} disabled={"prices" in read}>
        {buys ? words.buy(venue.base) : words.sell(venue.base)}
      </Button>
      <Outcome answer={place.answer} sent={sent} />
    </form>
  );
};

export const OrderForm = (props: FormProps): JSX.Element => {
  const words = t.market.order;
  const place = useAct("place-order", "order");
  const content = (): JSX.Element => {
    if (current.value === undefined)
      return (
        <div class="flex flex-col gap-3">
          <p>{words.noAccount}</p>
          <LinkButton kind="main" href={paths.begin}>
            {words.begin}
          </LinkButton>
        </div>
      );
    if (!may("place-order")) return <p class="text-quiet">{words.notAllowed}</p>;
    return (
      <div class="flex flex-col gap-4">
        <Unfinished of={place} text={words.unfinished} finish={words.finish} />
        <Form {...props} place={place} />
      </div>
    );
  };
  return <Card title={words.title}>{content()}</Card>;
};
