import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { type Act, useAct } from "../hub/act.ts";
import { amountText, partedText, unitsOf } from "../hub/money.ts";
import { useLive } from "../hub/use-call.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Card, Note } from "../ui/card.tsx";
import { Checkbox } from "../ui/field.tsx";
import { AmountInput, Money } from "../ui/money.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { type Draft, orderParams, readDraft, refusalAt, typedPrice } from "./draft.ts";
import { inLots, mostBought, mostBoughtNow, preview, type SideOfOrder } from "./order-amounts.ts";
import { Outcome } from "./order-outcome.tsx";
import { Terms } from "./order-terms.tsx";
import { Segments } from "./segments.tsx";
import { Unfinished } from "./unfinished.tsx";
import type { Book } from "./use-book.ts";
import { levelsOf, type Venue } from "./venue.ts";

interface FormProps {
  readonly draft: Draft;
  readonly onDraft: (draft: Draft) => void;
  readonly book: Book | undefined;
  readonly venue: Venue;
}

/** What few want. */
const More = ({
  postOnly,
  onPostOnly,
}: {
  readonly postOnly: boolean;
  readonly onPostOnly: (postOnly: boolean) => void;
}): JSX.Element => {
  // A choice that was made is not out of sight when the form is shown again.
  const [open] = useState(postOnly);
  return (
    <details class="-my-2 open:mb-0" open={open}>
      <summary class="min-h-11 py-2.5 text-sm text-quiet">{t.market.order.more}</summary>
      <Checkbox label={t.market.order.postOnly} checked={postOnly} onChecked={onPostOnly} />
    </details>
  );
};

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
    if (field === "amount" && tooMuch) return words.tooMuch(partedText(amountText(available, gives)), gives);
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
      ...(kind === "now" ? { time_in_force: "ioc" as const } : draft.postOnly ? { post_only: true } : {}),
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
      {kind === "limit" && <More postOnly={draft.postOnly} onPostOnly={(postOnly) => change({ postOnly })} />}
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
      <Button kind="main" type="submit" wide busy={place.busy}>
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
