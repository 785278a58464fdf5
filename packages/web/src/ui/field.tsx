import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";
import { t } from "../texts/index.ts";

interface Labelled {
  readonly label: string;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly optional?: boolean | undefined;
  /** The label is only for screen readers: what stands around says it to the others. */
  readonly unlabelled?: boolean | undefined;
}

/** What a control needs to be told by its label, hint and error. */
export interface ControlProps {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": "true" | undefined;
}

/** Label above, hint below, the error in place of the hint. */
export const Field = ({
  label,
  hint,
  error,
  optional,
  unlabelled,
  children,
}: Labelled & { readonly children: (control: ControlProps) => ComponentChildren }): JSX.Element => {
  const id = useId();
  const below = error ?? hint;
  const described = [optional && `${id}-optional`, below !== undefined && `${id}-below`].filter(Boolean);
  return (
    <div class="flex flex-col gap-1.5">
      <div class={unlabelled ? "sr-only" : "flex flex-wrap items-baseline gap-x-2"}>
        <label for={id} class="font-medium">
          {label}
        </label>
        {optional && (
          <span id={`${id}-optional`} class="text-sm text-quiet">
            {t.ui.optional}
          </span>
        )}
      </div>
      {children({
        id,
        "aria-describedby": described.length === 0 ? undefined : described.join(" "),
        "aria-invalid": error === undefined ? undefined : "true",
      })}
      {below !== undefined && (
        <p id={`${id}-below`} class={`text-sm ${error === undefined ? "text-quiet" : "text-bad"}`}>
          {below}
        </p>
      )}
    </div>
  );
};

interface InputProps {
  readonly autocomplete?: string;
  readonly inputMode?: "text" | "numeric" | "decimal" | "url";
  readonly maxLength?: number;
  readonly placeholder?: string;
  readonly required?: boolean;
  readonly disabled?: boolean;
  readonly spellcheck?: boolean;
  readonly autocapitalize?: "off";
}

/** Preact's types know an input by its `type`; what we put on it suits all of these. */
type TextType = "text";

export const TextField = ({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  type = "text",
  ...input
}: Labelled &
  InputProps & {
    readonly value: string;
    readonly onValue: (value: string) => void;
    readonly type?: "text" | "password" | "search" | "date" | "datetime-local";
  }): JSX.Element => (
  <Field label={label} hint={hint} error={error} optional={optional}>
    {(control) => (
      <input
        {...control}
        {...input}
        type={type as TextType}
        class="control"
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    )}
  </Field>
);

export const TextArea = ({
  label,
  hint,
  error,
  optional,
  value,
  onValue,
  rows = 4,
}: Labelled & {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly rows?: number;
}): JSX.Element => (
  <Field label={label} hint={hint} error={error} optional={optional}>
    {(control) => (
      <textarea
        {...control}
        class="control font-mono"
        rows={rows}
        spellcheck={false}
        autocapitalize="off"
        value={value}
        onInput={({ currentTarget }) => onValue(currentTarget.value)}
      />
    )}
  </Field>
);

export interface Option<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

export const Select = <T extends string>({
  label,
  hint,
  error,
  unlabelled,
  value,
  onValue,
  options,
}: Labelled & {
  readonly value: T;
  readonly onValue: (value: T) => void;
  readonly options: readonly Option<T>[];
}): JSX.Element => (
  <Field label={label} hint={hint} error={error} unlabelled={unlabelled}>
    {(control) => (
      <select
        {...control}
        class="control"
        value={value}
        onChange={({ currentTarget }) => onValue(currentTarget.value as T)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    )}
  </Field>
);

/** A few choices, all seen at once, each with a line that explains it. */
export const Choices = <T extends string>({
  label,
  value,
  onValue,
  options,
}: {
  readonly label: string;
  readonly value: T;
  readonly onValue: (value: T) => void;
  readonly options: readonly Option<T>[];
}): JSX.Element => {
  const name = useId();
  return (
    <fieldset class="flex flex-col gap-2">
      <legend class="mb-1.5 font-medium">{label}</legend>
      {options.map((option) => (
        <label
          key={option.value}
          class="flex min-h-11 cursor-pointer items-start gap-3 rounded-[0.625rem] border border-line bg-surface p-3 hover:bg-sunken has-checked:border-accent has-checked:bg-accent-soft"
        >
          <input
            type="radio"
            name={name}
            class="mt-1 size-4 shrink-0 accent-accent"
            checked={option.value === value}
            onChange={() => onValue(option.value)}
          />
          <span>
            <span class="block font-medium">{option.label}</span>
            {option.hint !== undefined && <span class="block text-sm text-quiet">{option.hint}</span>}
          </span>
        </label>
      ))}
    </fieldset>
  );
};

export const Checkbox = ({
  label,
  checked,
  onChecked,
}: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChecked: (checked: boolean) => void;
}): JSX.Element => (
  <label class="flex min-h-11 cursor-pointer items-center gap-3">
    <input
      type="checkbox"
      class="size-5 shrink-0 accent-accent"
      checked={checked}
      onChange={({ currentTarget }) => onChecked(currentTarget.checked)}
    />
    {label}
  </label>
);
