import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Badge, Card, Facts } from "../ui/card.tsx";
import { TextField } from "../ui/field.tsx";
import { Money } from "../ui/money.tsx";
import { Time } from "../ui/time.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm } from "./confirm.tsx";
import { useRefreshed } from "./refresh.ts";

type Waiting = Answer<"operator-wallet">["waiting"];

/** Stops payments by chain and lets them go on. A key that may not look at the chain is offered what it may do, without how it stands. */
export const Halting = ({ waiting }: { readonly waiting: Waiting | undefined }): JSX.Element | null => {
  const words = t.operator.wallet;
  const chain = useRefreshed(useCall("operator-chain", {}, { when: may("operator-chain") }));
  const halting = useAct("operator-halt-withdrawals");
  const resuming = useAct("operator-resume-withdrawals");
  const [asked, setAsked] = useState<"halt" | "resume">();
  const [why, setWhy] = useState("");
  const ask = (what: "halt" | "resume"): void => {
    setWhy("");
    setAsked(what);
  };
  const reasonGiven = (): { reason?: string } => {
    const reason = why.replace(/\s+/g, " ").trim();
    return reason === "" ? {} : { reason };
  };
  const whyField = (hint: string): JSX.Element => (
    <TextField
      label={words.haltWhy}
      hint={hint}
      optional
      value={why}
      onValue={setWhy}
      maxLength={200}
      autocomplete="off"
    />
  );
  const halt = chain.data?.halt;
  const known = chain.data !== undefined;
  const mayHalt = may("operator-halt-withdrawals") && !(known && halt !== undefined);
  const mayResume = may("operator-resume-withdrawals") && !(known && halt === undefined);
  if (!mayHalt && !mayResume && !known) return null;
  return (
    <Card
      title={words.halt}
      aside={
        known ? <Badge tone={halt ? "bad" : "good"}>{halt ? words.halted : words.goOn}</Badge> : undefined
      }
    >
      {halt && (
        <Facts
          facts={[
            [words.reason, words.reasons[halt.reason]],
            ...(halt.detail === ""
              ? []
              : [[words.detail, <span class="break-all">{halt.detail}</span>] as const]),
            [words.since, <Time t={halt.t} show="full" />],
          ]}
        />
      )}
      <p class={`mb-3 text-quiet ${halt ? "mt-3" : ""}`}>{words.haltText}</p>
      <div class="flex flex-wrap gap-3">
        {mayHalt && (
          <Button kind="danger" onClick={() => ask("halt")}>
            {words.haltDo}
          </Button>
        )}
        {mayResume && <Button onClick={() => ask("resume")}>{words.resumeDo}</Button>}
      </div>
      <Confirm
        open={asked === "halt"}
        of={halting}
        title={words.haltTitle}
        text={words.haltText}
        yes={words.haltYes}
        danger
        repeatable
        params={reasonGiven}
        onClose={() => setAsked(undefined)}
        onDone={() => notify(words.haltDone)}
      >
        {whyField(words.haltWhyHint)}
      </Confirm>
      <Confirm
        open={asked === "resume"}
        of={resuming}
        title={words.resumeTitle}
        text={words.resumeText}
        yes={words.resumeYes}
        word={words.resumeWord}
        params={reasonGiven}
        onClose={() => setAsked(undefined)}
        onDone={() => notify(words.resumeDone)}
      >
        {waiting && (
          <Facts
            facts={[
              [
                words.resumeWaiting,
                <>
                  {words.abandonWith(waiting.count)} · <Money amount={waiting.amount} currency="BTC" />
                </>,
              ],
            ]}
          />
        )}
        {whyField(words.resumeWhyHint)}
      </Confirm>
    </Card>
  );
};
