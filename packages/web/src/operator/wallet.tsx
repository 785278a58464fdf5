import type { Answer } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { decimalsOf, unitsOf } from "../hub/money.ts";
import { useCall } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Card, Facts } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { Loaded } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { Halting } from "./halt.tsx";
import { Payouts } from "./payouts.tsx";
import { useRefreshed } from "./refresh.ts";
import { Code, Whole } from "./shown.tsx";
import { ColdAddress, Sweep } from "./sweep.tsx";

type Wallet = Answer<"operator-wallet">;

const satoshi = (btc: string): bigint => unitsOf(btc, decimalsOf("BTC"));

const Balance = ({ wallet }: { readonly wallet: Wallet }): JSX.Element => {
  const words = t.operator.wallet;
  const { balance, hot_ceiling, cold, owed, limit_left, waiting, fees_paid } = wallet;
  const btc = (amount: string | bigint): JSX.Element => <Money amount={amount} currency="BTC" />;
  const above = hot_ceiling === undefined ? 0n : satoshi(balance.total) - satoshi(hot_ceiling);
  // What the hub holds against what it owes (operator-wallet).
  const own = satoshi(balance.total) + satoshi(cold) - satoshi(owed);
  const facts: (readonly [string, ComponentChildren])[] = [
    [words.confirmed, btc(balance.confirmed)],
    [words.unconfirmed, btc(balance.unconfirmed)],
    [words.uncredited, btc(balance.uncredited)],
    [words.locked, btc(balance.locked)],
    [words.ceiling, hot_ceiling === undefined ? words.noCeiling : btc(hot_ceiling)],
  ];
  if (above > 0n) facts.push([words.above, <span class="font-medium text-warn">{btc(above)}</span>]);
  facts.push(
    [words.cold, btc(cold)],
    [words.owed, btc(owed)],
    own < 0n ? [words.short, <span class="font-medium text-bad">{btc(-own)}</span>] : [words.own, btc(own)],
  );
  if (limit_left !== undefined) facts.push([words.limitLeft, btc(limit_left)]);
  facts.push([
    words.waiting,
    <>
      {words.abandonWith(waiting.count)} · {btc(waiting.amount)}
    </>,
  ]);
  if (waiting.reason !== undefined)
    facts.push([words.waitingWhy, <span class="break-words">{waiting.reason}</span>]);
  facts.push([words.feesPaid, btc(fees_paid)], [words.next, <Whole n={wallet.next_receive} />]);
  return (
    <Card title={words.balance}>
      <p class="mb-3">
        <span class="block text-sm text-quiet">{words.total}</span>
        <Money amount={balance.total} currency="BTC" class="text-2xl font-semibold sm:text-3xl" />
      </p>
      <Facts facts={facts} />
    </Card>
  );
};

const Coins = ({ coins }: { readonly coins: Wallet["coins"] }): JSX.Element => {
  const words = t.operator.wallet;
  return (
    <Card title={words.coins}>
      <details>
        <summary class="min-h-11 py-2">{words.coinCount(coins.count)}</summary>
        <Table
          caption={words.coins}
          rows={coins.largest}
          keyOf={({ outpoint }) => outpoint}
          columns={[
            { name: words.address, cell: ({ btc_address }) => <Code text={btc_address} /> },
            {
              name: words.amount,
              end: true,
              cell: ({ amount }) => <Money amount={amount} currency="BTC" />,
            },
            {
              name: words.confirmations,
              end: true,
              cell: ({ confirmations }) => <Whole n={confirmations} />,
            },
          ]}
        />
      </details>
    </Card>
  );
};

export const WalletView = (): JSX.Element => {
  const sees = may("operator-wallet");
  const wallet = useRefreshed(useCall("operator-wallet", {}, { when: sees }));
  return (
    <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-2">
      <div class="flex min-w-0 flex-col gap-4 empty:hidden">
        {sees && <Loaded call={wallet}>{(data) => <Balance wallet={data} />}</Loaded>}
      </div>
      <div class="flex min-w-0 flex-col gap-4 empty:hidden">
        <Halting waiting={wallet.data?.waiting} />
        {wallet.data && <Payouts payouts={wallet.data.in_flight} />}
        <Sweep />
        <ColdAddress />
        {wallet.data && <Coins coins={wallet.data.coins} />}
      </div>
    </div>
  );
};
