import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { amountText, decimalsOf, partedText, readTyped, unitsOf } from "../hub/money.ts";
import { useLive } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { useLead } from "../session/lead.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Select, TextArea } from "../ui/field.tsx";
import { AmountInput, amountProblem, Money } from "../ui/money.tsx";
import { Empty, ErrorNote, Loaded } from "../ui/states.tsx";
import { notify } from "../ui/toast.tsx";
import { useKept, WITHDRAW_STEP } from "./kept.ts";
import { fieldProblem, focusProblem } from "./payment-problem.ts";
import { views } from "./views.ts";
import { WalletPage } from "./wallet-page.tsx";

const MAX_DESTINATION = 500;
const EMPTY = { step: "form" as "form" | "confirm", currency: "", amount: "", destination: "" };

const Form = ({ available }: { readonly available: Readonly<Record<string, string>> }): JSX.Element => {
  const words = t.wallet.withdrawing;
  const lead = useLead();
  const [draft, setDraft] = useKept("withdraw", EMPTY);
  const withdrawing = useAct("withdraw-fiat", WITHDRAW_STEP);
  const [own, setOwn] = useState<{ amount?: string; destination?: string }>({});
  const codes = Object.keys(available)
    .filter((key) => key !== "btc")
    .map((key) => key.toUpperCase());
  const currency = codes.includes(draft.currency) ? draft.currency : (codes[0] ?? "");
  const most = available[currency.toLowerCase()] ?? "0.00";
  const read = readTyped(draft.amount, currency);
  // One line is what the hub takes.
  const destination = draft.destination.trim().replace(/\s*\n\s*/g, ", ");
  const problem = withdrawing.error && fieldProblem(withdrawing.error);
  useEffect(() => {
    if (problem === undefined) return;
    setDraft({ step: "form" });
    focusProblem();
  }, [withdrawing.error]);
  const change = (to: Partial<typeof EMPTY>): void => {
    setOwn({});
    if (withdrawing.error) withdrawing.clear();
    setDraft(to);
  };
  const proceed = (): void => {
    const wrong = amountProblem(draft.amount, currency);
    const over =
      "amount" in read && unitsOf(read.amount, decimalsOf(currency)) > unitsOf(most, decimalsOf(currency))
        ? t.wallet.sending.problems.insufficient(`${partedText(most)} ${currency}`)
        : undefined;
    const amount = wrong ?? over;
    const problems = {
      ...(amount === undefined ? {} : { amount }),
      ...(destination === "" ? { destination: words.noDestination } : {}),
    };
    setOwn(problems);
    if (Object.keys(problems).length > 0) focusProblem();
    else setDraft({ step: "confirm", currency });
  };
  const run = async (params: Parameters<typeof withdrawing.run>[0]): Promise<void> => {
    const answer = await withdrawing.run(params);
    if (answer === undefined) return;
    setDraft(undefined);
    withdrawing.clear();
    if (may("my-transfers")) lead(views.payment(answer.transfer_id), true);
    else notify(t.wallet.statuses[answer.status]);
  };
  const [doubtful] = withdrawing.unfinished;
  if (doubtful)
    return (
      <Note tone="warn" title={words.unknown}>
        <Facts
          facts={[
            [
              t.ui.amount,
              <Money key="a" amount={doubtful.params.amount} currency={doubtful.params.currency} />,
            ],
            [words.destination, doubtful.params.destination],
          ]}
        />
        <p class="my-3">{t.ui.unknownOutcome}</p>
        <div class="flex flex-wrap gap-2">
          <Button kind="main" onClick={() => void run(doubtful.params)}>
            {words.find}
          </Button>
          <Button kind="quiet" onClick={() => withdrawing.forget(doubtful)}>
            {t.wallet.sending.setAside}
          </Button>
        </div>
      </Note>
    );
  if (draft.step === "confirm" && "amount" in read && destination !== "") {
    const decimals = decimalsOf(currency);
    const rest = unitsOf(most, decimals) - unitsOf(read.amount, decimals);
    return (
      <>
        <Card title={words.confirmTitle}>
          <Facts
            facts={[
              [t.wallet.sending.leaves, <Money key="a" amount={read.amount} currency={currency} />],
              ...(rest < 0n
                ? []
                : [
                    [
                      t.wallet.sending.remains,
                      <Money key="r" amount={amountText(rest, currency)} currency={currency} />,
                    ] as const,
                  ]),
            ]}
          />
          <p class="mt-2 text-quiet">{words.destination}</p>
          <p class="break-words whitespace-pre-wrap">{destination}</p>
        </Card>
        <ErrorNote error={problem ? undefined : withdrawing.error} />
        <div class="flex flex-col gap-2">
          <Button
            kind="main"
            wide
            busy={withdrawing.busy}
            onClick={() => void run({ currency, amount: read.amount, destination })}
          >
            {words.submit(read.amount, currency)}
          </Button>
          <Button kind="quiet" wide disabled={withdrawing.busy} onClick={() => change({ step: "form" })}>
            {t.wallet.sending.change}
          </Button>
        </div>
      </>
    );
  }
  return (
    <form
      noValidate
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        proceed();
      }}
    >
      <Card>
        <div class="flex flex-col gap-4">
          {codes.length > 1 && (
            <Select
              label={words.currency}
              value={currency}
              onValue={(code) => change({ currency: code, amount: "" })}
              options={codes.map((value) => ({ value, label: value }))}
            />
          )}
          <AmountInput
            currency={currency}
            value={draft.amount}
            hint={`${t.wallet.balances.available}: ${partedText(most)} ${currency}`}
            error={own.amount ?? problem?.text}
            onValue={(amount) => change({ amount })}
            onAll={() => change({ amount: most })}
          />
          <TextArea
            label={words.destination}
            hint={words.destinationHint}
            error={own.destination}
            rows={3}
            value={draft.destination}
            onValue={(text) => change({ destination: text.slice(0, MAX_DESTINATION) })}
          />
        </div>
      </Card>
      <ErrorNote error={problem ? undefined : withdrawing.error} />
      <Button type="submit" kind="main" wide>
        {words.check}
      </Button>
    </form>
  );
};

/** Money in another currency, paid out by the operator. */
export const Withdraw = (): JSX.Element => {
  const words = t.wallet.withdrawing;
  const balance = useLive("my-balance", "balances");
  return (
    <WalletPage title={words.title} lead={words.lead} width="narrow">
      <Loaded call={balance}>
        {({ available, held }) =>
          [...Object.keys(available), ...Object.keys(held)].some((key) => key !== "btc") ? (
            <Form available={available} />
          ) : (
            <Card>
              <Empty icon="wallet" title={words.none} hint={words.noneHint} />
            </Card>
          )
        }
      </Loaded>
    </WalletPage>
  );
};
