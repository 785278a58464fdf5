import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../texts/index.ts";
import { Icon } from "../ui/icons.tsx";
import { KEYS, type Key, press, typedText } from "./keypad-text.ts";

/** Display and keys of a till. The display takes a keyboard's digits too, and brings up none on a phone. */
export const Keypad = ({
  shown,
  onShown,
  currency,
  decimals,
  error,
}: {
  readonly shown: string;
  readonly onShown: (shown: string) => void;
  readonly currency: string;
  readonly decimals: number;
  readonly error: string | undefined;
}): JSX.Element => {
  const words = t.till;
  const id = useId();
  const names: Partial<Record<Key, string>> = { ".": words.point, erase: words.erase };
  return (
    <div class="flex flex-col gap-3">
      <div class="flex flex-col gap-1">
        <label for={id} class="sr-only">
          {words.amountIn(currency)}
        </label>
        <div class="flex items-baseline gap-2 border-b-2 border-edge pb-1 focus-within:border-accent">
          <input
            id={id}
            class="digits w-full min-w-0 grow bg-transparent text-end text-4xl font-semibold outline-none"
            inputMode="none"
            autocomplete="off"
            placeholder="0.00"
            value={shown}
            aria-invalid={error === undefined ? undefined : "true"}
            aria-describedby={error === undefined ? undefined : `${id}-error`}
            onInput={({ currentTarget }) => {
              const text = typedText(currentTarget.value, decimals);
              currentTarget.value = text;
              onShown(text);
            }}
          />
          <span class="text-xl text-quiet" aria-hidden="true">
            {currency}
          </span>
        </div>
        {error !== undefined && (
          <p id={`${id}-error`} class="text-sm text-bad" role="alert">
            {error}
          </p>
        )}
      </div>
      <fieldset class="grid min-w-0 grid-cols-3 gap-2">
        <legend class="sr-only">{words.keypad}</legend>
        {KEYS.map((key) => (
          <button
            key={key}
            type="button"
            class="digits flex min-h-14 touch-manipulation items-center justify-center rounded-[0.625rem] bg-sunken text-2xl font-medium select-none hover:bg-line active:bg-line"
            aria-label={names[key]}
            onClick={() => onShown(press(shown, key, decimals))}
          >
            {key === "erase" ? <Icon name="erase" class="size-6" /> : key}
          </button>
        ))}
      </fieldset>
    </div>
  );
};
