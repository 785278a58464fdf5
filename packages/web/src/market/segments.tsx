import type { JSX } from "preact";
import { useId } from "preact/hooks";

/** A choice of few, side by side in one line. */
export const Segments = <T extends string>({
  label,
  value,
  onValue,
  options,
}: {
  /** Read out, not shown. */
  readonly label: string;
  readonly value: T;
  readonly onValue: (value: T) => void;
  readonly options: readonly { readonly value: T; readonly label: string; readonly tone?: "good" | "bad" }[];
}): JSX.Element => {
  const name = useId();
  const tones = {
    good: "has-checked:bg-good-soft has-checked:text-good",
    bad: "has-checked:bg-bad-soft has-checked:text-bad",
    none: "has-checked:bg-raised has-checked:text-ink",
  };
  return (
    <fieldset class="flex w-full min-w-0 gap-0.5 rounded-[0.625rem] bg-sunken p-1">
      <legend class="sr-only">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          class={`relative flex min-h-9 min-w-0 grow cursor-pointer items-center justify-center rounded-md px-1 text-center text-sm font-medium whitespace-nowrap text-quiet hover:text-ink has-checked:shadow-xs has-focus-visible:outline-2 has-focus-visible:outline-accent pointer-coarse:min-h-11 ${tones[option.tone ?? "none"]}`}
        >
          <input
            type="radio"
            name={name}
            class="absolute inset-0 size-full cursor-pointer opacity-0"
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
};
