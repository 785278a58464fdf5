import { type Effect, type Stamped, type State, stateOfInvoice } from "@coinholder/engine";
import { actionOf, endOf } from "./audit.ts";
import type { Besides, PaidRecord } from "./history/index.ts";

/** Invoices of this hub's accounts that stand as paid now: history keeps the first time. */
const paidBy = (
  { invoices }: State,
  { t }: Stamped,
  effects: readonly Effect[],
): PaidRecord[] | undefined => {
  let paid: PaidRecord[] | undefined;
  for (const effect of effects) {
    if (effect.is !== "invoice") continue;
    const invoice = invoices.byAddress.get(effect.address);
    if (invoice?.owner === undefined) continue;
    const standing = stateOfInvoice(invoice, t);
    if (standing !== "paid" && standing !== "overpaid") continue;
    paid ??= [];
    paid.push({ address: invoice.address, t });
  }
  return paid;
};

/**
 * What history keeps of a command beside its effects: to be asked right after it was carried out. It follows from the journal alone, so
 * that history made anew tells the same.
 */
export const besidesOf = (
  state: State,
  seq: number,
  command: Stamped,
  effects: readonly Effect[],
): Besides | undefined => {
  const action = actionOf(state, seq, command, effects);
  const paid = paidBy(state, command, effects);
  const ended = endOf(command);
  return action || ended || paid ? { action, ended, paid } : undefined;
};
