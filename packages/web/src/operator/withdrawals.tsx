import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { Money } from "../ui/money.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm } from "./confirm.tsx";
import { useRefreshed } from "./refresh.ts";
import { Code } from "./shown.tsx";

type Withdrawal = Answer<"operator-fiat-withdrawals">["withdrawals"][number];

const Waiting = ({
  one,
  onAsk,
}: {
  readonly one: Withdrawal;
  readonly onAsk: ((outcome: "done" | "refused") => void) | undefined;
}): JSX.Element => {
  const words = t.operator.withdrawals;
  const { transfer_id, amount, currency, destination, account, t: asked } = one;
  return (
    <li class="flex flex-col gap-3 py-4 first:pt-0 last:pb-0 sm:flex-row sm:items-start sm:justify-between">
      <div class="flex min-w-0 flex-col gap-1">
        <Money amount={amount} currency={currency} class="text-lg font-semibold" />
        <p class="break-words">{destination}</p>
        <p class="text-sm text-quiet">
          {transfer_id} · <Code text={account} /> · <Time t={asked} show="full" />
        </p>
      </div>
      {onAsk && (
        <div class="flex shrink-0 flex-wrap gap-3">
          <Button icon="check" label={words.paidOf(transfer_id)} onClick={() => onAsk("done")}>
            {words.paid}
          </Button>
          <Button kind="danger" label={words.refuseOf(transfer_id)} onClick={() => onAsk("refused")}>
            {words.refuse}
          </Button>
        </div>
      )}
    </li>
  );
};

export const WithdrawalsView = (): JSX.Element => {
  const words = t.operator.withdrawals;
  const call = useRefreshed(useCall("operator-fiat-withdrawals"));
  const act = useAct("operator-settle-fiat-withdrawal");
  const [asked, setAsked] = useState<{
    readonly one: Withdrawal;
    readonly outcome: "done" | "refused";
  }>();
  const [reference, setReference] = useState("");
  const [tried, setTried] = useState(false);
  const paid = asked?.outcome === "done";
  const ask = (one: Withdrawal, outcome: "done" | "refused"): void => {
    setReference("");
    setTried(false);
    setAsked({ one, outcome });
  };
  return (
    <Card>
      <p class="mb-4 text-quiet">{words.lead}</p>
      <Loaded call={call}>
        {({ withdrawals }) =>
          withdrawals.length === 0 ? (
            <Empty icon="check" title={words.none} hint={words.noneHint} />
          ) : (
            <ul class="divide-y divide-line">
              {withdrawals.map((one) => (
                <Waiting
                  key={one.transfer_id}
                  one={one}
                  onAsk={may("operator-settle-fiat-withdrawal") ? (outcome) => ask(one, outcome) : undefined}
                />
              ))}
            </ul>
          )
        }
      </Loaded>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={paid ? words.paidTitle : words.refuseTitle}
        text={paid ? words.paidText : words.refuseText}
        yes={paid ? words.paidYes : words.refuseYes}
        danger={!paid}
        params={() => {
          setTried(true);
          return asked && reference.trim() !== ""
            ? {
                transfer_id: asked.one.transfer_id,
                outcome: asked.outcome,
                reference: reference.trim(),
              }
            : undefined;
        }}
        onClose={() => setAsked(undefined)}
        onDone={() => {
          if (asked) notify((paid ? words.paidDone : words.refuseDone)(asked.one.transfer_id));
        }}
      >
        {asked && (
          <>
            <Facts
              facts={[
                [
                  words.amount,
                  <Money
                    amount={asked.one.amount}
                    currency={asked.one.currency}
                    class="text-lg font-semibold"
                  />,
                ],
                [words.destination, <span class="break-words">{asked.one.destination}</span>],
                [words.account, <Code text={asked.one.account} />],
                [words.transfer, asked.one.transfer_id],
              ]}
            />
            <TextField
              label={paid ? words.reference : words.why}
              hint={paid ? undefined : words.whyHint}
              error={tried && reference.trim() === "" ? words.needed : undefined}
              value={reference}
              onValue={setReference}
              maxLength={200}
              autocomplete="off"
            />
          </>
        )}
      </Confirm>
    </Card>
  );
};
