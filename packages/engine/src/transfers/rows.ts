import type { Amount, TimeMs } from "@coinholder/protocol";
import type { CurrencyIndex } from "../config.ts";
import type { Effect, SettledEffect, TransferEffect, TransferKind, TransferStatus } from "../effects.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { State } from "../state.ts";

type Details = Pick<TransferEffect, "address" | "txid" | "vout" | "reference" | "invoice">;

export interface TransferRow extends Details {
  readonly account: AccountIndex;
  readonly transfer: number;
  readonly t: TimeMs;
  readonly kind: TransferKind;
  readonly incoming: boolean;
  readonly currency: CurrencyIndex;
  readonly amount: Amount;
  readonly fee?: Amount;
  readonly status: TransferStatus;
}

/** Tells one account's side of a transfer, linked to the account's row before it. */
export const tellTransfer = (state: State, effects: Effect[], row: TransferRow): void => {
  const account = state.accounts.list[row.account]!;
  // Written out, not spread: copying members by name would be half of what a payment costs.
  const effect: TransferEffect = {
    is: "transfer",
    row: ++state.last.transferRow,
    previous: account.lastTransfer,
    account: row.account,
    transfer: row.transfer,
    t: row.t,
    kind: row.kind,
    incoming: row.incoming,
    currency: row.currency,
    amount: row.amount,
    fee: row.fee ?? (0 as Amount),
    status: row.status,
    address: row.address,
    txid: row.txid,
    vout: row.vout,
    reference: row.reference,
    invoice: row.invoice,
  };
  account.lastTransfer = effect.row;
  effects.push(effect);
};

/** Tells that a withdrawal's money left its account or came back, in a row of its own. */
export const tellSettled = (
  state: State,
  effects: Effect[],
  of: Omit<SettledEffect, "is" | "row" | "previous">,
): void => {
  const account = state.accounts.list[of.account]!;
  const row = ++state.last.transferRow;
  effects.push({ is: "settled", row, previous: account.lastTransfer, ...of });
  account.lastTransfer = row;
};
