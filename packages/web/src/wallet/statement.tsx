import { type HubError, wholeStatement } from "@coinholder/client";
import { type StatementEntry, statementCsv } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { myHub } from "../hub/current.ts";
import { asHubError } from "../hub/failure.ts";
import { currencyCodes } from "../hub/money.ts";
import { ask, useLive } from "../hub/use-call.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts } from "../ui/card.tsx";
import { Select, TextField } from "../ui/field.tsx";
import { Money } from "../ui/money.tsx";
import { Empty, ErrorNote, Loaded } from "../ui/states.tsx";
import { Table } from "../ui/table.tsx";
import { Time } from "../ui/time.tsx";
import { dayOf, periodOf } from "./days.ts";
import { saveFile } from "./download.ts";
import { useKept } from "./kept.ts";
import { shortened } from "./transfer-words.ts";
import { WalletPage } from "./wallet-page.tsx";

type Days = { readonly from: string; readonly to: string };

const presets = (): readonly (readonly [string, Days])[] => {
  const words = t.wallet.statements;
  const now = new Date();
  const first = (months: number): Date => new Date(now.getFullYear(), now.getMonth() + months, 1);
  const day = (date: Date): string => dayOf(date.getTime());
  const last = (months: number): string => day(new Date(now.getFullYear(), now.getMonth() + months + 1, 0));
  return [
    [words.thisMonth, { from: day(first(0)), to: last(0) }],
    [words.lastMonth, { from: day(first(-1)), to: last(-1) }],
    [words.thisYear, { from: `${now.getFullYear()}-01-01`, to: `${now.getFullYear()}-12-31` }],
    [words.ever, { from: "", to: "" }],
  ];
};

const whatOf = ({ kind, amount, btc_address, reference, market, reversal }: StatementEntry): string => {
  const { kinds, trade, statements } = t.wallet;
  const went = amount.startsWith("-");
  const what = kind === "trade" ? trade : kinds[kind][went !== (reversal ?? false) ? "out" : "in"];
  const about = market ?? reference ?? (btc_address === undefined ? undefined : shortened(btc_address));
  return [what, reversal ? statements.reversal : undefined, about]
    .filter((part) => part !== undefined)
    .join(" · ");
};

const Entries = ({
  entries,
  currency,
}: {
  readonly entries: readonly StatementEntry[];
  readonly currency: string;
}): JSX.Element => {
  const words = t.wallet.statements;
  return (
    <Table
      caption={words.entries}
      rows={entries}
      keyOf={(entry) => `${entry.transfer_id ?? entry.trade_id} ${entry.t} ${entry.balance}`}
      columns={[
        { name: words.when, cell: ({ t: when }) => <Time t={when} /> },
        { name: words.what, cell: (entry) => <span class="min-w-0 break-words">{whatOf(entry)}</span> },
        {
          name: words.amount,
          end: true,
          cell: ({ amount, fee }) => (
            <span>
              <Money amount={amount} currency={currency} sign />
              {fee !== undefined && <span class="block text-sm text-quiet">{words.fee(fee)}</span>}
            </span>
          ),
        },
        {
          name: words.balance,
          end: true,
          cell: ({ balance }) => <Money amount={balance} currency={currency} />,
        },
      ]}
    />
  );
};

interface Further {
  readonly entries: readonly StatementEntry[];
  readonly next: string | undefined;
  readonly opening: string;
}

