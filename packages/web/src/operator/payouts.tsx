import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Card, Facts } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm } from "./confirm.tsx";
import { Code } from "./shown.tsx";

type Payout = Answer<"operator-wallet">["in_flight"][number];

/** Payments under way; one that can never confirm may be given up. */
export const Payouts = ({ payouts }: { readonly payouts: readonly Payout[] }): JSX.Element => {
  const words = t.operator.wallet;
  const act = useAct("operator-abandon-payout");
  const [asked, setAsked] = useState<Payout>();
  return (
    <Card title={words.inFlight}>
      {payouts.length === 0 && <p class="text-quiet">{words.noInFlight}</p>}
      <ul class="divide-y divide-line">
        {payouts.map((one) => (
          <li
            key={one.payout}
            class="flex flex-col gap-2 py-3 first:pt-0 last:pb-0 sm:flex-row sm:items-start sm:justify-between"
          >
            <div class="flex min-w-0 flex-col gap-1">
              <p class="flex flex-wrap items-center gap-x-3 gap-y-1">
                <Money amount={one.amount} currency="BTC" class="font-semibold" />
                <Badge>{words.kinds[one.is]}</Badge>
                {one.conflict && <Badge tone="bad">{words.conflict}</Badge>}
              </p>
              <p class="text-sm text-quiet">
                {one.payout} · {words.fee} <Money amount={one.fee} currency="BTC" /> ·{" "}
                {t.operator.overview.satPerVbyte(one.fee_rate)} · {words.confirmations} {one.confirmations}
              </p>
              <p class="text-quiet">
                <Code text={one.txid} />
              </p>
            </div>
            {one.conflict && may("operator-abandon-payout") && (
              <Button kind="danger" label={words.abandonOf(one.payout)} onClick={() => setAsked(one)}>
                {words.abandon}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={words.abandonTitle}
        text={words.abandonText}
        yes={words.abandonYes}
        danger
        word={asked?.payout ?? ""}
        params={() => asked && { payout: asked.payout }}
        onClose={() => setAsked(undefined)}
        onDone={({ payout }) => notify(words.abandonDone(payout))}
      >
        {asked && (
          <Facts
            facts={[
              [words.amount, <Money amount={asked.amount} currency="BTC" class="font-semibold" />],
              [words.abandonPays, words.abandonWith(asked.withdrawals.length)],
              [words.coin, <Code text={asked.conflict?.outpoint ?? ""} />],
            ]}
          />
        )}
      </Confirm>
    </Card>
  );
};
