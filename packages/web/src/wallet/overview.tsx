import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { chooseValueCurrency, valueCurrency } from "../app/preferences.ts";
import { useAct } from "../hub/act.ts";
import { amountText, currencyCodes, decimalsOf, type Price, unitsOf, worth } from "../hub/money.ts";
import { usePrices } from "../hub/prices.ts";
import { totalIn } from "../hub/total.ts";
import { useLive } from "../hub/use-call.ts";
import { may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { LinkButton } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Select } from "../ui/field.tsx";
import { Money } from "../ui/money.tsx";
import { Page } from "../ui/page.tsx";
import { Empty, Loaded } from "../ui/states.tsx";
import { SEND_STEP, WITHDRAW_STEP } from "./kept.ts";
import { Recent } from "./recent.tsx";
import { views } from "./views.ts";

type Balances = Answer<"my-balance">;
const NONE = "0.00";

/** BTC first, then by their codes. */
const codesOf = ({ available, held, pending }: Balances): string[] =>
  [...new Set([available, held, pending].flatMap((part) => Object.keys(part)))].sort((a, b) =>
    a === "btc" ? -1 : b === "btc" ? 1 : a.localeCompare(b),
  );

/** Available and held together. */
const owned = ({ available, held }: Balances): Record<string, string> =>
  Object.fromEntries(
    [...new Set([...Object.keys(available), ...Object.keys(held)])].map((key) => {
      const decimals = decimalsOf(key);
      return [
        key,
        amountText(unitsOf(available[key] ?? "0", decimals) + unitsOf(held[key] ?? "0", decimals), key),
      ];
    }),
  );

const Total = ({
  balances,
  prices,
}: {
  readonly balances: Balances;
  readonly prices: readonly Price[];
}): JSX.Element => {
  const words = t.wallet.balances;
  const currency = valueCurrency.value;
  const total = totalIn(owned(balances), currency, prices);
  return (
    <Card>
      <div class="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div class="min-w-0" data-total>
          <p class="text-sm text-quiet">{words.total}</p>
          {total === undefined ? (
            <p class="max-w-prose">{words.noPrice(currency)}</p>
          ) : (
            <p class="text-[clamp(1.25rem,6vw,1.875rem)] font-semibold">
              <Money amount={total} currency={currency} />
            </p>
          )}
        </div>
        {currencyCodes().length > 1 && (
          <div class="w-24">
            <Select
              unlabelled
              label={words.valueIn}
              value={currency}
              onValue={chooseValueCurrency}
              options={currencyCodes().map((value) => ({ value, label: value }))}
            />
          </div>
        )}
      </div>
    </Card>
  );
};

const OneBalance = ({
  code,
  balances,
  prices,
}: {
  readonly code: string;
  readonly balances: Balances;
  readonly prices: readonly Price[];
}): JSX.Element => {
  const words = t.wallet.balances;
  const { available, held, pending, withdrawable } = balances;
  const currency = code.toUpperCase();
  const value = valueCurrency.value;
  const amount = available[code] ?? NONE;
  const inValue =
    currency === value ? undefined : worth(unitsOf(amount, decimalsOf(currency)), currency, value, prices);
  const facts: (readonly [string, JSX.Element])[] = [];
  const add = (name: string, units: string): void => {
    facts.push([name, <Money key={name} amount={units} currency={currency} />]);
  };
  // Only what says something: most balances are available, all of them.
  if (/[1-9]/.test(held[code] ?? "")) add(words.held, held[code]!);
  if (/[1-9]/.test(pending[code] ?? "")) add(words.pending, pending[code]!);
  if (withdrawable !== undefined && (withdrawable[code] ?? NONE) !== amount)
    add(words.withdrawable, withdrawable[code] ?? NONE);
  return (
    <Card title={currency}>
      <div data-balance={currency}>
        <p class="text-sm text-quiet">{words.available}</p>
        <p class="text-[clamp(1.2rem,5.5vw,1.375rem)] font-semibold">
          <Money amount={amount} currency={currency} />
        </p>
        {inValue !== undefined && (
          <p class="text-quiet">
            ≈ <Money amount={inValue} currency={value} />
          </p>
        )}
        {facts.length > 0 && (
          <div class="mt-3 border-t border-line pt-2">
            <Facts facts={facts} />
          </div>
        )}
      </div>
    </Card>
  );
};

/** What was confirmed and never answered, with the way to where it is asked for again. */
const InDoubt = (): JSX.Element | null => {
  const { sending, withdrawing } = t.wallet;
  const payments = useAct("send-btc", SEND_STEP).unfinished;
  const withdrawals = useAct("withdraw-fiat", WITHDRAW_STEP).unfinished;
  if (payments.length + withdrawals.length === 0) return null;
  return (
    <Note tone="warn">
      {payments.length > 0 && (
        <p>
          {sending.inDoubt} <a href={views.send}>{withdrawing.find}</a>
        </p>
      )}
      {withdrawals.length > 0 && (
        <p>
          {withdrawing.unknown} <a href={views.withdraw}>{withdrawing.find}</a>
        </p>
      )}
    </Note>
  );
};

/** What the account has, and what can be done with it. */
export const Overview = (): JSX.Element => {
  const words = t.wallet;
  const balance = useLive("my-balance", "balances");
  const prices = usePrices();
  const hasFiat = Object.keys(balance.data?.available ?? {}).some((key) => key !== "btc");
  return (
    <Page title={words.title} width="broad">
      <InDoubt />
      <div class="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <div class="flex min-w-0 flex-col gap-4">
          <Loaded call={balance} lines={6}>
            {(balances) => {
              const codes = codesOf(balances);
              return (
                <>
                  {codes.length > 0 && <Total balances={balances} prices={prices} />}
                  <nav
                    aria-label={words.actions}
                    class="grid grid-cols-2 gap-3 empty:hidden max-sm:[&>:last-child:nth-child(odd)]:col-span-2 sm:auto-cols-fr sm:grid-flow-col sm:grid-cols-none"
                  >
                    {may("new-btc-address") && (
                      <LinkButton
                        icon="receive"
                        kind={codes.length === 0 ? "main" : "plain"}
                        href={views.receive}
                      >
                        {words.receive}
                      </LinkButton>
                    )}
                    {may("send-btc") && may("quote-send") && codes.length > 0 && (
                      <LinkButton icon="send" kind="main" href={views.send}>
                        {words.send}
                      </LinkButton>
                    )}
                    {hasFiat && may("withdraw-fiat") && (
                      <LinkButton icon="bank" href={views.withdraw}>
                        {words.withdraw}
                      </LinkButton>
                    )}
                  </nav>
                  {codes.length === 0 ? (
                    <Card>
                      <Empty icon="wallet" title={words.balances.nothing} hint={words.balances.nothingHint} />
                    </Card>
                  ) : (
                    <section aria-label={words.balances.title} class="grid gap-4 md:grid-cols-2">
                      {codes.map((code) => (
                        <OneBalance key={code} code={code} balances={balances} prices={prices} />
                      ))}
                    </section>
                  )}
                </>
              );
            }}
          </Loaded>
        </div>
        <div class="flex min-w-0 flex-col gap-4">
          {may("my-transfers") && <Recent />}
          <p class="flex flex-wrap gap-x-6 gap-y-2">
            {may("my-statement") && <a href={views.statement}>{words.statement}</a>}
            {may("my-allowlist") && <a href={views.allowed}>{words.allowlist}</a>}
          </p>
        </div>
      </div>
    </Page>
  );
};
