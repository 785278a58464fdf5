import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Card } from "../ui/card.tsx";
import { Digits } from "../ui/money.tsx";
import { Loading } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { isLive } from "./live.tsx";
import type { Trade } from "./use-trades.ts";

export const RecentTrades = ({
  trades,
  most,
}: {
  readonly trades: readonly Trade[] | undefined;
  readonly most: number;
}): JSX.Element => {
  const words = t.market.trades;
  return (
    <Card title={words.title}>
      {trades === undefined ? (
        <Loading lines={5} />
      ) : trades.length === 0 ? (
        <p class="text-quiet">{words.empty}</p>
      ) : (
        <table class={`w-full border-collapse text-sm ${isLive() ? "" : "grayscale"}`}>
          <caption class="sr-only">{words.title}</caption>
          <thead>
            <tr class="text-quiet">
              <th scope="col" class="py-1 text-start font-medium">
                {words.price}
              </th>
              <th scope="col" class="py-1 text-end font-medium">
                {words.amount}
              </th>
              <th scope="col" class="py-1 text-end font-medium">
                {words.time}
              </th>
            </tr>
          </thead>
          <tbody>
            {trades.slice(0, most).map(({ trade_id, price, amount, taker_side, t: at }) => (
              <tr key={trade_id}>
                <td class={`py-0.5 font-medium ${taker_side === "sell" ? "text-bad" : "text-good"}`}>
                  {taker_side !== undefined && (
                    <>
                      <span aria-hidden="true">{taker_side === "sell" ? "↓" : "↑"}</span>
                      <span class="sr-only">{taker_side === "sell" ? words.sold : words.bought}</span>{" "}
                    </>
                  )}
                  <Digits text={price} />
                </td>
                <td class="py-0.5 text-end">
                  <Digits text={amount} />
                </td>
                <td class="py-0.5 ps-2 text-end text-quiet">
                  <Time t={at} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
};
