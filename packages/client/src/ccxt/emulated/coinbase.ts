import { ADDRESS, type Emulated, PAYEE } from "./answering.ts";

// By docs.cdp.coinbase.com: Advanced Trade (v3) for orders, v2 for addresses and sending; JSON with decimal strings.

const OID = "813a53c5-3e39-47bb-863d-2faf685d22d8";
const ACCOUNT = "11111111-1111-1111-1111-111111111111";
const ORDER = {
  order_id: OID,
  product_id: "BTC-USD",
  user_id: ACCOUNT,
  order_configuration: { limit_limit_gtc: { base_size: "0.001", limit_price: "64999.63", post_only: false } },
  side: "BUY",
  client_order_id: "order-417",
  status: "OPEN",
  time_in_force: "GOOD_UNTIL_CANCELLED",
  created_time: "2026-11-22T12:00:00.250552Z",
  completion_percentage: "0",
  filled_size: "0",
  average_filled_price: "0",
  fee: "",
  number_of_fills: "0",
  filled_value: "0",
  pending_cancel: false,
  size_in_quote: false,
  total_fees: "0",
  trigger_status: "INVALID_ORDER_TYPE",
  order_type: "LIMIT",
  product_type: "SPOT",
};
const BROKERAGE = "/api/v3/brokerage";

