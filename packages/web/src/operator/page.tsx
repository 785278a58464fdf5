import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useRoute } from "preact-iso";
import { t } from "../texts/index.ts";
import { Page } from "../ui/page.tsx";
import { Empty } from "../ui/states.tsx";
import { AccountsView } from "./accounts.tsx";
import { AuditView } from "./audit.tsx";
import { CreditView } from "./credit.tsx";
import { IdentityView } from "./identity.tsx";
import { OverviewView } from "./overview.tsx";
import { PeersView } from "./peers.tsx";
import { offered, pathOf, type View } from "./views.ts";
import { WalletView } from "./wallet.tsx";
import { WithdrawalsView } from "./withdrawals.tsx";

const contents: Readonly<Record<View, (of: { readonly rest: string }) => JSX.Element>> = {
  overview: OverviewView,
  accounts: AccountsView,
  credit: CreditView,
  withdrawals: WithdrawalsView,
  wallet: WalletView,
  peers: PeersView,
  identity: IdentityView,
  audit: AuditView,
};

const Navigation = ({ views, at }: { readonly views: readonly View[]; readonly at: View }): JSX.Element => {
  const list = useRef<HTMLElement>(null);
  // On narrow screens the row is longer than the window.
  useEffect(() => {
    const nav = list.current;
    const link = nav?.querySelector<HTMLElement>("[aria-current=page]");
    if (nav && link) nav.scrollLeft = link.offsetLeft - (nav.clientWidth - link.offsetWidth) / 2;
  }, [at]);
  return (
    <nav ref={list} aria-label={t.operator.nav} class="relative overflow-x-auto overflow-y-hidden py-0.5">
      <ul class="flex w-max min-w-full gap-0.5 border-b border-line">
        {views.map((view) => (
          <li key={view}>
            <a
              href={pathOf(view)}
              aria-current={view === at ? "page" : undefined}
              class="-mb-px flex min-h-11 items-center border-b-2 border-transparent px-3 font-medium whitespace-nowrap text-quiet no-underline outline-offset-[-2px] hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
            >
              {t.operator.links[view]}
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
};

/** Views that are one form or one list of texts. */
const one: readonly View[] = ["credit", "withdrawals", "identity", "audit"];

export default function OperatorPage(): JSX.Element {
  const { params } = useRoute();
  const [name, ...rest] = (params.view ?? "").split("/");
  const views = offered();
  const wanted = name === "" || name === undefined ? (views[0] ?? "overview") : name;
  const at = (Object.hasOwn(contents, wanted) ? wanted : "overview") as View;
  const Content = contents[at];
  return (
    <Page key={at} title={t.operator.views[at]} width={one.includes(at) ? "normal" : "broad"}>
      <Navigation views={views} at={at} />
      {views.includes(at) ? (
        <Content key={`${at}/${rest.join("/")}`} rest={rest.map(decodeURIComponent).join("/")} />
      ) : (
        <Empty icon="keys" title={t.operator.none} hint={t.operator.noneHint} />
      )}
    </Page>
  );
}
