import type { JSX } from "preact";
import { overview } from "../hub/current.ts";
import { usePrices } from "../hub/prices.ts";
import { totalIn } from "../hub/total.ts";
import { useLive } from "../hub/use-call.ts";
import { GetCoins } from "../nearby/get-coins.tsx";
import Begin from "../session/begin.tsx";
import { current, may, newAccount } from "../session/current.ts";
import { incomingKey } from "../session/incoming-key.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card } from "../ui/card.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { Recent } from "../wallet/recent.tsx";
import { paths } from "./paths.ts";
import { valueCurrency } from "./preferences.ts";
import { mayOperate } from "./sections.ts";

const Balances = (): JSX.Element => {
  const words = t.app.home;
  const balance = useLive("my-balance", "balances");
  const prices = usePrices();
  const currency = valueCurrency.value;
  return (
    <Card title={words.balances}>
      <Loaded call={balance}>
        {({ available, pending }) => {
          const codes = [...new Set([...Object.keys(available), ...Object.keys(pending)])];
          if (codes.length === 0) {
            // Where there is play money for the asking, its card stands below.
            const play =
              may("play-money") && overview.value?.supported_functions.includes("play-money") === true;
            return (
              <Empty
                icon="wallet"
                title={words.nothingYet}
                {...(play
                  ? { hint: words.nothingYetPlay }
                  : may("new-btc-address")
                    ? { hint: words.nothingYetHint }
                    : {})}
              >
                {!play && may("new-btc-address") && (
                  <LinkButton kind="main" icon="receive" href={`${paths.wallet}/receive`}>
                    {words.receive}
                  </LinkButton>
                )}
              </Empty>
            );
          }
          const total = totalIn(available, currency, prices);
          return (
            <>
              {total !== undefined && (
                <p class="mb-3">
                  <span class="block text-sm text-quiet">{words.worth}</span>
                  <Money amount={total} currency={currency} class="text-3xl font-semibold" />
                </p>
              )}
              <ul class="-mb-2 divide-y divide-line">
                {codes.map((code) => (
                  <li key={code} class="flex flex-wrap items-baseline justify-between gap-x-4 py-2">
                    <span class="font-medium">{code.toUpperCase()}</span>
                    <span class="text-end">
                      <Money amount={available[code] ?? "0.00"} currency={code} />
                      {pending[code] !== undefined && (
                        <span class="block text-sm text-quiet">
                          <Money amount={pending[code]} currency={code} sign /> {words.pending}
                        </span>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
};

const Tile = ({
  href,
  icon,
  label,
}: {
  readonly href: string;
  readonly icon: IconName;
  readonly label: string;
}): JSX.Element => (
  <a
    href={href}
    class="card flex min-h-24 flex-col items-center justify-center gap-2 px-2 py-3 text-center font-medium text-ink no-underline transition-colors hover:bg-sunken max-sm:last:odd:col-span-2"
  >
    <span class="rounded-full bg-accent-soft p-2.5 text-accent">
      <Icon name={icon} />
    </span>
    {label}
  </a>
);

/** What one can do here, most wanted first. */
export default function Home(): JSX.Element {
  if (current.value === undefined || newAccount.value !== undefined || incomingKey.value !== undefined)
    return <Begin />;
  const words = t.app.home;
  const tiles = [
    may("pay-invoice") && <Tile key="pay" href={paths.nearby} icon="nearby" label={words.payNearby} />,
    may("send-btc") && <Tile key="send" href={`${paths.wallet}/send`} icon="send" label={words.send} />,
    may("new-btc-address") && (
      <Tile key="receive" href={`${paths.wallet}/receive`} icon="receive" label={words.receive} />
    ),
    may("new-invoice") && <Tile key="till" href={paths.till} icon="till" label={words.openTill} />,
    may("place-order") && <Tile key="trade" href={paths.market} icon="market" label={words.trade} />,
    mayOperate() && (
      <Tile key="operator" href={paths.operator} icon="operator" label={t.app.sections.operator} />
    ),
  ].filter((tile) => tile !== false);
  return (
    <Page title={words.title} width={may("my-transfers") ? "broad" : "normal"}>
      <div
        class={`grid grid-cols-1 items-start gap-4 ${may("my-transfers") ? "lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]" : ""}`}
      >
        <div class="flex min-w-0 flex-col gap-4">
          {may("my-balance") && <Balances />}
          {may("my-balance") && <GetCoins />}
          {tiles.length > 0 && (
            <section
              aria-label={words.toDo}
              class={`grid grid-cols-2 gap-3 sm:grid-cols-3 ${tiles.length === 5 ? "xl:grid-cols-5" : ""}`}
            >
              {tiles}
            </section>
          )}
        </div>
        {may("my-transfers") && <Recent />}
      </div>
    </Page>
  );
}
