import type { By, EngineConfig, HaltReason, OwnOrderRule, PayoutKind } from "@coinholder/engine";
import type { ErrorCode } from "@coinholder/protocol";

/**
 * The plain twin: the hub's rules once more, in arrays that are walked and sorted each time and in numbers of any size. It says of
 * each command whether it is done, and what everybody has after it. Slow, and simple enough to be believed.
 */
export interface Twin {
  t: number;
  config: EngineConfig;
  registrationOpen: boolean;
  /** Identifiers by number; the first five are the hub's own, the sixth is the operator's. */
  readonly accounts: { readonly id: string; readonly name: string | undefined }[];
  keys: TwinKey[];
  readonly nonces: Map<string, number>;
  readonly once: Map<string, { readonly fingerprint: string; readonly t: number }>;
  /** By "account currency". */
  readonly balances: Map<string, TwinBalance>;
  orders: TwinOrder[];
  lastOrder: number;
  arrivals: number;
  readonly ownOrders: Map<number, OwnOrderRule>;
  /** Orders that ended because they would have met the other one. */
  readonly cancelled: { readonly order: number; readonly met: number }[];
  /** Every side of every trade, in quote. */
  readonly traded: TwinTraded[];
  /** Open ones, and those that ended and are still told of. */
  options: TwinOption[];
  readonly addresses: Map<string, number>;
  invoices: TwinInvoice[];
  readonly withdrawn: Map<string, number>;
  /** Invoices from elsewhere that were paid by chain: until when nobody pays them again. */
  readonly paidOutside: Map<string, number>;
  /** What blocks paid to the hub's addresses, and spent of that, as far as it was told of; what is undone is taken out. */
  mined: TwinOutput[];
  spends: TwinSpend[];
  /** Not the hub's own change. In sight (height 0) or in a block. */
  deposits: TwinDeposit[];
  /** Deposits that left the mempool, and change of payouts that were given up: the height at which. */
  readonly gone: Map<string, number>;
  payouts: TwinPayout[];
  /** Which payout was built last upon a coin. */
  readonly binder: Map<string, TwinPayout>;
  /** What foreign transactions in blocks took, as booked. */
  lost: number;
  highest: number;
  /** Payouts up to this height were forgotten: 200 blocks have been upon them. */
  highestBuried: number;
  halt: HaltReason | undefined;
  /** In the operator's words. */
  haltWhy: string;
  rotations: number;
  actions: number;
  /** Actions of the operator's that have not ended, by number. */
  readonly underWay: Set<number>;
  readonly allowlists: Map<number, TwinAllowlist>;
  withdrawals: TwinWithdrawal[];
  /** Number of the account that early credits come from, -1 before there is one. */
  linesAccount: number;
  linesCeiling: number | undefined;
  readonly identities: Map<string, TwinIdentity>;
  attached: TwinAttached[];
  /** By transfer: whether the other hub was told. */
  readonly crossings: Map<number, boolean>;
  fiat: TwinFiat[];
  lastTransfer: number;
  lastPayout: number;
  height: number;
}