export const coinbase: Emulated = {
  id: "coinbase",
  keys: { apiKey: "emulated-key", secret: "emulated-secret" },
  routes: {
    "GET /v2/currencies": { data: [{ id: "USD", name: "US Dollar", min_size: "0.01" }] },
    "GET /v2/currencies/crypto": {
      data: [
        {
          asset_id: "5b71fc48-3dd3-540c-809b-f8c94d0e68b5",
          code: "BTC",
          name: "Bitcoin",
          color: "#F7931A",
          sort_index: 100,
          exponent: 8,
          type: "crypto",
          address_regex: "",
        },
      ],
    },
    "GET /v2/exchange-rates": { data: { currency: "USD", rates: { BTC: "0.0000153" } } },
    [`GET ${BROKERAGE}/market/products`]: ({ params }) => ({
      products:
        params.product_type === "FUTURE"
          ? []
          : [
              {
                product_id: "BTC-USD",
                price: "65000",
                volume_24h: "10967.87426597",
                base_increment: "0.00000001",
                quote_increment: "0.01",
                quote_min_size: "1",
                quote_max_size: "150000000",
                base_min_size: "0.00000001",
                base_max_size: "3400",
                base_name: "Bitcoin",
                quote_name: "US Dollar",
                is_disabled: false,
                status: "online",
                trading_disabled: false,
                product_type: "SPOT",
                quote_currency_id: "USD",
                base_currency_id: "BTC",
                view_only: false,
                price_increment: "0.01",
              },
            ],
      num_products: 1,
    }),
    "GET /v2/accounts": {
      pagination: { next_starting_after: null, limit: 250, order: "desc", next_uri: null },
      data: [
        {
          id: ACCOUNT,
          name: "BTC Wallet",
          primary: true,
          type: "wallet",
          currency: { code: "BTC", name: "Bitcoin", exponent: 8, type: "crypto" },
          balance: { amount: "0.12345678", currency: "BTC" },
          resource: "account",
          allow_deposits: true,
          allow_withdrawals: true,
        },
      ],
    },
    [`GET ${BROKERAGE}/transaction_summary`]: {
      fee_tier: { pricing_tier: "Advanced 1", taker_fee_rate: "0.008", maker_fee_rate: "0.006" },
    },
    [`GET ${BROKERAGE}/accounts`]: {
      accounts: [
        {
          uuid: ACCOUNT,
          name: "BTC Wallet",
          currency: "BTC",
          available_balance: { value: "0.12345678", currency: "BTC" },
          hold: { value: "0.00000001", currency: "BTC" },
          default: true,
          active: true,
          type: "ACCOUNT_TYPE_CRYPTO",
          ready: true,
        },
      ],
      has_next: false,
      cursor: "",
      size: 1,
    },
    [`POST /v2/accounts/${ACCOUNT}/addresses`]: {
      data: {
        id: "05b1ebbf-9438-5dd4-b297-2ddedc98d0e4",
        address: ADDRESS,
        name: null,
        network: "bitcoin",
        resource: "address",
      },
    },
    [`POST /v2/accounts/${ACCOUNT}/transactions`]: {
      data: {
        id: "3c04e35e-8e5a-5ff1-9155-00675db4ac02",
        type: "send",
        status: "pending",
        amount: { amount: "-0.00012345", currency: "BTC" },
        native_amount: { amount: "-8.02", currency: "USD" },
        created_at: "2026-11-22T12:00:00Z",
        updated_at: "2026-11-22T12:00:00Z",
        resource: "transaction",
        network: { status: "unconfirmed", name: "bitcoin" },
        to: { resource: "bitcoin_address", address: PAYEE },
      },
    },
    [`POST ${BROKERAGE}/orders`]: ({ params }) => ({
      success: true,
      failure_reason: "UNKNOWN_FAILURE_REASON",
      order_id: OID,
      success_response: {
        order_id: OID,
        product_id: "BTC-USD",
        side: "BUY",
        client_order_id: params.client_order_id,
      },
      order_configuration: null,
    }),
    [`GET ${BROKERAGE}/orders/historical/${OID}`]: { order: ORDER },
    [`GET ${BROKERAGE}/orders/historical/batch`]: {
      orders: [ORDER],
      sequence: "0",
      has_next: false,
      cursor: "",
    },
    [`POST ${BROKERAGE}/orders/batch_cancel`]: {
      results: [{ success: true, failure_reason: "UNKNOWN_CANCEL_FAILURE_REASON", order_id: OID }],
    },
    [`GET ${BROKERAGE}/orders/historical/fills`]: {
      fills: [
        {
          entry_id: "b88b82cc89e326a2778874795102cbafd08dd979a2a7a3c69603fc4c23c2e010",
          trade_id: "cdc39e45-bbd3-44ec-bf02-61742dfb16a1",
          order_id: OID,
          trade_time: "2026-11-22T12:00:01.091377090Z",
          trade_type: "FILL",
          price: "64999.63",
          size: "0.0005",
          commission: "0.25999852",
          product_id: "BTC-USD",
          sequence_timestamp: "2026-11-22T12:00:01.092520Z",
          liquidity_indicator: "MAKER",
          size_in_quote: false,
          side: "BUY",
        },
      ],
      cursor: "",
    },
    [`GET ${BROKERAGE}/market/products/BTC-USD/ticker`]: {
      trades: [
        {
          trade_id: "518078013",
          product_id: "BTC-USD",
          price: "65000.1",
          size: "0.00659179",
          time: "2026-11-22T12:00:00.492746Z",
          side: "BUY",
        },
      ],
      best_bid: "64990.61",
      best_ask: "65010.62",
    },
    [`GET ${BROKERAGE}/market/product_book`]: {
      pricebook: {
        product_id: "BTC-USD",
        bids: [{ price: "64990.61", size: "0.115" }],
        asks: [{ price: "65010.62", size: "0.04877659" }],
        time: "2026-11-22T12:00:00.533606Z",
      },
    },
  },
  expected: {
    "my-balance": {
      route: "GET /v2/accounts",
      sent: {},
      answer: { available: { btc: "0.12345678" }, pending: {} },
    },
    "new-btc-address": {
      route: `POST /v2/accounts/${ACCOUNT}/addresses`,
      sent: {},
      answer: { btc_address: ADDRESS },
    },
    "send-btc": {
      params: { to_btc_address: PAYEE, amount: "0.00012345", client_id: "rent" },
      route: `POST /v2/accounts/${ACCOUNT}/transactions`,
      sent: { type: "send", to: PAYEE, amount: "0.00012345", currency: "BTC", idem: "rent" },
      answer: { transfer_id: "3c04e35e-8e5a-5ff1-9155-00675db4ac02" },
    },
    "place-order": {
      params: {
        trade_amt: "64.999639",
        trade_cur: "USD",
        for_amt: "0.001",
        for_cur: "BTC",
        client_id: "order-417",
        post_only: true,
      },
      route: `POST ${BROKERAGE}/orders`,
      sent: {
        client_order_id: "order-417",
        product_id: "BTC-USD",
        side: "BUY",
        order_configuration: {
          limit_limit_gtc: { base_size: "0.001", limit_price: "64999.63", post_only: true },
        },
      },
      answer: { oid: OID, state: "open", filled_for_amt: "0" },
    },
    "my-open-orders": {
      route: `GET ${BROKERAGE}/orders/historical/batch`,
      sent: { order_status: "OPEN" },
      answer: {
        orders: [
          { oid: OID, price: "64999.63", trade_amt: "64.99963", for_amt: "0.001", client_id: "order-417" },
        ],
      },
    },
    "cancel-order": {
      params: { oid: OID },
      route: `POST ${BROKERAGE}/orders/batch_cancel`,
      sent: { order_ids: [OID] },
      answer: { oid: OID, given_back: { usd: "64.99963" } },
    },
    "my-trades": {
      route: `GET ${BROKERAGE}/orders/historical/fills`,
      sent: {},
      answer: {
        trades: [
          {
            oid: OID,
            role: "maker",
            gave_amt: "32.499815",
            got_amt: "0.0005",
            fee: "0.25999852",
            fee_cur: "USD",
          },
        ],
      },
    },
    ticker: {
      params: { market: "BTC/USD" },
      route: `GET ${BROKERAGE}/market/products/BTC-USD/ticker`,
      sent: {},
      answer: { last: "65000.10", bid: "64990.61", ask: "65010.62" },
    },
    depth: {
      params: { market: "BTC/USD" },
      route: `GET ${BROKERAGE}/market/product_book`,
      sent: { product_id: "BTC-USD" },
      answer: { bids: [["64990.61", "0.115"]], asks: [["65010.62", "0.04877659"]] },
    },
  },
  errors: [
    {
      function: "my-balance",
      route: "GET /v2/accounts",
      status: 401,
      body: "Unauthorized",
      code: "authentication_failed",
    },
    {
      function: "place-order",
      route: `POST ${BROKERAGE}/orders`,
      status: 200,
      body: {
        success: false,
        error_response: {
          error: "INSUFFICIENT_FUND",
          message: "Insufficient balance in source account",
          preview_failure_reason: "PREVIEW_INSUFFICIENT_FUND",
        },
      },
      code: "insufficient_funds",
    },
  ],
};
