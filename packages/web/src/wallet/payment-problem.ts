import type { HubError } from "@coinholder/client";
import { partedText } from "../hub/money.ts";
import { t } from "../texts/index.ts";

export interface FieldProblem {
  readonly field: "to" | "amount";
  readonly text: string;
}

const full = new Intl.DateTimeFormat("en", { dateStyle: "medium", timeStyle: "short" });

/** What a payment was refused for, in words for the field that is to be changed; undefined where it is no field's fault. */
export const fieldProblem = ({ code, particulars }: HubError): FieldProblem | undefined => {
  const words = t.wallet.sending.problems;
  const told = (name: string): string => String(particulars[name] ?? "");
  const sum = (name: string): string => partedText(told(name));
  const to = (text: string): FieldProblem => ({ field: "to", text });
  const amount = (text: string): FieldProblem => ({ field: "amount", text });
  switch (code) {
    case "address_invalid": {
      const reasons: Readonly<Record<string, unknown>> = words;
      const text = Object.hasOwn(reasons, told("reason")) ? reasons[told("reason")] : undefined;
      return to(typeof text === "string" ? text : words.other);
    }
    case "own_address":
      return to(words.own_address);
    case "address_not_allowed": {
      const from = particulars.from_t;
      return to(typeof from === "number" ? words.not_allowed_until(full.format(from)) : words.not_allowed);
    }
    case "amount_invalid": {
      const { amountProblems } = t.ui;
      const reason = told("reason");
      if (reason === "dust") return amount(words.dust(sum("least")));
      if (reason === "too_large" || reason === "not_positive") return amount(amountProblems[reason]);
      return amount(amountProblems.malformed);
    }
    case "insufficient_funds":
      return amount(words.insufficient(sum("available")));
    case "not_withdrawable":
      return amount(words.not_withdrawable(sum("withdrawable")));
    case "limit_exceeded":
      return amount(words.limit(sum("left")));
    case "fee_exceeds_amount":
      return amount(words.fee_exceeds);
    case "fee_too_high":
      return amount(words.fee_too_high(sum("fee")));
    default:
      return undefined;
  }
};

/** Puts the focus on the first field with a problem, once it is drawn. */
export const focusProblem = (): void => {
  requestAnimationFrame(() => document.querySelector<HTMLElement>('main [aria-invalid="true"]')?.focus());
};
