import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Button, type ButtonKind } from "./button.tsx";

const SHOWN_MS = 2_000;

export const CopyButton = ({
  text,
  label = t.ui.copy,
  kind = "plain",
}: {
  readonly text: string;
  readonly label?: string;
  readonly kind?: ButtonKind;
}): JSX.Element => {
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  };
  return (
    <>
      <Button kind={kind} icon={copied ? "check" : "copy"} onClick={() => void copy()}>
        {copied ? t.ui.copied : label}
      </Button>
      <span class="sr-only" aria-live="polite">
        {copied ? t.ui.copied : ""}
      </span>
    </>
  );
};

/** A long text without spaces, such as an address: all of it is shown, and copied by a press. */
export const CopyText = ({
  text,
  label,
}: {
  readonly text: string;
  readonly label?: string;
}): JSX.Element => (
  <div class="flex flex-col gap-2">
    <p class="rounded-[0.625rem] bg-sunken p-3 font-mono text-sm break-all">{text}</p>
    <div>
      <CopyButton text={text} {...(label === undefined ? {} : { label })} />
    </div>
  </div>
);
