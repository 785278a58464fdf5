import type { JSX } from "preact";
import { connection } from "../hub/connection.ts";
import { publicHub } from "../hub/current.ts";
import { refusedChannels } from "../hub/stream.ts";
import { t } from "../texts/index.ts";
import { Note } from "../ui/card.tsx";
import { Icon } from "../ui/icons.tsx";
import { errorMessage } from "../ui/states.tsx";

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
    <section
      aria-label={t.ui.noConnection}
      class="mx-auto mb-4 flex w-full max-w-3xl items-start gap-3 rounded-[0.625rem] bg-warn-soft p-3 print:hidden"
    >
      <Icon name="offline" class="mt-0.5 size-5 text-warn" />
      <p>
        <span class="font-medium">{t.ui.noConnection}</span> {t.ui.noConnectionHint}
      </p>
    </section>
  ) : null;

/** `book:BTC/USD` in words. */
const nameOf = (channel: string): string => {
  const [kind = "", market] = channel.split(":");
  const name = t.app.channels[kind] ?? kind;
  return kind === "nearby" || market === undefined ? name : `${name} ${market}`;
};

/** What of the page does not renew itself, because the hub does not let it be read. */
export const RefusedNote = (): JSX.Element | null =>
  refusedChannels.value.size === 0 || connection.value === "offline" ? null : (
    <section aria-label={t.app.notLive} class="mx-auto mb-4 w-full max-w-3xl print:hidden">
      <Note tone="warn" title={t.app.notLive}>
        <div role="status" class="flex flex-col gap-1">
          {[...refusedChannels.value].map(([channel, error]) => (
            <p key={channel}>{t.app.notLiveRow(nameOf(channel), errorMessage(error))}</p>
          ))}
        </div>
      </Note>
    </section>
  );