export interface TwinIdentity {
  ceiling: number;
  seen: number;
  confirmed: number;
  replaced: number;
  doubleSpent: number;
}
/** A transfer that an identity stands behind. */
export interface TwinAttached {
  readonly txid: string;
  identity: string;
  readonly inputs: readonly string[];
  readonly coins: readonly TwinLineCoin[];
  /** It was credited before it counted. */
  readonly early: boolean;
  /** All of it counts. */
  confirmed: boolean;
  /** The day on which it began to, unless that is forgotten. */
  earned: number | undefined;
  conflict: { readonly rival: string; readonly height: number } | undefined;
  lost: boolean;
  /** Its identity has no line any more. */
  ends: boolean;
  replaced: boolean;
}
export interface TwinLineCoin {
  readonly outpoint: string;
  readonly address: string;
  readonly account: number;
  readonly value: number;
  transfer: number;
  /** Who holds how much of it. */
  readonly marks: Map<number, number>;
}
export interface TwinKey {
  readonly token: string;
  readonly home: string;
  readonly secret: string;
  readonly type: string;
  pairs: (readonly [account: string, permission: string])[];
  readonly expires: number | undefined;
  readonly limits: Map<string, number> | undefined;
  /** What left by it, by "currency day". */
  readonly used: Map<string, number>;
}
export interface TwinBalance {
  available: bigint;
  held: bigint;
  pending: bigint;
}
export interface TwinOrder {
  readonly number: number;
  readonly account: number;
  readonly market: number;
  readonly buys: boolean;
  readonly clientId: string | undefined;
  readonly postOnly: boolean;
  price: bigint;
  quantity: bigint;
  done: bigint;
  /** Price times quantity of all its trades, in 1/scale of a smallest quote unit. */
  exact: bigint;
  given: bigint;
  received: bigint;
  fees: bigint;
  /** Its place in time at its price. */
  arrival: number;
}
export interface TwinTraded {
  readonly market: number;
  readonly account: number;
  /** UTC days since 1970. */
  readonly day: number;
  readonly quote: bigint;
}
export interface TwinOption {
  readonly id: string;
  readonly buyer: number;
  readonly issuer: number;
  readonly address: string;
  readonly give: number;
  readonly giveCurrency: string;
  readonly want: number;
  readonly wantCurrency: string;
  readonly expires: number;
  readonly to: string | undefined;
  txid: string | undefined;
  received: number;
  state: "open" | "exercised" | "expired";
  endedAt: number;
}
export interface TwinInvoice {
  readonly number: number;
  readonly address: string;
  readonly json: string;
  readonly owner: number | undefined;
  readonly amount: number;
  readonly lat: number | undefined;
  readonly lng: number | undefined;
  readonly random: string | undefined;
  readonly posted: number | undefined;
  readonly expires: number;
  withdrawn: boolean;
  seen: number;
  received: number;
  readonly fiat: TwinFiatSide | undefined;
}
export interface TwinFiatSide {
  readonly currency: string;
  received: number;
  given: number;
  /** By transaction, less what options took. */
  readonly left: Map<string, number>;
}
export interface TwinOutput {
  readonly outpoint: string;
  readonly address: string;
  readonly value: number;
  readonly coinbase: boolean;
  readonly height: number;
}
export interface TwinSpend {
  readonly outpoint: string;
  readonly txid: string;
  readonly height: number;
}
export interface TwinAllowlist {
  on: boolean;
  offAt: number | undefined;
  entries: { readonly address: string; readonly from: number }[];
}
export interface TwinDeposit {
  readonly outpoint: string;
  readonly address: string;
  readonly account: number;
  readonly value: number;
  readonly coinbase: boolean;
  height: number;
  counted: boolean;
}
export interface TwinPayout {
  readonly number: number;
  readonly is: PayoutKind;
  readonly withdrawals: readonly number[];
  readonly pledged: boolean;
  readonly cold: number;
  readonly versions: TwinVersion[];
  /** The version that is booked as confirmed. */
  booked: TwinVersion | undefined;
  abandoned: boolean;
}
export interface TwinVersion {
  readonly txid: string;
  readonly inputs: readonly string[];
  readonly change: readonly string[];
  readonly fee: number;
}
export interface TwinWithdrawal {
  readonly transfer: number;
  readonly account: number;
  readonly amount: number;
  readonly fee: number;
  readonly pledged: boolean;
  payout: number;
}
export interface TwinFiat {
  readonly transfer: number;
  readonly account: number;
  readonly currency: string;
  readonly amount: number;
}

export const CHAIN = 0;
export const BANK = 1;
export const HUB = 2;
export const ROUNDING = 3;
export const COLD = 4;
export const OPERATOR = 5;
export const CHANGE = -1;

