import { ADDRESS, type Emulated, PAYEE } from "./answering.ts";

// By docs.bitfinex.com, v2: signed JSON, lists by position, numbers as JSON numbers, prices of five significant digits.

const order = (of: {
  amount: number;
  left: number;
  price: number;
  status: string;
  cid?: number;
}): unknown[] => [
  95408916206,
  null,
  of.cid ?? 1653322349926,
  "tBTCUSD",
  1_795_348_800_000,
  1_795_348_800_001,
  of.left,
  of.amount,
  "EXCHANGE LIMIT",
  null,
  null,
  null,
  0,
  of.status,
  null,
  null,
  of.price,
  of.left === of.amount ? 0 : 64_995,
  0,
  0,
  null,
  null,
  null,
  0,
  0,
  null,
  null,
  null,
  "API>BFX",
  null,
  null,
  {},
];
const notice = (type: string, content: unknown): unknown[] => [
  1_795_348_800_000,
  type,
  null,
  null,
  content,
  null,
  "SUCCESS",
  "success",
];
const OPEN = order({
  amount: 0.00100001,
  left: 0.00000001,
  price: 64_999,
  status: "PARTIALLY FILLED @ 64995.0(0.001)",
});

export const bitfinex: Emulated = {
  id: "bitfinex",
  keys: { apiKey: "emulated-key", secret: "emulated-secret" },
  routes: {
    "GET /v2/conf/pub:list:currency,pub:map:currency:sym,pub:map:currency:label,pub:map:currency:unit,pub:map:currency:undl,pub:map:currency:pool,pub:map:currency:explorer,pub:map:currency:tx:fee,pub:map:tx:method,pub:info:tx:status,pub:list:currency:margin":
      [
        ["BTC", "USD"],
        [],
        [["BTC", "Bitcoin"]],
        [],
        [],
        [],
        [],
        [["BTC", [0, 0.0004]]],
        [["BITCOIN", ["BTC"]]],
        [["BITCOIN", 1, 1, null, null, null, null, 0, 0, null, null, 3]],
        [],
      ],
    "GET /v2/conf/pub:info:pair,pub:info:pair:futures,pub:list:pair:securities,pub:list:pair:margin": [
      [["BTCUSD", [null, null, null, "0.00004", "2000.0", null, null, null, 0.2, 0.1, null, null]]],
      [["BTCF0:USTF0", [null, null, null, "0.0001", "100.0", null, null, null, 0.01, 0.005]]],
      [],
      [],
    ],
    "POST /v2/auth/r/wallets": [
      ["exchange", "BTC", 1.23456789, 0, 1.23456788, null, null],
      ["exchange", "USD", 1000.1, 0, 1000.1, null, null],
      ["margin", "BTC", 7, 0, 7, null, null],
    ],
    "POST /v2/auth/w/deposit/address": notice("acc_dep", [null, "BITCOIN", "BTC", null, ADDRESS, null]),
    "POST /v2/auth/w/withdraw": notice("acc_wd-req", [
      13063236,
      null,
      "bitcoin",
      null,
      "exchange",
      0.012345,
      null,
      null,
      0.0004,
    ]),
    "POST /v2/auth/w/order/submit": notice("on-req", [
      order({ amount: 0.00100001, left: 0.00100001, price: 64_999, status: "ACTIVE", cid: 417 }),
    ]),
    "POST /v2/auth/r/orders": [OPEN],
    "POST /v2/auth/r/orders/tBTCUSD": [OPEN],
    "POST /v2/auth/w/order/cancel": notice("oc-req", OPEN),
    "POST /v2/auth/r/trades/hist": [
      [
        402088407,
        "tBTCUSD",
        1_795_348_800_123,
        95408916206,
        0.001,
        64995,
        "EXCHANGE LIMIT",
        64999,
        1,
        -0.000001,
        "BTC",
        417,
      ],
    ],
    "GET /v2/ticker/tBTCUSD": [64990, 31.9, 65010, 47.1, 1000, 0.0156, 65000, 8314.30890332, 66000, 62500],
    "GET /v2/book/tBTCUSD/R0": [
      [34006738527, 99_990, 0.25600000000000001],
      [34005749487, 100_010, 1e-8],
      [34005749490, 100_020, -0.5],
    ],
  },
  expected: {
    "my-balance": {
      route: "POST /v2/auth/r/wallets",
      sent: {},
      answer: {
        available: { btc: "1.23456788", usd: "1000.10" },
        pending: {},
        held: { btc: "0.00000001" },
      },
    },
    "new-btc-address": {
      route: "POST /v2/auth/w/deposit/address",
      sent: { method: "bitcoin", wallet: "exchange", op_renew: 1 },
      answer: { btc_address: ADDRESS },
    },
    "send-btc": {
      params: { to_btc_address: PAYEE, amount: "0.012345" },
      route: "POST /v2/auth/w/withdraw",
      sent: { method: "bitcoin", wallet: "exchange", amount: "0.012345", address: PAYEE },
      answer: { transfer_id: "13063236", fee: "0.0004" },
    },
    "place-order": {
      // 64,999.64: five significant digits, down for a buyer.
      params: { trade_amt: "65.00029", trade_cur: "USD", for_amt: "0.00100001", for_cur: "BTC" },
      route: "POST /v2/auth/w/order/submit",
      sent: { symbol: "tBTCUSD", type: "EXCHANGE LIMIT", amount: "0.00100001", price: "64999" },
      answer: { oid: "95408916206", state: "open", filled_for_amt: "0" },
    },
    "my-open-orders": {
      route: "POST /v2/auth/r/orders",
      sent: {},
      answer: {
        orders: [
          {
            oid: "95408916206",
            price: "64999",
            trade_amt: "64.99964999",
            for_amt: "0.00100001",
            filled_trade_amt: "64.995",
            filled_for_amt: "0.001",
            t: 1_795_348_800_001,
          },
        ],
      },
    },
    "cancel-order": {
      params: { oid: "95408916206" },
      route: "POST /v2/auth/w/order/cancel",
      sent: { id: 95408916206 },
      answer: { oid: "95408916206", filled_for_amt: "0.001", given_back: { usd: "0.00064999" } },
    },
    "my-trades": {
      route: "POST /v2/auth/r/trades/hist",
      sent: {},
      answer: {
        trades: [
          {
            trade_id: "402088407",
            oid: "95408916206",
            role: "maker",
            gave_amt: "64.995",
            got_amt: "0.000999",
            fee: "0.000001",
          },
        ],
        more_exist: false,
      },
    },
    ticker: {
      params: { market: "BTC/USD" },
      route: "GET /v2/ticker/tBTCUSD",
      sent: {},
      answer: { last: "65000", bid: "64990", ask: "65010", volume: "8314.30890332" },
    },
    depth: {
      params: { market: "BTC/USD" },
      route: "GET /v2/book/tBTCUSD/R0",
      sent: {},
      answer: {
        bids: [
          ["100010", "0.00000001"],
          ["99990", "0.256"],
        ],
        asks: [["100020", "0.50"]],
      },
    },
  },
  errors: [
    {
      function: "my-balance",
      route: "POST /v2/auth/r/wallets",
      status: 500,
      body: ["error", 10100, "apikey: invalid"],
      code: "authentication_failed",
    },
    {
      function: "place-order",
      route: "POST /v2/auth/w/order/submit",
      status: 500,
      body: ["error", 10001, "Invalid order: not enough exchange balance for 0.001 BTCUSD at 64999"],
      code: "insufficient_funds",
    },
    {
      // In trouble, with words that nobody knows: not a refusal.
      function: "place-order",
      route: "POST /v2/auth/w/order/submit",
      status: 500,
      body: ["error", 20060, "maintenance of something"],
      code: "outcome_unknown",
      unknown: true,
    },
  ],
};
