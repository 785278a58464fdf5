import type { JSX } from "preact";
import { connection } from "../hub/connection.ts";
import { publicHub } from "../hub/current.ts";
import { t } from "../texts/index.ts";
import { Icon } from "../ui/icons.tsx";

/** Whether what the page shows is current. */
export const ConnectionState = (): JSX.Element => {
  const state = connection.value;
  const dot = {
    live: "bg-good",
    quiet: "invisible",
    reconnecting: "bg-warn",
    offline: "bg-bad",
  }[state];
  return (
    <p role="status" data-connection={state} class="flex items-center gap-2 px-1 text-sm text-quiet">
      <span class={`size-2 shrink-0 rounded-full ${dot}`} aria-hidden="true" />
      <span class={state === "quiet" ? "sr-only" : state === "live" ? "max-sm:sr-only" : ""}>
        {t.app.connection[state]}
      </span>
    </p>
  );
};

/** Across the page while there is no connection; a page that never had one says so itself. */
export const OfflineNote = (): JSX.Element | null =>
  connection.value === "offline" && publicHub.value !== undefined ? (
    <div class="mx-auto mb-4 flex w-full max-w-3xl items-start gap-3 rounded-[0.625rem] bg-warn-soft p-3 print:hidden">
      <Icon name="offline" class="mt-0.5 size-5 text-warn" />
      <p>
        <span class="font-medium">{t.ui.noConnection}</span> {t.ui.noConnectionHint}
      </p>
    </div>
  ) : null;
