import type { Parameters } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { amountText, currencyCodes, decimalsOf, partedText, readTyped, unitsOf } from "../hub/money.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Select, TextField } from "../ui/field.tsx";
import { AmountInput, amountProblem, Money } from "../ui/money.tsx";
import { Confirm, UnknownCalls } from "./confirm.tsx";
import { Amounts, Code } from "./shown.tsx";

type Credit = Parameters<"operator-credit">;

const ACCOUNT = /^(?:ac-[a-z2-7]{16}|[a-z][a-z0-9._-]{2,31})$/;

/** Whom the account is, as far as the key may look. */
const Payee = ({ account }: { readonly account: string }): JSX.Element | null => {
  const words = t.operator.credit;
  const { data } = useCall(
    "operator-accounts",
    { search: account, limit: 1 },
    { when: may("operator-accounts") },
  );
  if (data === undefined) return null;
  // One that is named in full comes first.
  const found = data.accounts.find((one) => one.account === account || one.name === account);
  if (found === undefined) return <Note tone="warn">{words.unknown}</Note>;
  return (
    <Facts
      facts={[
        [
          words.known,
          <>
            {found.name} <Code text={found.account} />
          </>,
        ],
        [words.has, <Amounts of={found.available} nothing={t.operator.overview.nothing} />],
      ]}
    />
  );
};

export const CreditView = ({ rest }: { readonly rest: string }): JSX.Element => {
  const words = t.operator.credit;
  const act = useAct("operator-credit");
  const codes = currencyCodes();
  const [account, setAccount] = useState(rest);
  const [currency, setCurrency] = useState(codes.find((code) => code !== "BTC") ?? "BTC");
  const [amount, setAmount] = useState("");
  const [reference, setReference] = useState("");
  const [tried, setTried] = useState(false);
  const [asked, setAsked] = useState<Credit>();
  const [done, setDone] = useState<Credit & { readonly transfer_id: string }>();
  // Bitcoin is credited out of what the hub has earned.
  const wallet = useCall("operator-wallet", {}, { when: currency === "BTC" && may("operator-wallet") });
  const own = currency === "BTC" ? wallet.data?.fees_taken : undefined;
  const read = readTyped(amount, currency);
  const tooMuch =
    own !== undefined &&
    "amount" in read &&
    unitsOf(read.amount, decimalsOf(currency)) > unitsOf(own, decimalsOf(currency))
      ? words.tooMuch(own.startsWith("-") ? amountText(0n, currency) : partedText(own))
      : undefined;
  const accountProblem = ACCOUNT.test(account.trim()) ? undefined : words.accountBad;
  const referenceProblem = reference.trim() === "" ? words.referenceNeeded : undefined;
  const review = (): void => {
    setTried(true);
    setDone(undefined);
    if (accountProblem || referenceProblem || tooMuch || "problem" in read) return;
    setAsked({ to_account: account.trim(), currency, amount: read.amount, reference: reference.trim() });
  };
  const finished = (credit: Credit, transfer_id: string): void => {
    setDone({ ...credit, transfer_id });
    setAmount("");
    setReference("");
    setTried(false);
  };
  return (
    <>
      <UnknownCalls
        of={act}
        tell={(one) => `${words.yes(one.amount, one.currency)}: ${one.to_account}, «${one.reference}»`}
        onDone={({ transfer_id }, params) => finished(params, transfer_id)}
      />
      <div aria-live="polite" class="contents">
        {done && (
          <Note tone="good" title={words.done(done.amount, done.currency, done.to_account)}>
            {words.transfer} {done.transfer_id} · <span class="break-words">{done.reference}</span>
          </Note>
        )}
      </div>
      <Card>
        <form
          class="flex flex-col gap-4"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            review();
          }}
        >
          <p class="text-quiet">{words.lead}</p>
          <TextField
            label={words.account}
            hint={words.accountHint}
            error={tried ? accountProblem : undefined}
            value={account}
            onValue={setAccount}
            maxLength={32}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
          />
          <div class="grid gap-4 sm:grid-cols-[1fr_2fr]">
            <Select
              label={words.currency}
              value={currency}
              onValue={setCurrency}
              options={codes.map((value) => ({ value, label: value }))}
            />
            <AmountInput
              currency={currency}
              value={amount}
              onValue={setAmount}
              error={tooMuch ?? (tried ? amountProblem(amount, currency) : undefined)}
            />
          </div>
          {currency === "BTC" && <Note tone="warn">{words.btc}</Note>}
          <TextField
            label={words.reference}
            hint={words.referenceHint}
            error={tried ? referenceProblem : undefined}
            value={reference}
            onValue={setReference}
            maxLength={200}
            autocomplete="off"
          />
          <Button kind="main" type="submit">
            {words.review}
          </Button>
        </form>
      </Card>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={words.title}
        text={words.text}
        yes={asked ? words.yes(asked.amount, asked.currency) : ""}
        repeatable
        params={() => asked}
        onClose={() => setAsked(undefined)}
        onDone={({ transfer_id }) => asked && finished(asked, transfer_id)}
      >
        {asked && (
          <>
            <Facts
              facts={[
                [
                  words.amount,
                  <Money amount={asked.amount} currency={asked.currency} class="text-lg font-semibold" />,
                ],
                [words.account, <Code text={asked.to_account} />],
                [words.reference, <span class="break-words">{asked.reference}</span>],
              ]}
            />
            <Payee account={asked.to_account} />
          </>
        )}
      </Confirm>
    </>
  );
};
