export { type Account, findAccount, HUB, OPERATOR, ROUNDING, SYSTEM_IDS } from "./accounts/accounts.ts";
export { authorize, type Caller } from "./accounts/admit.ts";
export { type Authkey, holds, namedPairs } from "./accounts/authkeys.ts";
export { emptyNonces, hasNonce, nonceKey, rememberNonce } from "./accounts/nonces.ts";
export { assert, BrokenInvariant } from "./assert.ts";
export {
  CHANGE,
  type Coin,
  type Deposit,
  outpointOf,
  type Payout,
  spendableCoins,
  tip,
} from "./bitcoin/chain.ts";
export type { Receipt, Spend } from "./bitcoin/commands.ts";
export type { Withdrawal } from "./bitcoin/withdrawals.ts";
export { best } from "./book/book.ts";
export { type Order, openQuantity } from "./book/order.ts";
export type * from "./command.ts";
export * from "./config.ts";
export { dump } from "./dump.ts";
export type * from "./effects.ts";
export { apply } from "./engine.ts";
export { checkInvariants } from "./invariants.ts";
export { type Invoice, type InvoiceState, stateOfInvoice } from "./invoices/invoices.ts";
export { type Cursor, type Found, type Search, searchInvoices } from "./invoices/search.ts";
export { type AccountIndex, availableOf, balancesOf, heldOf } from "./ledger/ledger.ts";
export { load } from "./load.ts";
export { isRefused, type Outcome, type Refused, refuse } from "./outcome.ts";
export { emptyState, type State } from "./state.ts";
