export {
  type Account,
  BANK,
  CHAIN,
  COLD,
  findAccount,
  HUB,
  LINES_ID,
  OPERATOR,
  ROUNDING,
  SYSTEM_IDS,
} from "./accounts/accounts.ts";
export { authorize, type Caller } from "./accounts/admit.ts";
export { allowlistOf, MOST_ALLOWED } from "./accounts/allowlist.ts";
export { type Authkey, holds, namedPairs } from "./accounts/authkeys.ts";
export { hasCallNonce } from "./accounts/call-nonces.ts";
export { secretOf } from "./accounts/key-table.ts";
export { countOfKeys, keysOf } from "./accounts/keyring.ts";
export { emptyNonces, hasNonce, nonceKey, rememberNonce, SLICE_MS } from "./accounts/nonces.ts";
export { assert, BrokenInvariant } from "./assert.ts";
export { passedOver } from "./bitcoin/address-table.ts";
export {
  type Address,
  type Branch,
  CHANGE,
  COINBASE_MATURITY,
  type Coin,
  type Conflict,
  type Deposit,
  outpointOf,
  type Payout,
  type PayoutVersion,
  RECENT_BLOCKS,
  tip,
} from "./bitcoin/chain.ts";
export { isFree, isSpendable, spendableCoins } from "./bitcoin/coins.ts";
export type * from "./bitcoin/commands.ts";
export type { Halt, HaltReason } from "./bitcoin/halt.ts";
export { openPayouts } from "./bitcoin/lookup.ts";
export { boundCoins, isReplaceable, versionToSend } from "./bitcoin/payouts.ts";
export { confirmationsFor, depthNeeded } from "./bitcoin/tiers.ts";
export { payableWithdrawals, type Withdrawal } from "./bitcoin/withdrawals.ts";
export type { Book } from "./book/book.ts";
export { cancelOrder } from "./book/cancel.ts";
export { forgetChanges } from "./book/changes.ts";
export { ordersOf, type Trader } from "./book/markets.ts";
export {
  findOrder,
  type Level,
  type Order,
  type OrderRow,
  openQuantity,
  watchOrder,
} from "./book/order.ts";
export { type OwnOrderRule, ownOrderRule } from "./book/own-orders.ts";
export { placeOrder } from "./book/place.ts";
export { levels, type Side } from "./book/side.ts";
export type { Told } from "./book/terms.ts";
export { type Fees, tierOf, VOLUME_DAYS, volumeOf } from "./book/volumes.ts";
export * from "./command.ts";
export * from "./config.ts";
export type * from "./crossings/commands.ts";
export { type Crossing, openCrossings } from "./crossings/crossings.ts";
export { DUMP_VERSION, dump } from "./dump.ts";
export type * from "./effects.ts";
export { apply } from "./engine.ts";
export { fetchAhead } from "./fetch-ahead.ts";
export { inlineFurther } from "./inlining.ts";
export { checkInvariants } from "./invariants.ts";
export { pop, push, type Ranked } from "./invoices/heap.ts";
export {
  dueInFiat,
  type FiatSide,
  type Invoice,
  type InvoiceState,
  isListed,
  isPayable,
  stateOfInvoice,
} from "./invoices/invoices.ts";
export { someWithin } from "./invoices/nearest.ts";
export { emptyTree, insertPlace, type PlaceTree, removePlace } from "./invoices/place-tree.ts";
export type { Placed } from "./invoices/placed.ts";
export {
  type Cursor,
  type Found,
  findInvoices,
  isAmbiguous,
  type Search,
  sameCodeNear,
  searchInvoices,
} from "./invoices/search.ts";
export { distanceM } from "./invoices/sphere.ts";
export { type AccountIndex, availableOf, balancesOf, heldOf } from "./ledger/ledger.ts";
export { type AttachedStatus, statusOfAttached } from "./lines/attach.ts";
export type * from "./lines/commands.ts";
export { type Attached, isCarried, type LineCoin, type LineConflict, type Lines } from "./lines/lines.ts";
export { markedOf, withdrawable } from "./lines/marks.ts";
export type { Ended, Identity, Tally } from "./lines/record.ts";
export { earnedOf, lineCarries, lineOf, roomOf } from "./lines/rule.ts";
export { formFault, load } from "./load.ts";
export type { ActionOutcome, ToldParams } from "./operator-actions.ts";
export type * from "./options/commands.ts";
export {
  ENDED_KEPT_MS,
  type Option,
  type OptionState,
  someAreDue,
  stateOfOption,
} from "./options/options.ts";
export { isRefused, type Outcome, type Refused, refuse } from "./outcome.ts";
export { accountsOfOthers, countOfOthers, emptyState, isHubs, type State } from "./state.ts";
export type * from "./webhooks/commands.ts";
export { MOST_WEBHOOKS, mayPost, type Webhook, webhooksOf } from "./webhooks/webhooks.ts";
