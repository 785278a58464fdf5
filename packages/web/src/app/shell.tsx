import type { ComponentChildren, JSX } from "preact";
import { useLocation } from "preact-iso";
import { connection } from "../hub/connection.ts";
import { overview } from "../hub/current.ts";
import { AccountSwitch } from "../session/account-switch.tsx";
import { newAccount } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Badge } from "../ui/card.tsx";
import { Sign } from "../ui/icons.tsx";
import { Toasts } from "../ui/toast.tsx";
import { ConnectionState, OfflineNote, RefusedNote } from "./connection-state.tsx";
import { BottomNavigation, SideNavigation } from "./navigation.tsx";
import { paths } from "./paths.ts";

const HubName = (): JSX.Element => (
  <a href={paths.home} class="flex min-h-11 min-w-0 items-center gap-2.5 font-semibold text-ink no-underline">
    <Sign />
    <span class="line-clamp-2 break-words max-sm:text-sm max-sm:leading-tight">
      {overview.value?.name ?? t.app.name}
    </span>
  </a>
);

const PlayMoney = (): JSX.Element | null => {
  const network = overview.value?.network;
  if (network === undefined || network === "mainnet") return null;
  return (
    <span title={t.app.playMoneyHint}>
      <Badge tone="warn">{t.app.playMoney}</Badge>
    </span>
  );
};

const Unfinished = (): JSX.Element | null => {
  const { path } = useLocation();
  if (newAccount.value === undefined || path === paths.home || path === paths.begin) return null;
  return (
    <section
      aria-label={t.session.unfinished}
      class="mx-auto mb-4 w-full max-w-3xl rounded-[0.625rem] bg-warn-soft p-3"
    >
      <p>
        {t.session.unfinished} <a href={paths.begin}>{t.session.unfinishedGo}</a>
      </p>
    </section>
  );
};

/** What stands around every page: a bar on top and one below on phones, one at the side on wide screens. */
export const Shell = ({ children }: { readonly children: ComponentChildren }): JSX.Element => {
  // A phone's bar has no room for that, too.
  const troubled = connection.value === "reconnecting" || connection.value === "offline";
  return (
    <div class="min-h-dvh lg:grid lg:grid-cols-[15rem_1fr] print:block">
      <a
        href="#content"
        class="absolute start-2 top-2 z-50 -translate-y-24 rounded-[0.625rem] bg-ink px-4 py-2 text-ground focus:translate-y-0"
      >
        {t.app.skip}
      </a>
      <header class="sticky top-0 z-20 flex flex-col border-line bg-ground max-lg:border-b lg:h-dvh lg:gap-4 lg:overflow-y-auto lg:border-e lg:bg-surface lg:p-3 print:hidden">
        <div class="flex min-h-14 items-center gap-2 px-3 lg:px-2">
          <HubName />
          <span class="grow" />
          <span class={`lg:hidden ${troubled ? "max-sm:hidden" : ""}`}>
            <PlayMoney />
          </span>
          <div class="flex items-center gap-1 lg:hidden">
            <ConnectionState />
            <AccountSwitch />
          </div>
        </div>
        <div class="flex grow flex-col gap-4 max-lg:hidden">
          <SideNavigation />
          <span class="grow" />
          <div class="flex flex-col gap-2 border-t border-line pt-3">
            <div class="flex flex-wrap items-center justify-between gap-2 px-1">
              <ConnectionState />
              <PlayMoney />
            </div>
            <AccountSwitch />
          </div>
        </div>
      </header>
      <div class="min-w-0 px-4 pt-4 pb-24 sm:px-6 lg:px-8 lg:pt-8 lg:pb-12 print:p-0">
        <OfflineNote />
        <RefusedNote />
        <Unfinished />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
      <BottomNavigation />
      <Toasts />
    </div>
  );
};
