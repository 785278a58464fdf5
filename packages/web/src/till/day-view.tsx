import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import { amountText, decimalsOf, unitsOf } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { Empty, ErrorNote, Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import {
  cameIn,
  countedAt,
  onlyBitcoin,
  type Row,
  startOfDay,
  stateAt,
  totalsOf,
  unexchangedIn,
} from "./day.ts";
import { StateBadge } from "./state-mark.tsx";
import type { Rows } from "./use-rows.ts";

const Line = ({ row, now }: { readonly row: Row; readonly now: number }): JSX.Element => {
  const { invoice } = row;
  const { amount, btc_address, currency, info } = invoice;
  const state = stateAt(row, now);
  const bitcoin = onlyBitcoin(row);
  const partly = state === "underpaid" || state === "overpaid";
  return (
    <li>
      <a
        href={`${paths.till}/invoice/${btc_address}`}
        class="flex items-center justify-between gap-3 rounded-[0.625rem] px-1 py-2.5 text-ink sm:px-2 no-underline hover:bg-sunken"
      >
        <span class="min-w-0">
          <span class="flex flex-wrap items-baseline gap-x-2">
            <Money amount={amount} currency={currency} class="font-medium" />
            {partly && (
              <span class="text-sm text-quiet">
                {t.till.received}{" "}
                {bitcoin ? (
                  <Money amount={unexchangedIn(row)!} currency="BTC" />
                ) : (
                  <Money amount={cameIn(row)} currency={currency} />
                )}
              </span>
            )}
          </span>
          <span class="line-clamp-2 text-sm break-words text-quiet">
            <Time t={countedAt(row)} />
            {info.random !== undefined && ` · ${info.random}`}
            {info.memo !== undefined && ` · ${info.memo}`}
          </span>
        </span>
        <StateBadge state={state} bitcoin={bitcoin} />
      </a>
    </li>
  );
};

/** The day's sums by currency, and its invoices. `most`: only so many, with a link to the rest. */
export const DayView = ({
  rows: { error, reload, rows },
  now,
  most,
}: {
  readonly rows: Rows;
  readonly now: number;
  readonly most?: number;
}): JSX.Element => {
  const words = t.till;
  const since = startOfDay(now);
  const todays = rows?.filter((row) => countedAt(row) >= since || (row.invoice.info.t ?? 0) >= since);
  const totals = totalsOf(rows ?? [], since, (amount, currency) => unitsOf(amount, decimalsOf(currency)));
  const shown = most === undefined ? todays : todays?.slice(0, most);
  return (
    <Card title={most === undefined ? words.totals : words.today}>
      {error && <ErrorNote error={error} onRetry={reload} />}
      {todays === undefined ? (
        error === undefined && <Loading />
      ) : todays.length === 0 ? (
        <Empty icon="till" title={words.noSales} hint={words.noSalesHint} />
      ) : (
        <div class="flex flex-col gap-3">
          <dl class="flex flex-wrap gap-x-6 gap-y-2" aria-label={words.totals}>
            {totals.map(({ currency, sales, units }) => (
              <div key={currency}>
                <dt class="text-sm text-quiet">
                  {currency} · {words.sales(sales)}
                </dt>
                <dd>
                  <Money
                    amount={amountText(units, currency)}
                    currency={currency}
                    class="text-2xl font-semibold"
                  />
                </dd>
              </div>
            ))}
          </dl>
          {totals.length === 0 && <p class="text-quiet">{words.noSales}</p>}
          <ul class="-mx-1 divide-y divide-line sm:-mx-2">
            {shown!.map((row) => (
              <Line key={row.invoice.btc_address} row={row} now={now} />
            ))}
          </ul>
          {todays.length > shown!.length && (
            <LinkButton kind="quiet" href={`${paths.till}/day`}>
              {words.todayAll}
            </LinkButton>
          )}
        </div>
      )}
    </Card>
  );
};
