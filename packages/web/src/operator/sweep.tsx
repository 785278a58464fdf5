import type { Answer, Parameters } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { type Act, useAct } from "../hub/act.ts";
import { readTyped } from "../hub/money.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts } from "../ui/card.tsx";
import { CopyButton, CopyText } from "../ui/copy.tsx";
import { TextArea } from "../ui/field.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { AmountInput, amountProblem, Money } from "../ui/money.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm } from "./confirm.tsx";
import { readPsbt, savePsbt } from "./psbt.ts";
import { Code } from "./shown.tsx";

type Prepared = Answer<"operator-sweep">;

const SweepFacts = ({ made }: { readonly made: Prepared }): JSX.Element => {
  const words = t.operator.wallet;
  return (
    <Facts
      facts={[
        [words.arrives, <Money amount={made.amount} currency="BTC" class="font-semibold" />],
        [words.fee, <Money amount={made.fee} currency="BTC" />],
        [words.to, <Code text={made.to} />],
      ]}
    />
  );
};

const Prepare = ({ act }: { readonly act: Act<"operator-sweep"> }): JSX.Element => {
  const words = t.operator.wallet;
  const [amount, setAmount] = useState("");
  const [tried, setTried] = useState(false);
  const all = amount.trim() === "";
  const prepare = (): void => {
    setTried(true);
    const read = readTyped(amount, "BTC");
    if (all) void act.run({});
    else if (!("problem" in read)) void act.run({ amount: read.amount });
  };
  const made = act.answer;
  return (
    <section class="flex flex-col gap-3">
      <h3 class="font-semibold">{words.prepare}</h3>
      <form
        class="flex flex-col gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          prepare();
        }}
      >
        <AmountInput
          label={words.sweepAmount}
          hint={words.sweepAmountHint}
          currency="BTC"
          value={amount}
          onValue={setAmount}
          error={tried && !all ? amountProblem(amount, "BTC") : undefined}
        />
        <div>
          <Button type="submit" busy={act.busy}>
            {words.prepareDo}
          </Button>
        </div>
        <ErrorNote error={act.error} />
      </form>
      {made && (
        <section class="flex flex-col gap-3" aria-live="polite">
          <h3 class="font-semibold">{words.prepared}</h3>
          <p class="text-quiet">{words.preparedText}</p>
          <SweepFacts made={made} />
          <div class="button-row">
            <Button icon="download" onClick={() => savePsbt(made.psbt, "sweep.psbt")}>
              {words.download}
            </Button>
            <CopyButton text={made.psbt} label={words.copy} />
          </div>
        </section>
      )}
    </section>
  );
};

const Finish = ({ made }: { readonly made: Prepared | undefined }): JSX.Element => {
  const words = t.operator.wallet;
  const act = useAct("operator-finish-sweep");
  const [text, setText] = useState("");
  const [bad, setBad] = useState(false);
  const [asked, setAsked] = useState<Parameters<"operator-finish-sweep">>();
  const review = (given: string | Uint8Array): void => {
    const psbt = readPsbt(given);
    setBad(psbt === undefined);
    if (psbt === undefined) return;
    setText(psbt);
    setAsked({ psbt });
  };
  return (
    <section class="flex flex-col gap-3">
      <h3 class="font-semibold">{words.finish}</h3>
      <form
        class="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          review(text);
        }}
      >
        <TextArea
          label={words.signed}
          hint={words.signedHint}
          error={bad ? words.signedBad : undefined}
          value={text}
          onValue={setText}
        />
        <div class="button-row">
          <FileButton
            label={words.file}
            accept=".psbt,.txt"
            onFile={(file) => void file.arrayBuffer().then((bytes) => review(new Uint8Array(bytes)))}
          />
          <Button type="submit">{words.finishDo}</Button>
        </div>
      </form>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={words.finishTitle}
        text={words.finishText}
        yes={words.finishYes}
        danger
        params={() => asked}
        onClose={() => setAsked(undefined)}
        onDone={({ payout }) => {
          setText("");
          notify(words.finishDone(payout));
        }}
      >
        {made ? <SweepFacts made={made} /> : <p class="text-quiet">{words.preparedBefore}</p>}
      </Confirm>
    </section>
  );
};

/** To the cold wallet: prepared here, signed outside, sent by the hub. The last step stands by itself: a reload loses nothing. */
export const Sweep = (): JSX.Element | null => {
  const words = t.operator.wallet;
  const preparing = useAct("operator-sweep");
  if (!may("operator-sweep") && !may("operator-finish-sweep")) return null;
  return (
    <Card title={words.sweep}>
      <div class="flex flex-col gap-5">
        <p class="text-quiet">{words.sweepLead}</p>
        {may("operator-sweep") && <Prepare act={preparing} />}
        {may("operator-finish-sweep") && <Finish made={preparing.answer} />}
      </div>
    </Card>
  );
};

export const ColdAddress = (): JSX.Element | null => {
  const words = t.operator.wallet;
  const act = useAct("operator-cold-address");
  if (!may("operator-cold-address")) return null;
  return (
    <Card title={words.coldTitle}>
      <div class="flex flex-col gap-3">
        <p class="text-quiet">{words.coldText}</p>
        <ErrorNote error={act.error} />
        <div aria-live="polite">{act.answer && <CopyText text={act.answer.btc_address} />}</div>
        <div>
          <Button icon="receive" busy={act.busy} onClick={() => void act.run({})}>
            {words.coldDo}
          </Button>
        </div>
      </div>
    </Card>
  );
};
