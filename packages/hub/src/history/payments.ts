import type { Effect, TransferEffect, TransferKind, TransferStatus } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";

/**
 * Payments inside the hub, which are nearly all that a busy hub has to tell, both sides in one: two effects of sixteen members are ten
 * numbers and an address. What is made for each of them, kept until it is stored and copied to history's thread is most of what history costs
 * the thread that answers.
 */
export interface Payments {
  /** `PAYMENT_NUMBERS` of each: see `addPayment`. */
  readonly numbers: number[] | Float64Array;
  readonly addresses: string[];
}

export const PAYMENT_NUMBERS = 10;

const KIND: TransferKind = "internal";
const STATUS: TransferStatus = "done";

const isPlain = (of: TransferEffect): boolean =>
  of.kind === KIND &&
  of.status === STATUS &&
  of.fee === 0 &&
  of.txid === undefined &&
  of.vout === undefined &&
  of.reference === undefined;

/** Whether the two effects are the sides of a payment that can be told as one, with nothing lost. */
export const isPayment = (payer: Effect, payee: Effect | undefined): payee is TransferEffect =>
  payer.is === "transfer" &&
  payee?.is === "transfer" &&
  !payer.incoming &&
  payee.incoming &&
  payee.row === payer.row + 1 &&
  payee.transfer === payer.transfer &&
  payee.t === payer.t &&
  payee.currency === payer.currency &&
  payee.amount === payer.amount &&
  payer.address !== undefined &&
  payee.address === payer.address &&
  payee.invoice === payer.invoice &&
  isPlain(payer) &&
  isPlain(payee);

export const addPayment = (
  { numbers, addresses }: { readonly numbers: number[]; readonly addresses: string[] },
  payer: TransferEffect,
  payee: TransferEffect,
): void => {
  numbers.push(
    payer.row,
    payer.transfer,
    payer.t,
    payer.currency,
    payer.amount,
    payer.invoice ? 1 : 0,
    payer.previous,
    payer.account,
    payee.previous,
    payee.account,
  );
  addresses.push(payer.address!);
};

/** The two effects that it was made of. */
export const effectsOfPayment = (
  { numbers, addresses }: Payments,
  index: number,
): [payer: TransferEffect, payee: TransferEffect] => {
  const at = index * PAYMENT_NUMBERS;
  // All members, so that one that is added is written here, and looked at in `isPayment`.
  const side = (incoming: boolean): TransferEffect & Record<keyof TransferEffect, unknown> => ({
    is: "transfer",
    row: numbers[at]! + (incoming ? 1 : 0),
    previous: numbers[at + (incoming ? 8 : 6)]!,
    account: numbers[at + (incoming ? 9 : 7)]!,
    transfer: numbers[at + 1]!,
    t: numbers[at + 2] as TimeMs,
    kind: KIND,
    incoming,
    currency: numbers[at + 3]!,
    amount: numbers[at + 4] as Amount,
    fee: 0 as Amount,
    status: STATUS,
    address: addresses[index]!,
    txid: undefined,
    vout: undefined,
    reference: undefined,
    invoice: numbers[at + 5] === 1 ? true : undefined,
  });
  return [side(false), side(true)];
};
