import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Digits, Money } from "../ui/money.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { type Fill, useFills } from "./use-fills.ts";

export const MyFills = (): JSX.Element => {
  const words = t.market.mine;
  const { fills, more, loading, error, older } = useFills();
  return (
    <div class="flex flex-col gap-3">
      {fills === undefined ? (
        loading && <Loading />
      ) : fills.length === 0 ? (
        <Empty title={words.noFills} />
      ) : (
        <Table<Fill>
          caption={words.fills}
          rows={fills}
          keyOf={({ trade_id, oid }) => `${trade_id} ${oid}`}
          columns={[
            { name: words.time, cell: ({ t: at }) => <Time t={at} /> },
            {
              name: words.side,
              cell: ({ side, market }) => (
                <span class="whitespace-nowrap">
                  <span class={`font-medium ${side === "buy" ? "text-good" : "text-bad"}`}>
                    {words[side]}
                  </span>{" "}
                  <span class="text-sm text-quiet">{market}</span>
                </span>
              ),
            },
            { name: words.price, end: true, cell: ({ price }) => <Digits text={price} /> },
            {
              name: words.gave,
              end: true,
              cell: ({ gave_amt, gave_cur }) => <Money amount={gave_amt} currency={gave_cur} />,
            },
            {
              name: words.got,
              end: true,
              cell: ({ got_amt, got_cur }) => <Money amount={got_amt} currency={got_cur} />,
            },
            {
              name: words.fee,
              end: true,
              cell: ({ fee, fee_cur, got_cur }) =>
                fee !== undefined && <Money amount={fee} currency={fee_cur ?? got_cur} />,
            },
          ]}
        />
      )}
      <ErrorNote error={error} onRetry={older} />
      {more && error === undefined && (
        <div class="self-center">
          <Button busy={loading} onClick={older}>
            {words.older}
          </Button>
        </div>
      )}
    </div>
  );
};
