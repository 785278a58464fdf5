import type { FunctionName } from "@coinholder/protocol";

export interface Known {
  /** Identifier of an account. */
  readonly account: string;
  /** Token of an authkey. */
  readonly token: string;
  /** An open order to buy BTC for USD, of who calls. */
  readonly oid: string;
}

const ELSEWHERE = "bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080";

/** For each function parameters that have their form, every one of its table row. What they lead to is another question. */
export const validParams = ({
  account,
  token,
  oid,
}: Known): Record<FunctionName, Record<string, string>> => ({
  "create-account": { name: "mallory", pass: "long enough" },
  "create-authkey": {
    type: "hmac-sha256",
    pass: "long enough",
    permissions: "[]",
    expires_t: "8640000000000000",
    label: "till",
    limits: '{"BTC":"0.05"}',
  },
  "change-authkey-permissions": { authkey_token: token, add: "[]", remove: "[]" },
  "my-authkeys": {},
  "my-proof": {},
  "proof-root": {},
  "proof-of-reserves": { batch: "1" },
  "operator-publish-proof": {},
  "revoke-authkey": { authkey_token: "ak-aaaaaaaaaaaaaaaa" },
  "my-balance": {},
  "new-btc-address": {},
  "send-btc": {
    to_btc_address: ELSEWHERE,
    amount: "0.1",
    subtract_fee: "false",
    quote_id: "q-aaaaaaaaaaaaaaaa",
    client_id: "c",
  },
  "quote-send": { to_btc_address: ELSEWHERE, amount: "0.1", subtract_fee: "false" },
  "my-allowlist": {},
  "change-allowlist": { add: "[]", remove: "[]", on: "false", client_id: "c" },
  "withdraw-fiat": { currency: "USD", amount: "1.00", destination: "IBAN", client_id: "c" },
  "my-transfers": { before: "1", limit: "1" },
  "place-order": {
    trade_amt: "1.00",
    trade_cur: "USD",
    for_amt: "0.0001",
    for_cur: "BTC",
    time_in_force: "gtc",
    post_only: "false",
    client_id: "c",
  },
  "cancel-order": { oid: "o999", client_id: "none" },
  "cancel-all-orders": { market: "BTC/USD" },
  "amend-order": { oid, trade_amt: "1.00", for_amt: "0.0001", client_id: "c" },
  "my-settings": {},
  "change-settings": { own_order_prevention: "cancel_oldest" },
  "my-fees": { market: "BTC/USD" },
  "my-cancelled-orders": { before: "1", limit: "1" },
  "my-open-orders": {},
  "my-trades": { before: "1", limit: "1" },
  ticker: { market: "BTC/USD" },
  depth: { market: "BTC/USD", limit: "1" },
  trades: { market: "BTC/USD", before: "1", limit: "1" },
  candles: { market: "BTC/USD", interval: "1m", from_t: "0", limit: "1" },
  "buy-option": { trade_cur: "BTC", for_cur: "USD", trade_amt: "0.01", for_amt: "1.00", client_id: "c" },
  "exercise-option": { option_id: "op-aaaaaaaaaaaaaaaa", client_id: "c" },
  "my-options": {},
  "new-invoice": {
    amount: "0.001",
    currency: "BTC",
    memo: "coffee",
    lat: "45.5",
    lng: "-73.5",
    random: "417",
    expires_t: "1",
  },
  "my-invoices": { before: "1", limit: "1" },
  "invoice-status": { btc_address: ELSEWHERE, wait_ms: "0", than: "open" },
  "broadcast-invoice": { invoice_json: "{}", signature: "smp" },
  "withdraw-invoice": { invoice_bitcoin_address: ELSEWHERE, signature: "smp" },
  "search-invoices": {
    t: "0",
    lat: "45.5",
    lng: "-73.5",
    random: "417",
    radius_m: "1",
    limit: "1",
    after: "[null,1]",
  },
  "pay-invoice": { invoice_json: "{}", signature: "smp", client_id: "c" },
  batch: { calls: '[{"function":"my-balance","params":{}}]' },
  "operator-credit": {
    to_account: account,
    currency: "USD",
    amount: "1.00",
    reference: "wire",
    client_id: "c",
  },
  "operator-fiat-withdrawals": {},
  "operator-settle-fiat-withdrawal": { transfer_id: "t999", outcome: "done", reference: "wire" },
  "operator-registration": { open: "true" },
  "operator-status": {},
  "operator-wallet": {},
  "operator-abandon-payout": { payout: "p999" },
  "operator-cold-address": {},
  "operator-sweep": { amount: "0.1" },
  "operator-finish-sweep": { psbt: "cHNidP8=" },
  "operator-chain": {},
  "operator-halt-withdrawals": {},
  "operator-resume-withdrawals": {},
});
