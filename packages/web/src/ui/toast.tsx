import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Icon } from "./icons.tsx";

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: "good" | "bad";
}

const SHOWN_MS = 6_000;
const toasts = signal<readonly Toast[]>([]);
let last = 0;

/** Says something that happened, for a few seconds, and to screen readers. What must not be missed belongs on the page itself. */
export const notify = (text: string, tone: Toast["tone"] = "good"): void => {
  const toast = { id: ++last, text, tone };
  toasts.value = [...toasts.value.slice(-2), toast];
  setTimeout(() => {
    toasts.value = toasts.value.filter(({ id }) => id !== toast.id);
  }, SHOWN_MS);
};

/** Stands once in the page. */
export const Toasts = (): JSX.Element => (
  <div
    aria-live="polite"
    class="pointer-events-none fixed inset-x-4 bottom-20 z-40 flex flex-col items-center gap-2 lg:bottom-6 print:hidden"
  >
    {toasts.value.map(({ id, text, tone }) => (
      <p key={id} class="flex items-center gap-2 rounded-[0.625rem] bg-ink px-4 py-3 text-ground shadow-lg">
        <Icon name={tone === "good" ? "check" : "warning"} />
        {text}
      </p>
    ))}
  </div>
);
