import type { NearbyInvoice } from "@coinholder/protocol";
import type { JSX } from "preact";
import { paths } from "../app/paths.ts";
import type { Price } from "../hub/money.ts";
import { current, may } from "../session/current.ts";
import { t } from "../texts/index.ts";
import { Button, LinkButton } from "../ui/button.tsx";
import { Note } from "../ui/card.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { costOf, hasBtc, isShort, mostOf } from "./cost.ts";
import type { Pay } from "./use-pay.ts";

/** What is needed to say what an invoice costs. */
export interface Purse {
  readonly available: Readonly<Record<string, string>> | undefined;
  readonly prices: readonly Price[];
}

/** What it costs and the button that pays it; what came of the press, where it was not paid. */
export const PayButton = ({
  invoice,
  due,
  purse,
  pay,
  disabled = false,
  main = false,
}: {
  readonly invoice: NearbyInvoice;
  /** What is left of it, where a part is paid. */
  readonly due?: string | undefined;
  readonly purse: Purse;
  readonly pay: Pay;
  readonly disabled?: boolean;
  readonly main?: boolean;
}): JSX.Element => {
  const words = t.nearby;
  if (current.value === undefined)
    return (
      <div class="flex flex-wrap items-center gap-x-3 gap-y-2">
        <p class="text-quiet">{words.needsAccount}</p>
        <LinkButton href={paths.begin}>{words.begin}</LinkButton>
      </div>
    );
  if (!may("pay-invoice")) return <p class="text-quiet">{words.mayNot}</p>;
  const { currency, info } = invoice;
  const amount = due ?? invoice.amount;
  const cost = costOf({ ...invoice, amount }, purse.available, purse.prices);
  const mine = pay.address === invoice.btc_address;
  const price = mine ? pay.price : undefined;
  const short =
    price === undefined
      ? isShort(cost, purse.available)
      : purse.available !== undefined && !hasBtc(price, purse.available);
  // It was not bitcoin that was short.
  const notExchanged =
    currency !== "BTC" && pay.error?.code === "insufficient_funds" && hasBtc(pay.limit, purse.available);
  const label = words.payOf(amount, currency, info.memo ?? words.noMemo);
  return (
    <div class="flex flex-col gap-2">
      {cost.kind === "about" && (
        <p class="text-sm text-quiet">
          {words.about(cost.amount)}. {words.atMost(cost.most)}
        </p>
      )}
      {cost.kind === "btc" && cost.fee && <p class="text-sm text-quiet">{words.feeToo}</p>}
      {cost.kind === "balance" && <p class="text-sm text-quiet">{words.fromBalance(currency)}</p>}
      {cost.kind === "ask" && price === undefined && <p class="text-sm text-quiet">{words.askPrice}</p>}
      {short && (
        <p class="text-sm text-warn">
          {words.short} <a href={paths.home}>{words.shortGo}</a>
        </p>
      )}
      {mine &&
        pay.error &&
        price === undefined &&
        (notExchanged ? (
          <div role="alert">
            <Note tone="warn">{words.noPrice(currency)}</Note>
          </div>
        ) : (
          <ErrorNote error={pay.error} />
        ))}
      {price !== undefined && (
        <div role="alert">
          <Note tone="warn">{words.exact(price)}</Note>
        </div>
      )}
      {price === undefined ? (
        <Button
          kind={main ? "main" : "plain"}
          icon="check"
          wide
          busy={mine && pay.busy}
          disabled={disabled || pay.busy}
          label={label}
          onClick={() => void pay.run(invoice, mostOf(cost))}
        >
          {words.pay}
        </Button>
      ) : (
        <Button
          kind={main ? "main" : "plain"}
          icon="check"
          wide
          busy={pay.busy}
          disabled={disabled}
          onClick={() => void pay.run(invoice, price)}
        >
          {words.payAt(price)}
        </Button>
      )}
    </div>
  );
};
