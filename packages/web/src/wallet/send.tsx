import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { readTyped } from "../hub/money.ts";
import { useLive } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { useLead } from "../session/lead.ts";
import { t } from "../texts/index.ts";
import { Note } from "../ui/card.tsx";
import { notify } from "../ui/toast.tsx";
import { SEND_STEP, useKept } from "./kept.ts";
import { fieldProblem, focusProblem } from "./payment-problem.ts";
import { type Payment, useQuote } from "./quote.ts";
import { Confirm } from "./send-confirm.tsx";
import { Doubtful } from "./send-doubtful.tsx";
import { type Draft, EMPTY, SendForm } from "./send-form.tsx";
import { views } from "./views.ts";
import { WalletPage } from "./wallet-page.tsx";

const paymentOf = ({ to, amount, subtract }: Draft): Payment | undefined => {
  const read = readTyped(amount, "BTC");
  return to.trim() === "" || "problem" in read
    ? undefined
    : { to_btc_address: to.trim(), amount: read.amount, subtract_fee: subtract };
};

/**
 * Form, confirmation, and what is not known to have been carried out. What was typed outlives a reload; a payment that was confirmed is
 * kept until the hub has answered it. It carries its quote, which ends by itself: asked again later, it cannot be made twice, nor late.
 */
export const Send = (): JSX.Element => {
  const words = t.wallet.sending;
  const lead = useLead();
  const [draft, setDraft] = useKept<Draft>("send", EMPTY);
  const sending = useAct("send-btc", SEND_STEP);
  const [asking, setAsking] = useState(false);
  const [notSent, setNotSent] = useState(false);
  const [quoteOver, setQuoteOver] = useState(false);
  const balance = useLive("my-balance", "balances");
  const doubtful = asking || sending.unfinished.length > 0;
  const payment = paymentOf(draft);
  const confirming = draft.step === "confirm" && payment !== undefined && !doubtful;
  const quoted = useQuote(confirming && !sending.busy ? payment : undefined);
  const failure = sending.error?.code === "quote_unknown" ? undefined : (sending.error ?? quoted.error);
  const problem = failure && fieldProblem(failure);

  // Back to the form, where the field is that must be changed.
  useEffect(() => {
    if (problem === undefined) return;
    if (draft.step === "confirm") setDraft({ step: "form" });
    focusProblem();
  }, [failure]);

  const sent = ({ transfer_id, status }: Answer<"send-btc">): void => {
    setDraft(undefined);
    sending.clear();
    quoted.forget();
    if (transfer_id !== undefined && may("my-transfers")) lead(views.payment(transfer_id), true);
    else if (status !== undefined) notify(t.wallet.statuses[status]);
  };
  const submit = async (): Promise<void> => {
    if (payment === undefined || quoted.quote === undefined) return;
    setQuoteOver(false);
    const answer = await sending.run({ ...payment, quote_id: quoted.quote.quote_id });
    if (answer) sent(answer);
  };
  useEffect(() => {
    if (sending.error?.code !== "quote_unknown" || doubtful) return;
    setQuoteOver(true);
    quoted.forget();
  }, [sending.error]);

  // The hub has said that a payment in doubt was not made.
  const wasDoubtful = useRef(false);
  useEffect(() => {
    if (doubtful) wasDoubtful.current = true;
    else if (wasDoubtful.current) {
      wasDoubtful.current = false;
      if (sending.error === undefined || sending.error.unknown) return;
      setNotSent(true);
      setDraft({ step: "form" });
      quoted.forget();
    }
  }, [doubtful, sending.error]);

  if (doubtful)
    return (
      <WalletPage key="doubtful" title={words.title} width="narrow">
        <Doubtful
          sending={sending}
          onAsking={setAsking}
          onAnswer={(answer) => {
            setAsking(false);
            sent(answer);
          }}
        />
      </WalletPage>
    );
  if (confirming)
    return (
      <WalletPage key="confirm" title={words.confirmTitle} width="narrow">
        {quoteOver && <Note tone="warn">{words.quoteOver}</Note>}
        <Confirm
          draft={draft}
          payment={payment}
          quoted={quoted}
          balances={balance.data}
          busy={sending.busy}
          error={problem ? undefined : failure}
          onSubmit={() => void submit()}
          onAll={(amount) => {
            setDraft({ amount, subtract: true });
            quoted.forget();
          }}
          onBack={() => {
            sending.clear();
            quoted.forget();
            setDraft({ step: "form" });
          }}
        />
      </WalletPage>
    );
  return (
    <WalletPage key="form" title={words.title} width="narrow">
      {notSent && (
        <Note tone="warn" title={words.notSent}>
          {sending.error && sending.error.code !== "quote_unknown" ? sending.error.message : ""}
        </Note>
      )}
      <SendForm
        draft={draft}
        onChange={(change) => {
          setNotSent(false);
          setQuoteOver(false);
          if (failure) {
            sending.clear();
            quoted.forget();
          }
          setDraft(change);
        }}
        balances={balance.data}
        busy={quoted.busy}
        problem={problem}
        error={problem || notSent ? undefined : failure}
        onContinue={async (ready) => {
          const asked = paymentOf(ready);
          if (asked === undefined) return;
          sending.clear();
          setNotSent(false);
          setQuoteOver(false);
          const quote = await quoted.fetch(asked);
          if (quote) setDraft({ step: "confirm" });
        }}
      />
    </WalletPage>
  );
};