export const newTwin = (): Twin => ({
  t: 0,
  config: {
    currencies: [],
    markets: [],
    confirmations: [],
    finalAfter: 1,
    deepReorg: 1,
    allowlistDelayMs: 0,
  },
  registrationOpen: true,
  accounts: [],
  keys: [],
  nonces: new Map(),
  once: new Map(),
  balances: new Map(),
  orders: [],
  lastOrder: 0,
  arrivals: 0,
  ownOrders: new Map(),
  cancelled: [],
  traded: [],
  options: [],
  addresses: new Map(),
  invoices: [],
  withdrawn: new Map(),
  paidOutside: new Map(),
  mined: [],
  spends: [],
  deposits: [],
  gone: new Map(),
  payouts: [],
  binder: new Map(),
  lost: 0,
  highest: 0,
  highestBuried: 0,
  halt: undefined,
  haltWhy: "",
  rotations: 0,
  actions: 0,
  underWay: new Set(),
  allowlists: new Map(),
  withdrawals: [],
  linesAccount: -1,
  linesCeiling: undefined,
  identities: new Map(),
  attached: [],
  crossings: new Map(),
  fiat: [],
  lastTransfer: 0,
  lastPayout: 0,
  height: 0,
});

/** What must become of a command: done, answered as before, or refused with a code. */
export type Verdict = "done" | "repeated" | ErrorCode;

export const balanceOf = (twin: Twin, account: number, currency: string): TwinBalance => {
  const key = `${account} ${currency}`;
  const had = twin.balances.get(key);
  if (had) return had;
  const fresh = { available: 0n, held: 0n, pending: 0n };
  twin.balances.set(key, fresh);
  return fresh;
};

export const numberOf = (twin: Twin, accountId: string): number =>
  twin.accounts.findIndex((account) => account.id === accountId);

export const keyHolds = (key: TwinKey, account: string, permission: string): boolean =>
  key.pairs.some(
    ([where, what]) =>
      where === account && (what === permission || (what === "all" && !permission.startsWith("operator-"))),
  );

export interface TwinCaller {
  readonly key: TwinKey;
  /** Number of the account. */
  readonly account: number;
  readonly id: string;
}

export const twinAdmits = (twin: Twin, by: By, t: number): TwinCaller | Verdict => {
  const key = twin.keys.find((one) => one.token === by.token);
  const account = numberOf(twin, by.account);
  if (!key || account < 0) return "authentication_failed";
  if (key.expires !== undefined && key.expires <= t) return "authkey_expired";
  if (!keyHolds(key, by.account, by.fn)) return "permission_denied";
  if (by.nonce && by.nonce[0] + 30_000 < t) return "nonce_stale";
  if (by.nonce && twin.nonces.has(`${by.token}|${by.nonce.join("|")}`)) return "nonce_used";
  if (by.once) {
    const first = twin.once.get(`${by.account}|${by.fn}|${by.once[0]}`);
    if (first) return first.fingerprint === by.once[1] ? "repeated" : "client_id_conflict";
  }
  return { key, account, id: by.account };
};

export const twinRemembers = (twin: Twin, by: By, t: number): void => {
  if (by.nonce) twin.nonces.set(`${by.token}|${by.nonce.join("|")}`, t);
  if (by.once) twin.once.set(`${by.account}|${by.fn}|${by.once[0]}`, { fingerprint: by.once[1], t });
};

export const day = (t: number): number => Math.floor(t / 86_400_000);

/** Undefined: no limit. */
export const leftOf = (key: TwinKey, currency: string, t: number): number | undefined =>
  key.limits && (key.limits.get(currency) ?? 0) - (key.used.get(`${currency} ${day(t)}`) ?? 0);

export const useUp = (key: TwinKey, currency: string, amount: number, t: number): void => {
  const at = `${currency} ${day(t)}`;
  if (key.limits) key.used.set(at, (key.used.get(at) ?? 0) + amount);
};
