/**
 * Every error a hub answers, in one table: the code for programs, the HTTP status, and what it means.
 * 4xx: the caller's fault, nothing was changed. 5xx: the hub's; the outcome is unknown to the caller.
 */
export const errors = {
  // the request itself
  function_unknown: [404, "There is no function of that name on this hub."],
  method_not_allowed: [405, "This function is not called with that HTTP method."],
  content_type_unsupported: [
    415,
    "The body must be application/x-www-form-urlencoded or application/json, in UTF-8.",
  ],
  body_too_large: [413, "The body is longer than this function takes."],
  body_malformed: [
    400,
    "The body (or query) cannot be decoded: bad percent-encoding, bad UTF-8 or bad JSON.",
  ],
  param_repeated: [400, "A parameter was given twice."],
  param_too_long: [400, "A parameter is longer than it may be."],
  rate_limited: [
    429,
    "Too many calls of this kind from this source. `retry_after_ms` says when to try again.",
  ],
  // who calls
  authentication_missing: [
    401,
    "This function needs an authkey: sign the call (type 2) or give name and pass (type 1).",
  ],
  authentication_failed: [401, "The authkey, the account, the password or the signature is wrong."],
  authentication_type_refused: [400, "Passwords are not taken in a URL: use POST, or sign the call."],
  function_mismatch: [401, "The signed `f` is not the function that was called."],
  nonce_stale: [
    401,
    "`nonce_ms` is too far from the hub's clock. `now` tells the hub's time: sign again with it.",
  ],
  nonce_used: [401, "This nonce was used before. Sign each call with a fresh one."],
  authkey_expired: [403, "The authkey has expired."],
  permission_denied: [403, "The authkey does not hold the permission for this function on this account."],
  // parameters
  param_unknown: [400, "The function has no parameter of that name."],
  param_missing: [400, "A parameter that the function needs is missing."],
  param_invalid: [400, "A parameter does not have the form it needs."],
  amount_invalid: [
    400,
    "Not an amount of that currency. `reason`: malformed, not_positive, too_precise, too_large, or dust (too little for the chain to carry; `least` tells how much is not).",
  ],
  currency_unknown: [400, "This hub does not have that currency."],
  market_unknown: [400, "This hub has no market for that pair of currencies."],
  // accounts and keys
  name_taken: [409, "Another account has that name."],
  registration_closed: [403, "The operator of this hub makes accounts; ask there."],
  account_unknown: [404, "There is no such account."],
  authkey_unknown: [404, "There is no such authkey, or not within what your own key holds."],
  authkey_limit_reached: [409, "The account has as many authkeys as it may have. Revoke one first."],
  password_in_use: [409, "Another authkey of the account has this password."],
  expiry_too_late: [400, "A key cannot make or strengthen one that lives longer than itself."],
  // money
  client_id_conflict: [409, "This client_id was used before with other parameters."],
  insufficient_funds: [409, "Not enough is available. `available` tells how much is."],
  not_withdrawable: [
    409,
    "Part of the balance was credited before it confirmed, and leaves by chain only then. `withdrawable` tells how much can leave now.",
  ],
  limit_exceeded: [
    403,
    "The authkey's limit for that currency and day does not allow it. `left` tells what is left.",
  ],
  address_invalid: [400, "Not an address that can be paid. `reason` tells why."],
  own_address: [400, "That address belongs to the paying account itself."],
  quote_unknown: [409, "There is no such quote, or it has expired, or it was for something else."],
  fee_exceeds_amount: [409, "The fee would leave nothing (or dust) of the amount."],
  unsupported: [501, "This hub cannot do that (yet)."],
  exchange_refused: [
    409,
    "The exchange behind this hub refused, for a reason that has no code of its own here: `message` has its words.",
  ],
  transfer_unknown: [404, "There is no such transfer in that state."],
  withdrawals_halted: [
    409,
    "Payments by chain stand still on this hub until its operator has looked. Payments inside the hub go on.",
  ],
  account_in_debt: [
    409,
    "The chain took back what the account had spent already. Until that is made good nothing leaves it. `debt` tells how much.",
  ],
  address_not_allowed: [
    403,
    "The account pays only to addresses on its list. `from_t`, if given, says when this one begins to count.",
  ],
  allowlist_full: [409, "The account's list has as many addresses as it may have. Take one off first."],
  address_unknown: [404, "That address is not on the list."],
  // orders
  order_unknown: [404, "The account has no such open order."],
  order_lot: [400, "The quantity is not a multiple of the market's lot."],
  order_price: [
    400,
    "The price is finer than the market's tick allows, out of range, or not what the amounts come to (`quote_amt` tells what it comes to).",
  ],
  order_would_cross: [409, "A post-only order would trade at once; nothing was placed."],
  order_unfilled: [409, "A fill-or-kill order could not be filled whole; nothing was placed."],
  order_limit_reached: [409, "The account has as many open orders as it may have."],
  amend_invalid: [409, "An order can only be amended to more than it has already filled."],
  // options
  desk_closed: [409, "This hub's desk sells no such options."],
  quoting_stopped: [
    409,
    "The desk sells no options at the moment. `reason`: price_missing, price_stale, price_wild (it moved too much) or price_crossed. Try again later.",
  ],
  option_size: [
    400,
    "The desk sells no option of that size. `most` tells the most that it takes or gives in one, of `currency`; absent if it was too little.",
  ],
  option_limit_reached: [
    409,
    "As many options are open as may be. `most` tells how many an account may have, if that is why.",
  ],
  desk_short: [409, "The desk does not have what this option would bind."],
  option_unknown: [404, "The account has no such option."],
  option_not_open: [409, "The option cannot be exercised any more. `state` tells why."],
  // invoices
  invoice_malformed: [400, "The invoice is not of the form that the protocol gives. `reason` tells why."],
  invoice_signature_invalid: [400, "The signature is not one by the invoice's own address."],
  invoice_time: [400, "The invoice is too old, too far in the future, or has expired."],
  invoice_conflict: [409, "Another invoice with this address is known: the first is kept."],
  invoice_withdrawn: [409, "This invoice was withdrawn."],
  invoice_unknown: [404, "No such invoice is known here."],
  invoice_not_open: [409, "The invoice cannot be paid any more. `state` tells why."],
  invoices_full: [
    409,
    "This hub keeps as many live invoices from elsewhere as it takes, in all or of callers that it does not know. Try again later.",
  ],
  invoice_limit_reached: [409, "The account has as many live invoices as it may have."],
  invoice_not_confirmed: [
    409,
    "The hub that the invoice names does not know it as its own: it may be copied from somebody else's till. Nothing was paid.",
  ],
  peer_unreachable: [
    503,
    "The hub that the invoice names does not answer, or not as the protocol says. `reason` tells more. Nothing was paid.",
  ],
  option_refused: [
    409,
    "The invoice's hub does not exchange BTC for it now. `reason` is that hub's own error code, or what is wrong with what it sold. Nothing was paid.",
  ],
  price_above_limit: [
    409,
    "It would cost more than `max_amount`, or than this hub's own price allows for. `price` tells how much, in BTC, fees included. Nothing was paid.",
  ],
  not_accepted_unconfirmed: [
    409,
    "The invoice's hub would wait for a block before it takes the payment, and the price would not last so long. Nothing was paid.",
  ],
  coins_not_ready: [
    503,
    "All the coins of this hub that such a payment may spend wait for a block. Nothing was paid: try again after the next one.",
  ],
  // webhooks
  webhook_url_refused: [
    400,
    "Nothing is posted there. `reason`: malformed, not_https, credentials (a user or password in it) or not_public (an address that the public Internet does not reach).",
  ],
  webhook_unknown: [404, "The account has no such webhook."],
  webhook_limit_reached: [409, "The account has as many webhooks as it may have. Remove one first."],
  event_unknown: [404, "No such event is kept, or the webhook does not carry its kind."],
  // proofs
  proof_unknown: [404, "No tree of balances with this account in it was published yet."],
  // other hubs' transfers
  transfer_not_ours: [400, "The transfer pays no address of this hub."],
  transfer_claimed: [409, "Another identity stands behind this transfer already."],
  transfer_malformed: [
    400,
    "`transfer_json` is not of the form that the protocol gives. `reason` tells why.",
  ],
  transfer_too_large: [400, "The transaction has more inputs than are looked at. `most` tells how many are."],
  identity_signature_invalid: [
    400,
    "The signature is not one by the identity's key over the bytes of `transfer_json`.",
  ],
  transfer_version: [400, "Transactions of version 1 and 2 are taken."],
  transfer_not_final: [
    409,
    "The transaction cannot be mined in the next block. `reason`: lock_time, or relative_lock (BIP-68) of `input`.",
  ],
  transfer_coin_missing: [
    409,
    "The hub's node does not have what an input spends, confirmed and unspent. `outpoint` tells which.",
  ],
  transfer_fee_low: [
    409,
    "The transaction pays less than this hub would. `fee_rate` tells how much it pays, `least` what it must, in satoshi per vbyte.",
  ],
  coinholder_signature_invalid: [
    400,
    "The proof of funds does not prove that the coins are the signer's. `reason` tells why: other_inputs (than the transaction's, in order), or what BIP-322 found; `outpoint`, if given, of which input.",
  ],
  transfer_signature_invalid: [
    400,
    "A signature of the transaction is wrong, or not over everything (SIGHASH_ALL). `input` tells which.",
  ],
  identity_url_refused: [400, "`identity_url` is none that this hub calls: https, on the public Internet."],
  identity_unreachable: [
    409,
    "What `identity_url` answers is no identity. `reason`: address_refused, timeout, too_large, redirected, not_text, unreachable, status or malformed.",
  ],
  identity_mismatch: [409, "`identity_url` publishes another key."],
  transfer_conflict: [409, "Another transaction that this hub knows of spends the same."],
  transfer_not_accepted: [
    409,
    "The hub's node does not take the transaction: it is not in its mempool. It counts when it confirms, if it does.",
  ],
  option_malformed: [400, "`option_json` is not of the form that the protocol gives. `reason` tells why."],
  option_signature_invalid: [400, "These are not the bytes and the signature that this hub sold."],
  transfer_not_attached: [
    409,
    "The identity that bought the option does not stand behind this transfer: attach that first.",
  ],
  // the hub's coins
  payout_unknown: [404, "There is no such payout under way."],
  payout_alive: [409, "One of the payout's transactions can still confirm: giving it up could pay twice."],
  not_halted: [409, "Payments by chain do not stand still."],
  cold_descriptor_missing: [
    409,
    "The hub knows no cold wallet: set `cold_descriptor` in its configuration file and start it again.",
  ],
  nothing_to_sweep: [
    409,
    "The wallet holds no more than its ceiling, or has none. Say an `amount` to sweep all the same.",
  ],
  fee_too_high: [
    409,
    "At the going rate the fee would be more than the hub pays for that sum. Wait, or move more at once.",
  ],
  psbt_invalid: [
    400,
    "Not a signed sweep that this hub made since it was started. `reason`: psbt_malformed, psbt_differs (from all that it made), not_signed or bad_signature.",
  ],
  sweep_outdated: [
    409,
    "This sweep can no longer be sent: a coin of it was spent, or its change address used, meanwhile. Make another.",
  ],
  // the hub's own
  internal: [500, "The hub has failed. Whether the call took effect is unknown: look before you try again."],
  outcome_unknown: [
    503,
    "The hub is stopping. Whether the call took effect is unknown: look before you try again.",
  ],
  overloaded: [503, "The hub is busy and has not begun with this call. Try again."],
  disk_full: [
    503,
    "The hub's disk is nearly full: it changes nothing until there is room. Nothing was changed.",
  ],
  node_unreachable: [503, "The hub cannot reach its Bitcoin node at the moment. Nothing was changed."],
} as const satisfies Record<string, readonly [status: number, meaning: string]>;

export type ErrorCode = keyof typeof errors;

export const statusOf = (code: ErrorCode): number => errors[code][0];
export const meaningOf = (code: ErrorCode): string => errors[code][1];

/** What went wrong as a value: a stable code, words for people, and particulars. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly [particular: string]: unknown;
}

export const refusal = (
  code: ErrorCode,
  particulars: Record<string, unknown> = {},
  message?: string,
): Refusal => ({
  code,
  message: message ?? meaningOf(code),
  ...particulars,
});
