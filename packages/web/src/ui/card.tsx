import type { ComponentChildren, JSX } from "preact";
import { useId } from "preact/hooks";

/** A part of a page, with a heading if it needs one. */
export const Card = ({
  title,
  aside,
  children,
}: {
  readonly title?: string;
  /** At the end of the heading's line. */
  readonly aside?: ComponentChildren;
  readonly children: ComponentChildren;
}): JSX.Element => {
  const id = useId();
  return (
    <section class="card p-4 sm:p-5" aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div class="mb-3 flex items-center justify-between gap-3">
          <h2 id={id} class="text-lg font-semibold">
            {title}
          </h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
};

/** Things one below the other, with the page's usual distance. */
export const Stack = ({ children }: { readonly children: ComponentChildren }): JSX.Element => (
  <div class="flex flex-col gap-4">{children}</div>
);

/** Name and value, line by line. */
export const Facts = ({
  facts,
}: {
  readonly facts: readonly (readonly [name: string, value: ComponentChildren])[];
}): JSX.Element => (
  <dl class="divide-y divide-line">
    {facts.map(([name, value]) => (
      <div key={name} class="flex flex-wrap items-baseline justify-between gap-x-4 py-2 first:pt-0 last:pb-0">
        <dt class="text-quiet">{name}</dt>
        {/* Short ones stand at the end of the line; of long ones the lines begin below the name. */}
        <dd class="ms-auto min-w-0 break-words">{value}</dd>
      </div>
    ))}
  </dl>
);

const tones = {
  quiet: "bg-sunken text-quiet",
  good: "bg-good-soft text-good",
  bad: "bg-bad-soft text-bad",
  warn: "bg-warn-soft text-warn",
  accent: "bg-accent-soft text-accent",
} as const;
export type Tone = keyof typeof tones;

/** A word that says how something stands. */
export const Badge = ({
  tone = "quiet",
  children,
}: {
  readonly tone?: Tone;
  readonly children: ComponentChildren;
}): JSX.Element => (
  <span
    class={`inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-sm font-medium whitespace-nowrap ${tones[tone]}`}
  >
    {children}
  </span>
);

/** Something that people should know before they go on. */
export const Note = ({
  tone = "accent",
  title,
  children,
}: {
  readonly tone?: Tone;
  readonly title?: string;
  readonly children?: ComponentChildren;
}): JSX.Element => (
  <div class={`rounded-[0.625rem] p-3 ${tones[tone]}`}>
    {title !== undefined && <p class="font-medium">{title}</p>}
    <div class={tone === "quiet" ? "" : "text-ink"}>{children}</div>
  </div>
);
