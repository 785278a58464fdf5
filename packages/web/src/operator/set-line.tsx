import type { Parameters } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAct } from "../hub/act.ts";
import { readTyped } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Facts } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { AmountInput, amountProblem, Money } from "../ui/money.tsx";
import { notify } from "../ui/toast.tsx";
import { Confirm } from "./confirm.tsx";
import { Code } from "./shown.tsx";

const IDENTITY = /^[A-Za-z0-9+/]{43}=$/;

/** What a ceiling is set of: an identity, one that is typed, or all together. */
export type LineOf = { readonly identity: string } | "typed" | "all";

/** A ceiling as the hub takes it: other than elsewhere, 0 is one, and ends the line. */
const ceilingOf = (typed: string): string | undefined => {
  if (/^\s*0+(?:[.,]0*)?\s*$/.test(typed)) return "0";
  const read = readTyped(typed, "BTC");
  return "problem" in read ? undefined : read.amount;
};

const Form = ({
  of,
  before,
  onReview,
}: {
  readonly of: LineOf;
  readonly before: string;
  readonly onReview: (params: Parameters<"operator-set-line">) => void;
}): JSX.Element => {
  const words = t.operator.peers;
  const [identity, setIdentity] = useState("");
  const [ceiling, setCeiling] = useState(before);
  const [tried, setTried] = useState(false);
  const named = typeof of === "object" ? of.identity : identity.trim();
  const review = (): void => {
    setTried(true);
    const most = ceilingOf(ceiling);
    if (most === undefined || (of !== "all" && !IDENTITY.test(named))) return;
    onReview({ ceiling: most, ...(of === "all" ? {} : { identity: named }) });
  };
  return (
    <form
      class="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        review();
      }}
    >
      {typeof of === "object" && <Facts facts={[[words.identity, <Code text={of.identity} />]]} />}
      {of === "typed" && (
        <TextField
          label={words.identityField}
          hint={words.identityHint}
          error={tried && !IDENTITY.test(named) ? words.identityBad : undefined}
          value={identity}
          onValue={setIdentity}
          maxLength={44}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
      )}
      <AmountInput
        label={words.amount}
        hint={words.amountHint}
        currency="BTC"
        value={ceiling}
        onValue={setCeiling}
        error={tried && ceilingOf(ceiling) === undefined ? amountProblem(ceiling, "BTC") : undefined}
      />
      <Button kind="main" type="submit" wide>
        {words.review}
      </Button>
    </form>
  );
};

/** Sets a ceiling: typed first, then asked once more in words. */
export const SetLine = ({
  of,
  before = "",
  onClose,
}: {
  readonly of: LineOf | undefined;
  readonly before?: string | undefined;
  readonly onClose: () => void;
}): JSX.Element => {
  const words = t.operator.peers;
  const act = useAct("operator-set-line");
  const [asked, setAsked] = useState<Parameters<"operator-set-line">>();
  const close = (): void => {
    setAsked(undefined);
    onClose();
  };
  const text =
    asked === undefined
      ? ""
      : asked.ceiling === "0"
        ? words.confirmNone
        : asked.identity === undefined
          ? words.confirmAll(asked.ceiling)
          : words.confirmText(asked.ceiling);
  return (
    <>
      <Dialog open={of !== undefined && asked === undefined} onClose={onClose} title={words.setTitle}>
        {of !== undefined && <Form of={of} before={before} onReview={setAsked} />}
      </Dialog>
      <Confirm
        open={asked !== undefined}
        of={act}
        title={words.setTitle}
        text={text}
        yes={words.setYes}
        repeatable
        params={() => asked}
        onClose={close}
        onDone={() => notify(words.doneSet)}
      >
        {asked && (
          <Facts
            facts={[
              [words.identity, asked.identity === undefined ? words.all : <Code text={asked.identity} />],
              [words.ceiling, <Money amount={asked.ceiling} currency="BTC" class="font-semibold" />],
            ]}
          />
        )}
      </Confirm>
    </>
  );
};
