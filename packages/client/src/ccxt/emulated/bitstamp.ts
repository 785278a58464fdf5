import { ADDRESS, type Emulated, PAYEE } from "./answering.ts";

// By www.bitstamp.net/api: form bodies, decimal strings, orders by number.

const V2 = "/api/v2";
export const bitstamp: Emulated = {
  id: "bitstamp",
  keys: { apiKey: "emulated-key", secret: "emulated-secret" },
  routes: {
    [`GET ${V2}/markets/`]: [
      {
        name: "BTC/USD",
        market_symbol: "btcusd",
        base_currency: "BTC",
        base_decimals: 8,
        counter_currency: "USD",
        counter_decimals: 0,
        minimum_order_value: "10",
        trading: "Enabled",
        instant_order_counter_decimals: 2,
        instant_and_market_orders: "Enabled",
        description: "Bitcoin / U.S. dollar",
        market_type: "SPOT",
      },
      {
        name: "BTC/USD-PERP",
        market_symbol: "btcusd-perp",
        base_currency: "BTC",
        base_decimals: 5,
        counter_currency: "USD",
        counter_decimals: 0,
        minimum_order_value: "10",
        trading: "Enabled",
        description: "Bitcoin / U.S. dollar Perpetual",
        market_type: "PERPETUAL",
        payoff_type: "Linear",
        contract_size: "1.00000000",
      },
    ],
    [`POST ${V2}/account_balances/`]: [
      { currency: "btc", total: "1.50000000", available: "1.25000001", reserved: "0.24999999" },
      { currency: "usd", total: "10000.00", available: "10000.00", reserved: "0.00" },
    ],
    [`POST ${V2}/btc_address/`]: { address: ADDRESS },
    [`POST ${V2}/btc_withdrawal/`]: { id: 417 },
    [`POST ${V2}/buy/btcusd/`]: ({ params }) => ({
      id: "1234123412341234",
      market: "BTC/USD",
      datetime: "2026-11-22 12:00:00.250000",
      type: "0",
      price: params.price,
      amount: params.amount,
      client_order_id: params.client_order_id,
    }),
    [`POST ${V2}/order_status/`]: {
      id: 1234123412341234,
      datetime: "2026-11-22 12:00:00",
      type: "0",
      status: "Open",
      market: "BTC/USD",
      transactions: [],
      amount_remaining: "0.00000001",
    },
    [`POST ${V2}/open_orders/all/`]: [
      {
        id: "1234123412341234",
        datetime: "2026-11-22 12:00:00",
        type: "0",
        price: "64999",
        amount: "0.00100001",
        amount_at_create: "0.00100001",
        currency_pair: "BTC/USD",
        client_order_id: "order-417",
      },
    ],
    [`POST ${V2}/cancel_order/`]: {
      id: 1234123412341234,
      amount: "0.00100001",
      price: "64999",
      type: 0,
      market: "BTC/USD",
    },
    [`POST ${V2}/user_transactions/`]: [
      {
        usd: "-65.00",
        order_id: 1234123412341234,
        btc_usd: "65000",
        datetime: "2026-11-22 12:00:01.250000",
        fee: "0.26000",
        btc: "0.00100000",
        type: "2",
        id: 77,
        eur: 0.0,
      },
    ],
    [`GET ${V2}/ticker/btcusd/`]: {
      timestamp: "1795348800",
      high: "66000",
      last: "65000",
      bid: "64990",
      vwap: "64800",
      volume: "3563.13819902",
      low: "62500",
      ask: "65010",
      open: "64000",
    },
    [`GET ${V2}/order_book/btcusd/`]: {
      timestamp: "1795348800",
      microtimestamp: "1795348800955826",
      bids: [
        ["99990", "1.00000000"],
        ["100010", "0.50000000"],
      ],
      asks: [["100020", "0.00000001"]],
    },
  },
  expected: {
    "my-balance": {
      route: `POST ${V2}/account_balances/`,
      sent: {},
      answer: {
        available: { btc: "1.25000001", usd: "10000.00" },
        pending: {},
        held: { btc: "0.24999999" },
      },
    },
    "new-btc-address": { route: `POST ${V2}/btc_address/`, sent: {}, answer: { btc_address: ADDRESS } },
    "send-btc": {
      params: { to_btc_address: PAYEE, amount: "0.00012345" },
      route: `POST ${V2}/btc_withdrawal/`,
      sent: { amount: "0.00012345", address: PAYEE },
      answer: { transfer_id: "417", status: "reserved" },
    },
    "place-order": {
      // 64,999.64 a bitcoin: a buyer's limit goes down to the whole dollar.
      params: {
        trade_amt: "65.00",
        trade_cur: "USD",
        for_amt: "0.00100001",
        for_cur: "BTC",
        client_id: "order-417",
      },
      route: `POST ${V2}/buy/btcusd/`,
      sent: { amount: "0.00100001", price: "64999", client_order_id: "order-417" },
      answer: { oid: "1234123412341234", state: "open" },
    },
    "my-open-orders": {
      route: `POST ${V2}/open_orders/all/`,
      sent: {},
      answer: {
        orders: [
          {
            oid: "1234123412341234",
            market: "BTC/USD",
            side: "buy",
            price: "64999",
            trade_amt: "64.99964999",
            trade_cur: "USD",
            for_amt: "0.00100001",
            for_cur: "BTC",
            client_id: "order-417",
            t: Date.UTC(2026, 10, 22, 12),
          },
        ],
      },
    },
    "cancel-order": {
      params: { oid: "1234123412341234" },
      route: `POST ${V2}/cancel_order/`,
      sent: { id: "1234123412341234" },
      answer: { oid: "1234123412341234" },
    },
    "my-trades": {
      route: `POST ${V2}/user_transactions/`,
      sent: {},
      answer: {
        trades: [
          {
            trade_id: "77",
            oid: "1234123412341234",
            t: Date.UTC(2026, 10, 22, 12, 0, 1, 250),
            market: "BTC/USD",
            side: "buy",
            price: "65000",
            gave_amt: "65",
            gave_cur: "USD",
            got_amt: "0.001",
            got_cur: "BTC",
            fee: "0.26",
            fee_cur: "USD",
          },
        ],
        more_exist: false,
      },
    },
    ticker: {
      params: { market: "BTC/USD" },
      route: `GET ${V2}/ticker/btcusd/`,
      sent: {},
      answer: { last: "65000", bid: "64990", ask: "65010", volume: "3563.13819902", t: 1_795_348_800_000 },
    },
    depth: {
      params: { market: "BTC/USD", limit: "1" },
      route: `GET ${V2}/order_book/btcusd/`,
      sent: {},
      // As text 99990 would stand above 100010.
      answer: { bids: [["100010", "0.50"]], asks: [["100020", "0.00000001"]], t: 1_795_348_800_955 },
    },
  },
  errors: [
    {
      function: "my-balance",
      route: `POST ${V2}/account_balances/`,
      status: 403,
      body: { status: "error", reason: "Invalid signature", code: "API0005" },
      code: "authentication_failed",
    },
    {
      function: "new-btc-address",
      route: `POST ${V2}/btc_address/`,
      status: 403,
      body: { error: "No permission found" },
      code: "permission_denied",
    },
    {
      // Words that ccxt does not know.
      function: "send-btc",
      route: `POST ${V2}/btc_withdrawal/`,
      status: 200,
      body: { status: "error", reason: { __all__: ["Withdrawals are disabled for this account."] } },
      code: "exchange_refused",
    },
  ],
};
