import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { useLive } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Digits } from "../ui/money.tsx";
import { Empty, ErrorNote, Loaded } from "../ui/states.tsx";
import { type Column, Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { AmendDialog } from "./amend.tsx";
import { Unfinished } from "./unfinished.tsx";
import type { Venue } from "./venue.ts";

export type OpenOrder = Answer<"my-open-orders">["orders"][number];

/** Of base: the whole, and what is traded of it. */
export const baseOf = (order: OpenOrder): { readonly whole: string; readonly done: string } =>
  order.side === "buy"
    ? { whole: order.for_amt, done: order.filled_for_amt ?? "0.00" }
    : { whole: order.trade_amt, done: order.filled_trade_amt ?? "0.00" };

/** An order in a few words, for those who hear the buttons beside it. */
const inWords = (order: OpenOrder): string =>
  t.market.mine.order(t.market.mine[order.side], baseOf(order).whole, order.price);

const CancelAll = ({
  venue,
  onDone,
}: {
  readonly venue: Venue;
  readonly onDone: () => void;
}): JSX.Element => {
  const words = t.market.mine;
  const cancel = useAct("cancel-all-orders");
  return (
    <>
      <p>{words.cancelAllHint}</p>
      <ErrorNote error={cancel.error} />
      <div class="flex flex-wrap gap-2">
        <Button
          kind="danger"
          busy={cancel.busy}
          onClick={() => {
            void cancel.run({ market: venue.name }).then((answer) => {
              if (answer === undefined) return;
              notify(words.cancelledAll(answer.cancelled.length));
              onDone();
            });
          }}
        >
          {words.cancelAll}
        </Button>
        <Button onClick={onDone}>{t.ui.back}</Button>
      </div>
    </>
  );
};

const Orders = ({
  orders,
  elsewhere,
  venue,
}: {
  readonly orders: readonly OpenOrder[];
  readonly elsewhere: number;
  readonly venue: Venue;
}): JSX.Element => {
  const words = t.market.mine;
  const cancel = useAct("cancel-order");
  const [asked, setAsked] = useState<string>();
  const [amended, setAmended] = useState<OpenOrder>();
  const [cancelsAll, setCancelsAll] = useState(false);
  const run = async ({ oid }: OpenOrder): Promise<void> => {
    setAsked(oid);
    if (await cancel.run({ oid })) notify(words.cancelled);
  };
  const actions: Column<OpenOrder> = {
    name: words.actions,
    unnamed: true,
    end: true,
    cell: (order) => (
      <span class="inline-flex gap-2">
        {may("amend-order") && (
          <Button onClick={() => setAmended(order)} label={words.amendOf(inWords(order))}>
            {words.amend}
          </Button>
        )}
        {may("cancel-order") && (
          <Button
            busy={cancel.busy && asked === order.oid}
            onClick={() => void run(order)}
            label={words.cancelOf(inWords(order))}
          >
            {words.cancel}
          </Button>
        )}
      </span>
    ),
  };
  return (
    <div class="flex flex-col gap-3">
      {cancel.error &&
        (cancel.error.code === "order_unknown" ? (
          <p role="status" class="text-sm text-warn">
            {words.gone}
          </p>
        ) : (
          <ErrorNote error={cancel.error} repeatable={false} />
        ))}
      {orders.length === 0 ? (
        <Empty title={words.noOrders} hint={words.noOrdersHint} />
      ) : (
        <Table
          caption={words.orders}
          rows={orders}
          keyOf={({ oid }) => oid}
          columns={[
            { name: words.time, cell: ({ t: at }) => <Time t={at} /> },
            {
              name: words.side,
              cell: ({ side }) => (
                <span class={`font-medium ${side === "buy" ? "text-good" : "text-bad"}`}>{words[side]}</span>
              ),
            },
            { name: words.price, end: true, cell: ({ price }) => <Digits text={price} /> },
            { name: words.amount, end: true, cell: (order) => <Digits text={baseOf(order).whole} /> },
            { name: words.filled, end: true, cell: (order) => <Digits text={baseOf(order).done} /> },
            ...(may("amend-order") || may("cancel-order") ? [actions] : []),
          ]}
        />
      )}
      <div class="flex flex-wrap items-center justify-between gap-2">
        <p class="text-sm text-quiet">{elsewhere > 0 && words.elsewhere(elsewhere)}</p>
        {orders.length > 1 && may("cancel-all-orders") && (
          <Button kind="danger" onClick={() => setCancelsAll(true)}>
            {words.cancelAll}
          </Button>
        )}
      </div>
      <Dialog open={cancelsAll} onClose={() => setCancelsAll(false)} title={words.cancelAllSure(venue.name)}>
        <CancelAll venue={venue} onDone={() => setCancelsAll(false)} />
      </Dialog>
      {amended && <AmendDialog order={amended} venue={venue} onClose={() => setAmended(undefined)} />}
    </div>
  );
};

/** The account's open orders in a market, live. */
export const MyOrders = ({ venue }: { readonly venue: Venue }): JSX.Element => {
  const open = useLive("my-open-orders", "orders");
  const amend = useAct("amend-order");
  return (
    <div class="flex flex-col gap-3">
      <Unfinished of={amend} text={t.market.order.unfinishedAmend} finish={t.market.order.finishAmend} />
      <Loaded call={open}>
        {({ orders }) => {
          const here = orders.filter(({ market }) => market === venue.name);
          return <Orders orders={here} elsewhere={orders.length - here.length} venue={venue} />;
        }}
      </Loaded>
    </div>
  );
};
