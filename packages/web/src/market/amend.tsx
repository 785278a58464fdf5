import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { AmountInput, Money } from "../ui/money.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { notify } from "../ui/toast.tsx";
import { orderParams, readLimit, refusalAt } from "./draft.ts";
import { baseOf, type OpenOrder } from "./my-orders.tsx";
import type { Venue } from "./venue.ts";

/** New price and amount of an open order. */
export const AmendDialog = ({
  order,
  venue,
  onClose,
}: {
  readonly order: OpenOrder;
  readonly venue: Venue;
  readonly onClose: () => void;
}): JSX.Element => {
  const words = t.market.mine;
  const amend = useAct("amend-order");
  const [price, setPrice] = useState(order.price);
  const [amount, setAmount] = useState(baseOf(order).whole);
  const { side } = order;
  const read = readLimit({ side, price, amount }, venue);
  const refusal = refusalAt(amend.error, order.trade_cur);
  const wrong = (field: "price" | "amount"): string | undefined =>
    refusal?.field === field
      ? refusal.problem
      : "field" in read && read.field === field && read.problem !== ""
        ? read.problem
        : undefined;
  const submit = async (): Promise<void> => {
    if (!("order" in read)) return;
    const { trade_amt, for_amt, price: limit } = orderParams(side, read.order, venue);
    const answer = await amend.run({ oid: order.oid, trade_amt, for_amt, price: limit });
    if (answer === undefined) return;
    notify(words.amended);
    onClose();
  };
  return (
    <Dialog open onClose={onClose} title={words.amendTitle}>
      <form
        class="flex flex-col gap-4"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Facts
          facts={[
            [words.side, words[side]],
            [words.filled, <Money key="done" amount={baseOf(order).done} currency={venue.base} />],
          ]}
        />
        <AmountInput
          label={words.price}
          currency={venue.quote}
          value={price}
          onValue={(typed) => {
            amend.clear();
            setPrice(typed);
          }}
          error={wrong("price")}
        />
        <AmountInput
          label={words.amendAmount}
          currency={venue.base}
          value={amount}
          onValue={(typed) => {
            amend.clear();
            setAmount(typed);
          }}
          error={wrong("amount")}
        />
        <p class="text-sm text-quiet">{words.amendPlace}</p>
        {refusal === undefined && <ErrorNote error={amend.error} />}
        <div class="flex flex-wrap gap-2">
          <Button kind="main" type="submit" busy={amend.busy} disabled={!("order" in read)}>
            {words.amendSave}
          </Button>
          <Button onClick={onClose}>{t.ui.cancel}</Button>
        </div>
      </form>
    </Dialog>
  );
};
