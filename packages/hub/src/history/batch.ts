import type {
  Effect,
  OrderCancelledEffect,
  SettledEffect,
  StatusEffect,
  TradeEffect,
  TransferEffect,
} from "@coinholder/engine";
import type { Seq } from "@coinholder/journal";
import { addPayment, effectsOfPayment, isPayment, type Payments } from "./payments.ts";
import type { ActionRecord, Besides, EndedRecord, PaidRecord } from "./records.ts";

/** Effects that history keeps. */
export type Kept = TransferEffect | StatusEffect | SettledEffect | TradeEffect | OrderCancelledEffect;

/** A kind that is added is kept, or named here. */
const KEPT: Readonly<Record<Effect["is"], boolean>> = {
  transfer: true,
  status: true,
  settled: true,
  trade: true,
  "order-cancelled": true,
  // News only, or it stands in the engine's state.
  invoice: false,
  book: false,
  line: false,
  crossing: false,
};
const isKept = (effect: Effect): effect is Kept => KEPT[effect.is];

/** What the commands after `after`, up to `upTo`, did. */
export interface Batch {
  readonly after: Seq;
  readonly upTo: Seq;
  /** In their order; a number stands for so many of the payments, those that come next. */
  readonly effects: readonly (Kept | number)[];
  readonly payments: Payments;
  readonly actions: readonly ActionRecord[];
  readonly ended: readonly EndedRecord[];
  readonly paid: readonly PaidRecord[];
}

/** One that is being filled. */
export interface Filling extends Batch {
  upTo: Seq;
  readonly effects: (Kept | number)[];
  readonly payments: { readonly numbers: number[]; readonly addresses: string[] };
  readonly actions: ActionRecord[];
  readonly ended: EndedRecord[];
  readonly paid: PaidRecord[];
}

export const emptyBatch = (after: Seq): Filling => ({
  after,
  upTo: after,
  effects: [],
  payments: { numbers: [], addresses: [] },
  actions: [],
  ended: [],
  paid: [],
});

export const rowsOf = ({ actions, effects, ended, paid, payments }: Batch): number =>
  effects.length + 2 * payments.addresses.length + actions.length + ended.length + paid.length;

/** Adds the next command. */
export function addTo(
  batch: Filling,
  seq: Seq,
  told: readonly Effect[],
  { action, ended, paid }: Besides = {},
): void {
  const { effects, payments } = batch;
  for (let i = 0; i < told.length; i++) {
    const effect = told[i]!;
    if (!isKept(effect)) continue;
    const next = told[i + 1];
    if (effect.is === "transfer" && isPayment(effect, next)) {
      addPayment(payments, effect, next);
      i++;
      const before = effects.at(-1);
      if (typeof before === "number") effects[effects.length - 1] = before + 1;
      else effects.push(1);
    } else effects.push(effect);
  }
  if (action) batch.actions.push(action);
  if (ended) batch.ended.push(ended);
  if (paid) batch.paid.push(...paid);
  batch.upTo = seq;
}

/** All effects one by one, as they were told. */
export function* effectsOf({ effects, payments }: Batch): Generator<Kept> {
  let payment = 0;
  for (const effect of effects) {
    if (typeof effect !== "number") yield effect;
    else
      for (const end = payment + effect; payment < end; payment++) yield* effectsOfPayment(payments, payment);
  }
}

/**
 * A batch on its way to history's thread. Text is quicker than having each effect cloned on the answering thread; numbers by
 * themselves are quicker still.
 */
export interface Packed {
  readonly json: string;
  readonly paymentNumbers: Float64Array;
}

export const pack = (batch: Batch): Packed => {
  const { numbers, addresses } = batch.payments;
  return {
    json: JSON.stringify({ ...batch, payments: addresses }),
    paymentNumbers: new Float64Array(numbers),
  };
};

export const unpack = ({ json, paymentNumbers }: Packed): Batch => {
  const batch = JSON.parse(json) as Omit<Batch, "payments"> & { payments: string[] };
  return { ...batch, payments: { numbers: paymentNumbers, addresses: batch.payments } };
};
