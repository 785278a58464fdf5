import type { HubError } from "@coinholder/client";
import type { Answer } from "@coinholder/protocol";
import type { ComponentChildren, JSX } from "preact";
import { valueCurrency } from "../app/preferences.ts";
import { amountText, decimalsOf, partedText, unitsOf, worth } from "../hub/money.ts";
import { usePrices } from "../hub/prices.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Money } from "../ui/money.tsx";
import { ErrorNote, Loading } from "../ui/states.tsx";
import { InvoiceAddress } from "./invoice-address.tsx";
import type { Payment, Quoted } from "./quote.ts";
import { type Draft, FromLink } from "./send-form.tsx";

/** What a payment comes to, in satoshi. */
export const sumsOf = (
  { amount, subtract_fee }: Payment,
  fee: string,
): { readonly arrives: bigint; readonly fee: bigint; readonly debit: bigint } => {
  const decimals = decimalsOf("BTC");
  const sum = unitsOf(amount, decimals);
  const cost = unitsOf(fee, decimals);
  return subtract_fee
    ? { arrives: sum - cost, fee: cost, debit: sum }
    : { arrives: sum, fee: cost, debit: sum + cost };
};

export const Confirm = ({
  draft,
  payment,
  quoted,
  balances,
  busy,
  error,
  onSubmit,
  onAll,
  onBack,
}: {
  readonly draft: Draft;
  readonly payment: Payment;
  readonly quoted: Quoted;
  readonly balances: Answer<"my-balance"> | undefined;
  readonly busy: boolean;
  readonly error: HubError | undefined;
  readonly onSubmit: () => void;
  /** Sends what there is, less the fee. */
  readonly onAll: (amount: string) => void;
  readonly onBack: () => void;
}): JSX.Element => {
  const words = t.wallet.sending;
  const prices = usePrices();
  const { quote, seconds, changed } = quoted;
  const sums = quote && sumsOf(payment, quote.fee);
  const inside = sums?.fee === 0n;
  const decimals = decimalsOf("BTC");
  const available = balances && unitsOf(balances.available.btc ?? "0", decimals);
  const most =
    balances &&
    (inside ? available : unitsOf((balances.withdrawable ?? balances.available).btc ?? "0", decimals));
  const short = sums !== undefined && most !== undefined && sums.debit > most;
  const facts: (readonly [string, ComponentChildren])[] = [];
  if (sums) {
    facts.push([words.arrives, <Money key="arrives" amount={sums.arrives} currency="BTC" />]);
    facts.push([words.fee, inside ? words.noFee : <Money key="fee" amount={sums.fee} currency="BTC" />]);
    if (available !== undefined && !short)
      facts.push([words.remains, <Money key="rest" amount={available - sums.debit} currency="BTC" />]);
  }
  const value = sums && worth(sums.debit, "BTC", valueCurrency.value, prices);
  return (
    <>
      <Card>
        <div class="flex flex-col gap-3">
          <div>
            <h2 class="mb-1 text-quiet">{words.recipient}</h2>
            <p class="font-mono break-all" data-to>
              {payment.to_btc_address}
            </p>
          </div>
          <FromLink draft={draft} />
          {sums === undefined ? (
            quoted.error === undefined && <Loading lines={3} />
          ) : (
            <>
              <div class="rounded-[0.625rem] bg-sunken p-3" data-debit={amountText(sums.debit, "BTC")}>
                <p class="text-quiet">{words.leaves}</p>
                <p class="text-[clamp(1.2rem,5.5vw,1.5rem)] font-semibold">
                  <Money amount={sums.debit} currency="BTC" />
                </p>
                {value !== undefined && valueCurrency.value !== "BTC" && (
                  <p class="text-quiet">
                    ≈ <Money amount={value} currency={valueCurrency.value} />
                  </p>
                )}
              </div>
              <Facts facts={facts} />
              <p class="text-sm text-quiet">{inside ? words.inside : words.byChain}</p>
              {!inside && (
                <p class="digits text-sm text-quiet" data-quote={quote?.quote_id}>
                  {quoted.busy ? words.renewing : words.holds(seconds)}
                </p>
              )}
            </>
          )}
        </div>
      </Card>
      <div aria-live="polite" class="empty:hidden">
        <InvoiceAddress address={payment.to_btc_address} />
        {changed && sums && (
          <Note tone="warn">{words.feeChanged(partedText(amountText(sums.fee, "BTC")))}</Note>
        )}
        {short && most !== undefined && (
          <Note tone="warn">
            <p class={most > 0n ? "mb-3" : ""}>{words.tooMuch(partedText(amountText(most, "BTC")))}</p>
            {most > 0n && <Button onClick={() => onAll(amountText(most, "BTC"))}>{words.sendAll}</Button>}
          </Note>
        )}
      </div>
      <ErrorNote
        error={error}
        {...(quoted.error === undefined ? {} : { onRetry: () => void quoted.fetch(payment) })}
      />
      <div class="flex flex-col gap-2">
        <Button
          kind="main"
          wide
          icon="send"
          busy={busy}
          disabled={sums === undefined || short || quoted.busy}
          onClick={onSubmit}
        >
          {words.submit(sums ? amountText(sums.arrives, "BTC") : payment.amount)}
        </Button>
        <Button kind="quiet" wide disabled={busy} onClick={onBack}>
          {words.change}
        </Button>
      </div>
    </>
  );
};
