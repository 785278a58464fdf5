import type { Answer, NearbyInvoice } from "@coinholder/protocol";
import { useState } from "preact/hooks";
import { paths } from "../app/paths.ts";
import { type Act, useAct } from "../hub/act.ts";
import { accounts, current } from "../session/current.ts";
import { useLead } from "../session/lead.ts";
import { notePaid, type PaidNote } from "./paid-store.ts";

type Payable = Pick<
  NearbyInvoice,
  "btc_address" | "amount" | "currency" | "info" | "invoice_json" | "signature"
>;

export interface Pay extends Pick<Act<"pay-invoice">, "busy" | "error" | "unfinished" | "forget" | "clear"> {
  /** Of the invoice that is being paid, or was last. */
  readonly address: string | undefined;
  /** What it would cost, in BTC, where it was refused for that. */
  readonly price: string | undefined;
  /** The most BTC that the last one might take. */
  readonly limit: string | undefined;
  /** `most`: the most BTC that it may take, fees included. Goes to the payment when it is done. */
  readonly run: (invoice: Payable, most?: string) => Promise<void>;
  /** Finds out about a call that was never answered. */
  readonly finish: (one: Act<"pay-invoice">["unfinished"][number]) => Promise<void>;
}

/** What an invoice's text says; it was checked before it was paid. */
const readText = (invoice_json: string): Omit<Payable, "invoice_json" | "signature"> => {
  const { info = {}, ...rest } = JSON.parse(invoice_json) as Payable;
  return { ...rest, info };
};

const noteOf = (
  { status, transfer_id }: Answer<"pay-invoice">,
  { amount, btc_address, currency, info: { memo, random } }: Omit<Payable, "invoice_json" | "signature">,
): PaidNote => ({
  transfer_id,
  status,
  address: btc_address,
  amount,
  currency,
  t: Date.now(),
  ...(memo === undefined ? {} : { memo }),
  ...(random === undefined ? {} : { code: random }),
});

export const unfinishedText = readText;

export const usePay = (): Pay => {
  const lead = useLead();
  const pay = useAct("pay-invoice", "nearby");
  const [address, setAddress] = useState<string>();
  const [limit, setLimit] = useState<string>();
  const carryOut = async (params: {
    invoice_json: string;
    signature: string;
    max_amount?: string;
  }): Promise<void> => {
    const account = current.peek()!.account;
    const text = readText(params.invoice_json);
    setAddress(text.btc_address);
    setLimit(params.max_amount);
    const answer = await pay.run(params);
    if (answer === undefined) return;
    // Not of one that was signed out meanwhile.
    if (accounts.peek().some((one) => one.account === account)) notePaid(account, noteOf(answer, text));
    lead(`${paths.nearby}/paid/${answer.transfer_id}`);
  };
  const told = pay.error?.code === "price_above_limit" ? pay.error.particulars.price : undefined;
  return {
    address,
    price: typeof told === "string" ? told : undefined,
    limit,
    busy: pay.busy,
    error: pay.error,
    unfinished: pay.unfinished,
    forget: pay.forget,
    clear: () => {
      setAddress(undefined);
      pay.clear();
    },
    run: ({ invoice_json, signature }, most) => {
      // One that was never answered is asked again as it was: with another limit it would be another payment.
      const before = pay.unfinished.find(({ params }) => params.invoice_json === invoice_json);
      return carryOut(
        before?.params ?? { invoice_json, signature, ...(most === undefined ? {} : { max_amount: most }) },
      );
    },
    finish: ({ params: { invoice_json, signature, max_amount } }) =>
      carryOut({ invoice_json, signature, ...(max_amount === undefined ? {} : { max_amount }) }),
  };
};