const StatementOf = ({
  currency,
  from,
  to,
}: {
  readonly currency: string;
  readonly from: number;
  readonly to: number | undefined;
}): JSX.Element => {
  const words = t.wallet.statements;
  const period = { currency, from_t: from };
  const call = useLive("my-statement", "balances", { ...period, ...(to === undefined ? {} : { to_t: to }) });
  const [further, setFurther] = useState<Further>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<HubError>();
  const asked = async (work: (hub: NonNullable<typeof myHub.value>) => Promise<void>): Promise<void> => {
    const hub = myHub.peek();
    if (hub === undefined) return;
    setBusy(true);
    setError(undefined);
    try {
      await ask(hub, () => work(hub));
    } catch (failure) {
      setError(asHubError(failure));
    }
    setBusy(false);
  };
  const more = (after: string): Promise<void> =>
    asked(async (hub) => {
      const page = await hub.call("my-statement", { ...period, after });
      setFurther((before) => ({
        entries: [...(before?.entries ?? []), ...page.entries],
        next: page.next_after,
        opening: page.opening,
      }));
    });
  // What changed meanwhile stands on the first page: further pages are asked for anew.
  const head = call.data?.entries[0];
  const headId = head && `${head.transfer_id ?? head.trade_id} ${head.balance}`;
  useEffect(() => setFurther(undefined), [headId]);
  const download = (): Promise<void> =>
    asked(async (hub) => {
      const whole = await wholeStatement(hub, { currency, from, ...(to === undefined ? {} : { to }) });
      saveFile(
        `statement-${currency}-${dayOf(whole.from_t)}-${dayOf(whole.to_t - 1)}.csv`,
        statementCsv(whole),
      );
    });
  return (
    <Loaded call={call} lines={6}>
      {(first) => {
        const next = further === undefined ? first.next_after : further.next;
        const whole = next === undefined;
        const entries = [...first.entries, ...(further?.entries ?? [])];
        return (
          <>
            <Card>
              <Facts
                facts={[
                  ...(whole
                    ? [
                        [
                          words.opening,
                          <Money
                            key="opening"
                            amount={further?.opening ?? first.opening}
                            currency={currency}
                          />,
                        ] as const,
                      ]
                    : []),
                  [words.closing, <Money key="closing" amount={first.closing} currency={currency} />],
                ]}
              />
            </Card>
            <Card title={words.entries}>
              {entries.length === 0 ? (
                <Empty icon="recovery" title={words.nothing} />
              ) : (
                <Entries entries={entries} currency={currency} />
              )}
              {next !== undefined && (
                <div class="mt-4 flex justify-center">
                  <Button busy={busy} onClick={() => void more(next)}>
                    {words.more}
                  </Button>
                </div>
              )}
            </Card>
            <ErrorNote error={error} />
            <div>
              <Button icon="download" busy={busy} onClick={() => void download()}>
                {t.wallet.past.download}
              </Button>
            </div>
          </>
        );
      }}
    </Loaded>
  );
};

/** What changed the balance in one currency during some days. */
export const StatementPage = (): JSX.Element => {
  const words = t.wallet.statements;
  const [chosen, setChosen] = useKept("statement", { currency: "BTC", from: "", to: "" });
  const { currency, from, to } = chosen;
  const period = periodOf(from, to);
  const backwards = period.from !== undefined && period.to !== undefined && period.from >= period.to;
  return (
    <WalletPage title={words.title} lead={words.lead}>
      <Card>
        <div class="grid grid-cols-2 gap-3 sm:grid-cols-3">
          <div class="col-span-2 sm:col-span-1">
            <Select
              label={words.currency}
              value={currency}
              onValue={(code) => setChosen({ currency: code })}
              options={currencyCodes().map((value) => ({ value, label: value }))}
            />
          </div>
          <TextField
            label={words.from}
            type="date"
            value={from}
            error={backwards ? words.backwards : undefined}
            onValue={(day) => setChosen({ from: day })}
          />
          <TextField label={words.to} type="date" value={to} onValue={(day) => setChosen({ to: day })} />
          <fieldset aria-label={words.periods} class="col-span-2 flex flex-wrap gap-2 sm:col-span-3">
            {presets().map(([label, days]) => (
              <Button key={label} onClick={() => setChosen(days)}>
                {label}
              </Button>
            ))}
          </fieldset>
        </div>
      </Card>
      {!backwards && (
        <StatementOf
          key={`${currency} ${from} ${to}`}
          currency={currency}
          from={period.from ?? 0}
          to={period.to}
        />
      )}
    </WalletPage>
  );
};
