import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { amountText, decimalsOf, groupsOf, readTyped } from "../hub/money.ts";
import { t } from "../texts/index.ts";
import { Field } from "./field.tsx";

/** A decimal number as the hub writes it. What is copied from it is the plain number. */
export const Digits = ({ text }: { readonly text: string }): JSX.Element => {
  const [, sign = "", digits = "0", fraction = ""] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
  const parts = groupsOf(digits, fraction);
  return (
    <span class="digits whitespace-nowrap">
      {sign === "-" && "−"}
      {parts.whole.map((group, i) => (
        <span key={i} class="group-of-digits">
          {group}
        </span>
      ))}
      {fraction !== "" && (
        <>
          {"."}
          {parts.fraction.map((group, i) => (
            <span key={i} class={i > 0 ? "group-of-digits" : ""}>
              {group}
            </span>
          ))}
        </>
      )}
    </span>
  );
};

/** An amount and its currency: a decimal string of the hub's, or whole smallest units as a bigint. */
export const Money = ({
  amount,
  currency,
  sign,
  class: of = "",
}: {
  readonly amount: string | bigint;
  readonly currency: string;
  /** With + before what came in. */
  readonly sign?: boolean;
  readonly class?: string;
}): JSX.Element => {
  const text = typeof amount === "bigint" ? amountText(amount, currency) : amount;
  return (
    <span class={`whitespace-nowrap ${of}`}>
      {sign && !text.startsWith("-") && "+"}
      <Digits text={text} /> <span class="text-[0.85em] text-quiet">{currency.toUpperCase()}</span>
    </span>
  );
};

/** What is wrong with a typed amount, in words; undefined while there is nothing to complain of. */
export const amountProblem = (typed: string, currency: string): string | undefined => {
  const read = readTyped(typed, currency);
  if (!("problem" in read)) return undefined;
  const { amountProblems } = t.ui;
  return read.problem === "too_precise"
    ? amountProblems.too_precise(decimalsOf(currency))
    : amountProblems[read.problem];
};

/** Where an amount is typed. The typed text is its owner's to keep; `readTyped` makes an amount of it. */
export const AmountInput = ({
  label = t.ui.amount,
  hint,
  error,
  optional,
  currency,
  value,
  onValue,
  onAll,
  disabled,
}: {
  readonly label?: string;
  readonly hint?: string;
  /** From the hub; shown rather than what is wrong with the text. */
  readonly error?: string | undefined;
  readonly optional?: boolean;
  readonly currency: string;
  readonly value: string;
  readonly onValue: (typed: string) => void;
  /** Puts in all that there is. */
  readonly onAll?: () => void;
  readonly disabled?: boolean;
}): JSX.Element => {
  // Nobody is told that a number is wrong while it is being typed.
  const [left, setLeft] = useState(false);
  const problem = left && value.trim() !== "" ? amountProblem(value, currency) : undefined;
  return (
    <Field label={label} hint={hint} error={error ?? problem} optional={optional}>
      {(control) => (
        <div class="flex items-stretch gap-2">
          <div class="relative grow">
            <input
              {...control}
              class="control digits pe-16"
              inputMode="decimal"
              autocomplete="off"
              placeholder="0.00"
              value={value}
              disabled={disabled}
              onInput={({ currentTarget }) => {
                setLeft(false);
                onValue(currentTarget.value);
              }}
              onBlur={() => setLeft(true)}
            />
            <span
              class="pointer-events-none absolute inset-y-0 end-3 flex items-center text-quiet"
              aria-hidden="true"
            >
              {currency}
            </span>
          </div>
          {onAll && (
            <button
              type="button"
              class="rounded-[0.625rem] border border-edge bg-surface px-3 font-medium hover:bg-sunken"
              onClick={onAll}
            >
              {t.ui.all}
            </button>
          )}
        </div>
      )}
    </Field>
  );
};
