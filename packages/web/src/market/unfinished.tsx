import type { JSX } from "preact";
import type { Act } from "../hub/act.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";

const told = (params: object): string => {
  const of = params as Partial<Record<"trade_amt" | "trade_cur" | "for_amt" | "for_cur", string>>;
  const { trade_amt = "", trade_cur = "", for_amt = "", for_cur = "" } = of;
  return t.market.order.gives(trade_amt, trade_cur, for_amt, for_cur);
};

/** Orders (or changes of them) that were sent and never answered: each can be found out, and takes effect once. */
export const Unfinished = <N extends "place-order" | "amend-order">({
  of,
  text,
  finish,
}: {
  readonly of: Act<N>;
  readonly text: string;
  readonly finish: string;
}): JSX.Element => (
  <>
    {of.unfinished.map((one) => (
      <div key={one.client_id} role="status">
        <Note tone="warn" title={text}>
          <p class="my-1 text-sm break-words">
            <Time t={one.t} /> · {told(one.params)}
          </p>
          {of.error && <ErrorNote error={of.error} />}
          <div class="mt-2 flex flex-wrap gap-2">
            <Button onClick={() => void of.run(one.params)}>{finish}</Button>
            <Button kind="quiet" onClick={() => of.forget(one)}>
              {t.market.order.forget}
            </Button>
          </div>
        </Note>
      </div>
    ))}
  </>
);
