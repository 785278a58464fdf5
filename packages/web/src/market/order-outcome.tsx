import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { t } from "../texts/index.ts";
import { Facts, Note } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";

/** What became of an order, in a word. */
const outcome = (answer: Answer<"place-order">): string => {
  const words = t.market.order;
  const traded = /[1-9]/.test(answer.filled_for_amt ?? "0");
  if (answer.state === "filled") return words.filled;
  if (answer.state === "cancelled") return traded ? words.cut : words.nothing;
  return traded ? words.partly : words.open;
};

/** What the hub answered to an order. */
export const Outcome = ({
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
