import type { ComponentChildren, JSX } from "preact";
import { Icon, type IconName } from "./icons.tsx";

export type ButtonKind = "main" | "plain" | "quiet" | "danger";

const kinds: Readonly<Record<ButtonKind, string>> = {
  main: "bg-accent text-on-accent hover:bg-accent-strong",
  plain: "border border-edge bg-surface text-ink hover:bg-sunken",
  quiet: "text-accent hover:bg-sunken",
  danger: "border border-bad bg-surface text-bad hover:bg-bad-soft",
};
const shape =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-[0.625rem] px-4 py-2 text-center font-medium no-underline transition-colors disabled:opacity-55";

interface Common {
  /** One `main` on a page at most. */
  readonly kind?: ButtonKind;
  readonly icon?: IconName;
  /** Takes the whole width. */
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}

const look = ({ kind = "plain", wide }: Common): string => `${shape} ${kinds[kind]} ${wide ? "w-full" : ""}`;

export const Button = ({
  busy,
  type = "button",
  disabled,
  onClick,
  label,
  ...of
}: Common & {
  /** What it does is under way: shown, and not to be pressed again. */
  readonly busy?: boolean;
  readonly type?: "button" | "submit";
  readonly disabled?: boolean;
  readonly onClick?: (event: MouseEvent) => void;
  /** For screen readers, where the text alone does not say it. */
  readonly label?: string;
}): JSX.Element => (
  <button
    type={type}
    class={look(of)}
    disabled={disabled || busy}
    aria-busy={busy}
    aria-label={label}
    onClick={onClick}
  >
    {busy ? <span class="spinner" aria-hidden="true" /> : of.icon && <Icon name={of.icon} />}
    {of.children}
  </button>
);

export const LinkButton = ({
  href,
  onClick,
  label,
  ...of
}: Common & {
  readonly href: string;
  /** For screen readers, where the text alone does not say it. */
  readonly label?: string;
  /** Beside going there. */
  readonly onClick?: () => void;
}): JSX.Element => (
  <a href={href} class={look(of)} aria-label={label} onClick={onClick}>
    {of.icon && <Icon name={of.icon} />}
    {of.children}
  </a>
);

/** A button that is an icon alone. */
export const IconButton = ({
  icon,
  label,
  onClick,
}: {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
}): JSX.Element => (
  <button
    type="button"
    class="inline-flex size-11 items-center justify-center rounded-[0.625rem] text-quiet hover:bg-sunken hover:text-ink"
    aria-label={label}
    title={label}
    onClick={onClick}
  >
    <Icon name={icon} />
  </button>
);
