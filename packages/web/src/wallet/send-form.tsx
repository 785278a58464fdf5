import type { HubError } from "@coinholder/client";
import type { Answer } from "@coinholder/protocol";
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useLocation } from "preact-iso";
import { valueCurrency } from "../app/preferences.ts";
import { decimalsOf, partedText, readTyped, unitsOf, worth } from "../hub/money.ts";
import { usePrices } from "../hub/prices.ts";
import { pathOf, readPayText } from "../nearby/pay-text.ts";
import { t } from "../texts/index.ts";
import { Button } from "../ui/button.tsx";
import { Card, Facts, Note } from "../ui/card.tsx";
import { Checkbox, TextField } from "../ui/field.tsx";
import { AmountInput, amountProblem, Money } from "../ui/money.tsx";
import { ScanButton } from "../ui/scan-button.tsx";
import { ErrorNote } from "../ui/states.tsx";
import { isPaymentLink, type LinkProblem, readPaymentLink } from "./bip21.ts";
import { type FieldProblem, focusProblem } from "./payment-problem.ts";

export interface Draft {
  readonly step: "form" | "confirm";
  readonly to: string;
  readonly amount: string;
  /** The fee comes out of the amount. */
  readonly subtract: boolean;
  /** What a payment link said. */
  readonly label: string;
  readonly message: string;
}
export const EMPTY: Draft = { step: "form", to: "", amount: "", subtract: false, label: "", message: "" };

/** So much at once was pasted, not typed. */
const PASTED_CHARS = 8;

const linkProblem = (problem: LinkProblem): string => {
  const { links } = t.wallet.sending;
  return problem.problem === "required" ? links.required(problem.name) : links[problem.problem];
};

/** What a payment link asks for, in words of whoever made it. */
export const FromLink = ({ draft: { label, message } }: { readonly draft: Draft }): JSX.Element | null => {
  const words = t.wallet.sending;
  if (label === "" && message === "") return null;
  return (
    <Facts
      facts={[
        ...(label === "" ? [] : [[words.label, label] as const]),
        ...(message === "" ? [] : [[words.message, message] as const]),
      ]}
    />
  );
};

export const SendForm = ({
  draft,
  onChange,
  balances,
  busy,
  problem,
  error,
  onContinue,
}: {
  readonly draft: Draft;
  readonly onChange: (change: Partial<Draft>) => void;
  readonly balances: Answer<"my-balance"> | undefined;
  readonly busy: boolean;
  /** What the hub refused. */
  readonly problem: FieldProblem | undefined;
  readonly error: HubError | undefined;
  readonly onContinue: (draft: Draft) => Promise<void>;
}): JSX.Element => {
  const words = t.wallet.sending;
  const { route } = useLocation();
  const prices = usePrices();
  const [own, setOwn] = useState<FieldProblem>();
  const latest = useRef(draft);
  latest.current = draft;

  /** Takes an address or a payment link; the change that it makes, or undefined where it cannot be taken. */
  const take = (text: string): Partial<Draft> | undefined => {
    setOwn(undefined);
    const trimmed = text.trim();
    if (!isPaymentLink(trimmed)) {
      const change = { to: trimmed };
      onChange(change);
      return change;
    }
    const link = readPaymentLink(trimmed);
    if ("problem" in link) {
      onChange({ to: trimmed, label: "", message: "" });
      setOwn({ field: "to", text: linkProblem(link) });
      return undefined;
    }
    const change = {
      to: link.address,
      label: link.label ?? "",
      message: link.message ?? "",
      ...(link.amount === undefined ? {} : { amount: link.amount, subtract: false }),
    };
    onChange(change);
    return change;
  };
  /** A till's link to its hub's page, whichever hub that is: it is opened where invoices are paid. */
  const opened = (text: string): boolean => {
    const pointer = /^https?:/i.test(text.trim()) ? readPayText(text) : undefined;
    if (pointer) route(pathOf(pointer));
    return pointer !== undefined;
  };
  /** What came by camera or clipboard. */
  const takeAny = (text: string): void => {
    if (!opened(text)) take(text);
  };
  const typed = (text: string): void => {
    if (text.length - draft.to.length >= PASTED_CHARS && opened(text)) return;
    if (isPaymentLink(text) && text.length - draft.to.length >= PASTED_CHARS) take(text);
    else {
      setOwn(undefined);
      onChange({ to: text, label: "", message: "" });
    }
  };
  const proceed = (): void => {
    const change = take(draft.to);
    if (change === undefined) {
      focusProblem();
      return;
    }
    const ready = { ...draft, ...change };
    const wrong = amountProblem(ready.amount, "BTC");
    if (ready.to === "") setOwn({ field: "to", text: words.noAddress });
    else if (wrong !== undefined) setOwn({ field: "amount", text: wrong });
    else {
      void onContinue(ready);
      return;
    }
    focusProblem();
  };

  const available = balances?.available.btc ?? "0.00";
  const most = balances?.withdrawable?.btc ?? available;
  const read = readTyped(draft.amount, "BTC");
  const value =
    "amount" in read
      ? worth(unitsOf(read.amount, decimalsOf("BTC")), "BTC", valueCurrency.value, prices)
      : undefined;
  const told = own ?? problem;
  const at = (field: FieldProblem["field"]): string | undefined =>
    told?.field === field ? told.text : undefined;
  return (
    <form
      class="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        proceed();
      }}
    >
      <Card>
        <div class="flex flex-col gap-4">
          <TextField
            label={words.to}
            hint={words.toHint}
            error={at("to")}
            value={draft.to}
            onValue={typed}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
          />
          <div class="button-row">
            <ScanButton onText={takeAny} />
            <Button icon="copy" onClick={() => void navigator.clipboard.readText().then(takeAny, () => {})}>
              {words.paste}
            </Button>
          </div>
          {(draft.label !== "" || draft.message !== "") && (
            <Note tone="quiet" title={words.fromLink}>
              <FromLink draft={draft} />
            </Note>
          )}
          <AmountInput
            currency="BTC"
            value={draft.amount}
            error={at("amount")}
            {...(balances === undefined
              ? {}
              : {
                  hint:
                    most === available
                      ? words.availableNow(partedText(available))
                      : words.withdrawableNow(partedText(available), partedText(most)),
                })}
            onValue={(amount) => {
              setOwn(undefined);
              onChange({ amount });
            }}
            onAll={() => {
              setOwn(undefined);
              onChange({ amount: most, subtract: true });
            }}
          />
          {value !== undefined && valueCurrency.value !== "BTC" && (
            <p class="text-quiet">
              ≈ <Money amount={value} currency={valueCurrency.value} />
            </p>
          )}
          <Checkbox
            label={words.all}
            checked={draft.subtract}
            onChecked={(subtract) => onChange({ subtract })}
          />
        </div>
      </Card>
      <ErrorNote error={error} />
      <Button type="submit" kind="main" wide busy={busy}>
        {words.go}
      </Button>
    </form>
  );
};
