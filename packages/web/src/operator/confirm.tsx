import type { FunctionName, Parameters } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Act } from "../hub/act.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextField } from "../ui/field.tsx";
import { ErrorNote } from "../ui/states.tsx";

interface Question {
  readonly title: string;
  /** What it means, in words. */
  readonly text: string;
  /** What the button says that does it. */
  readonly yes: string;
  readonly danger?: boolean;
  /** Must be typed first. */
  readonly word?: string;
  /** Whether a try after an unknown outcome takes effect once. */
  readonly repeatable?: boolean;
  /** Accounts, amounts and fields. */
  readonly children?: ComponentChildren;
}

const Asked = <N extends FunctionName>({
  of,
  params,
  onDone,
  text,
  yes,
  danger,
  word,
  repeatable = false,
  children,
}: Question & {
  readonly of: Act<N>;
  readonly params: () => Parameters<N> | undefined;
  readonly onDone: (answer: NonNullable<Act<N>["answer"]>) => void;
}): JSX.Element => {
  const [typed, setTyped] = useState("");
  const run = async (): Promise<void> => {
    const given = params();
    if (given === undefined) return;
    const answer = await of.run(given);
    if (answer !== undefined) onDone(answer);
  };
  return (
    <form
      class="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void run();
      }}
    >
      <p>{text}</p>
      {children}
      {word !== undefined && (
        <TextField
          label={t.operator.typed(word)}
          value={typed}
          onValue={setTyped}
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
        />
      )}
      <ErrorNote error={of.error} repeatable={repeatable} />
      <Button
        type="submit"
        kind={danger ? "danger" : "main"}
        busy={of.busy}
        disabled={word !== undefined && typed.trim().toLowerCase() !== word}
        wide
      >
        {yes}
      </Button>
    </form>
  );
};

/** Asks once more before something is changed, says why it did not work, and closes when it did. */
export const Confirm = <N extends FunctionName>({
  open,
  of,
  params,
  onClose,
  onDone,
  ...question
}: Question & {
  readonly open: boolean;
  readonly of: Act<N>;
  /** Undefined where something is still missing. */
  readonly params: () => Parameters<N> | undefined;
  readonly onClose: () => void;
  readonly onDone: (answer: NonNullable<Act<N>["answer"]>) => void;
}): JSX.Element => {
  const close = (): void => {
    of.clear();
    onClose();
  };
  return (
    <Dialog open={open} onClose={close} title={question.title}>
      <Asked
        {...question}
        of={of}
        params={params}
        onDone={(answer) => {
          close();
          onDone(answer);
        }}
      />
    </Dialog>
  );
};

/** Calls of an earlier visit that nobody knows the outcome of: found out, or forgotten. */
export const UnknownCalls = <N extends FunctionName>({
  of,
  tell,
  onDone,
}: {
  readonly of: Act<N>;
  readonly tell: (params: Parameters<N>) => string;
  readonly onDone: (answer: NonNullable<Act<N>["answer"]>, params: Parameters<N>) => void;
}): JSX.Element | null =>
  of.unfinished.length === 0 ? null : (
    <Note tone="warn" title={t.operator.unknown}>
      <ul class="flex flex-col gap-3">
        {of.unfinished.map((one) => (
          <li key={one.client_id} class="flex flex-wrap items-center gap-3">
            <span class="min-w-0 break-words">{tell(one.params)}</span>
            <span class="flex gap-3">
              <Button
                busy={of.busy}
                onClick={() => void of.run(one.params).then((answer) => answer && onDone(answer, one.params))}
              >
                {t.operator.findOut}
              </Button>
              <Button kind="quiet" onClick={() => of.forget(one)}>
                {t.operator.forget}
              </Button>
            </span>
          </li>
        ))}
      </ul>
    </Note>
  );
