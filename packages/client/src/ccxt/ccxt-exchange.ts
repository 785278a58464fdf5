// The part of ccxt that is used, in its own words: its types are not needed to compile, nor by those who compile against us.

/** ccxt's numbers under `number = String`; those of its own descriptions are numbers all the same. */
export type Told = string | number | undefined;
type Range = { readonly min?: Told; readonly max?: Told } | undefined;

export interface CcxtMarket {
  readonly symbol: string;
  readonly base: string;
  readonly quote: string;
  readonly spot?: boolean;
  readonly active?: boolean;
  readonly maker?: Told;
  readonly taker?: Told;
  readonly precision: { readonly amount?: Told; readonly price?: Told };
  readonly limits: { readonly amount?: Range; readonly price?: Range; readonly cost?: Range };
}

export interface CcxtCurrency {
  readonly id: string;
  readonly type?: string;
  readonly precision?: Told;
  readonly fee?: Told;
  readonly limits?: { readonly withdraw?: Range };
  readonly networks?: Readonly<
    Record<string, { readonly fee?: Told; readonly limits?: { withdraw?: Range } }>
  >;
}

export interface CcxtFee {
  readonly cost?: Told;
  readonly currency?: string;
}

export interface CcxtOrder {
  readonly id?: string;
  readonly clientOrderId?: string;
  readonly symbol?: string;
  readonly side?: "buy" | "sell";
  readonly status?: string;
  readonly timestamp?: number;
  readonly price?: Told;
  readonly average?: Told;
  readonly amount?: Told;
  readonly filled?: Told;
  readonly cost?: Told;
  readonly postOnly?: boolean;
  readonly fee?: CcxtFee;
}

export interface CcxtTrade {
  readonly id?: string;
  readonly order?: string;
  readonly symbol?: string;
  readonly side?: "buy" | "sell";
  readonly takerOrMaker?: "taker" | "maker";
  readonly timestamp?: number;
  readonly price?: Told;
  readonly amount?: Told;
  readonly cost?: Told;
  readonly fee?: CcxtFee;
}

export interface CcxtTransaction {
  /** A number at Bitfinex. */
  readonly id?: string | number;
  readonly txid?: string;
  readonly type?: string;
  readonly timestamp?: number;
  readonly currency?: string;
  readonly amount?: Told;
  readonly status?: string;
  readonly address?: string;
  readonly addressTo?: string;
  readonly fee?: CcxtFee;
}

export interface CcxtTicker {
  readonly timestamp?: number;
  readonly last?: Told;
  readonly bid?: Told;
  readonly ask?: Told;
  readonly high?: Told;
  readonly low?: Told;
  readonly baseVolume?: Told;
}

type Extra = Readonly<Record<string, unknown>>;
type List<T> = (symbol?: string, since?: number, limit?: number, params?: Extra) => Promise<readonly T[]>;

export interface CcxtExchange {
  readonly id: string;
  readonly name: string;
  readonly has: Readonly<Record<string, boolean | "emulated" | undefined>>;
  readonly features?: { readonly spot?: Readonly<Record<string, Extra | undefined>> };
  readonly timeframes?: Readonly<Record<string, unknown>>;
  /** 2: decimal places, 3: significant digits, 4: tick size. */
  readonly precisionMode: number;
  readonly requiredCredentials: Readonly<Record<string, boolean>>;
  readonly isSandboxModeEnabled?: boolean;
  readonly markets: Readonly<Record<string, CcxtMarket>>;
  readonly currencies: Readonly<Record<string, CcxtCurrency | undefined>>;
  fetch: (...request: readonly unknown[]) => Promise<unknown>;
  onRestResponse: (status: number, ...about: readonly unknown[]) => string;
  readonly loadMarkets: () => Promise<unknown>;
  readonly priceToPrecision: (symbol: string, price: string) => string;
  readonly amountToPrecision: (symbol: string, amount: string) => string;
  readonly checkAddress: (address: string) => string;
  readonly fetchBalance: () => Promise<Readonly<Record<"free" | "used" | "total", Record<string, Told>>>>;
  readonly fetchDepositAddress: (code: string, params?: Extra) => Promise<{ readonly address?: string }>;
  readonly createDepositAddress: CcxtExchange["fetchDepositAddress"];
  readonly withdraw: (
    code: string,
    amount: string,
    address: string,
    tag: undefined,
    params: Extra,
  ) => Promise<CcxtTransaction>;
  readonly fetchDeposits: List<CcxtTransaction>;
  readonly fetchWithdrawals: List<CcxtTransaction>;
  readonly fetchDepositsWithdrawals: List<CcxtTransaction>;
  readonly createOrder: (
    symbol: string,
    type: "limit",
    side: "buy" | "sell",
    amount: string,
    price: string,
    params: Extra,
  ) => Promise<CcxtOrder>;
  readonly cancelOrder: (id: string, symbol: string) => Promise<CcxtOrder>;
  readonly cancelAllOrders: () => Promise<unknown>;
  readonly fetchOrder: (id: string, symbol: string) => Promise<CcxtOrder>;
  readonly fetchOpenOrders: List<CcxtOrder>;
  readonly fetchOrders: List<CcxtOrder>;
  readonly fetchClosedOrders: List<CcxtOrder>;
  readonly fetchCanceledOrders: List<CcxtOrder>;
  readonly fetchCanceledAndClosedOrders: List<CcxtOrder>;
  readonly fetchMyTrades: List<CcxtTrade>;
  readonly fetchTicker: (symbol: string) => Promise<CcxtTicker>;
  readonly fetchOrderBook: (
    symbol: string,
    limit?: number,
  ) => Promise<{
    readonly timestamp?: number;
    readonly nonce?: number;
    readonly bids: readonly (readonly [Told, Told])[];
    readonly asks: readonly (readonly [Told, Told])[];
  }>;
  readonly fetchTrades: List<CcxtTrade>;
  readonly fetchOHLCV: (
    symbol: string,
    timeframe: string,
    since?: number,
    limit?: number,
  ) => Promise<readonly (readonly [t: number, ...rest: Told[]])[]>;
}

/** Whether it can do that; `emulated`: from another of its answers. */
export const can = (exchange: CcxtExchange, name: string): boolean =>
  exchange.has[name] === true || exchange.has[name] === "emulated";

/** Whether calls of this function need a market. */
export const needsMarket = (exchange: CcxtExchange, name: string): boolean =>
  exchange.features?.spot?.[name]?.symbolRequired === true;

/**
 * Whether the exchange's own class knows a word in its functions of these names. What ccxt says neither in `has` nor in
 * `features` (does it pass a client's order id on? does it ask for a network?) stands only there.
 */
export const mentions = (exchange: CcxtExchange, names: RegExp, word: RegExp): boolean => {
  let own: object | null = Object.getPrototypeOf(exchange);
  // The last two are ccxt's base class and Object: they name everything.
  const classes: object[] = [];
  for (; own !== null; own = Object.getPrototypeOf(own)) classes.push(own);
  return classes.slice(0, -2).some((one) =>
    Object.getOwnPropertyNames(one).some((name) => {
      const member: unknown = Object.getOwnPropertyDescriptor(one, name)?.value;
      return names.test(name) && typeof member === "function" && word.test(member.toString());
    }),
  );
};
