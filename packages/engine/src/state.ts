import type { TimeMs } from "@coinholder/protocol";
import { type Account, type Accounts, emptyAccounts, OPERATOR } from "./accounts/accounts.ts";
import type { Allowlist } from "./accounts/allowlist.ts";
import { type CallNonces, emptyCallNonces } from "./accounts/call-nonces.ts";
import { emptyKeyTable, type KeyTable } from "./accounts/key-table.ts";
import { followKeys } from "./accounts/keyring.ts";
import type { Once } from "./accounts/once.ts";
import { type Chain, emptyChain } from "./bitcoin/chain.ts";
import type { Withdrawal } from "./bitcoin/withdrawals.ts";
import { emptyMarkets, type Markets } from "./book/markets.ts";
import type { EngineConfig } from "./config.ts";
import type { Crossing } from "./crossings/crossings.ts";
import { emptyInvoices, type Invoices } from "./invoices/invoices.ts";
import { type AccountIndex, emptyLedger, type Ledger } from "./ledger/ledger.ts";
import { emptyLines, type Lines } from "./lines/lines.ts";
import { noActions, type OperatorActions } from "./operator-actions.ts";
import { emptyOptions, type Options } from "./options/options.ts";
import type { FiatWithdrawal } from "./transfers/fiat.ts";
import { emptyWebhooks, type Webhooks } from "./webhooks/webhooks.ts";

/** Everything that the hub must be right about. Only `apply` changes it. */
export interface State {
  /** Time of the last command; it never goes back. */
  t: TimeMs;
  config: EngineConfig;
  registrationOpen: boolean;
  readonly ledger: Ledger;
  readonly accounts: Accounts;
  /** By token. */
  readonly authkeys: KeyTable;
  readonly allowlists: Map<AccountIndex, Allowlist>;
  readonly nonces: CallNonces;
  readonly once: Once;
  readonly markets: Markets;
  readonly invoices: Invoices;
  readonly options: Options;
  /** Other hubs' word for their transfers. */
  readonly lines: Lines;
  readonly webhooks: Webhooks;
  readonly chain: Chain;
  /** Withdrawals by chain that a reorganisation could still undo, or that are under way. */
  readonly withdrawals: Map<number, Withdrawal>;
  /** Payments to other hubs by transfer. */
  readonly crossings: Map<number, Crossing>;
  /** Pay-outs that wait for the operator. */
  readonly fiatWithdrawals: Map<number, FiatWithdrawal>;
  /** How many identity keys the hub has had before its present one. */
  ownKey: number;
  /** What keys of the operator's account had done that goes on. */
  readonly actions: OperatorActions;
  readonly last: Counters;
}

/** The last number given out of each kind. */
export interface Counters {
  transfer: number;
  transferRow: number;
  order: number;
  trade: number;
  tradeRow: number;
  cancelled: number;
  payout: number;
  option: number;
  /** Position in the cold wallet's descriptor of the next sweep's address. */
  sweep: number;
}

/** Whether it is one of the hub's own accounts. */
export const isHubs = ({ lines }: State, account: AccountIndex): boolean =>
  account < OPERATOR || account === lines.account;

/** How many there are but the hub's own. */
export const countOfOthers = ({ accounts, lines }: State): number =>
  Math.max(0, accounts.list.length - OPERATOR - (lines.account < 0 ? 0 : 1));

/** All accounts but the hub's own; the operator's is among them. */
export const accountsOfOthers = (state: State): Account[] =>
  state.accounts.list.filter(({ index }) => !isHubs(state, index));

export const NO_CONFIG: EngineConfig = {
  currencies: [],
  markets: [],
  confirmations: [{ upTo: null, blocks: 1 }],
  finalAfter: 1,
  deepReorg: 1,
  allowlistDelayMs: 0,
};

export const emptyState = (): State => {
  const accounts = emptyAccounts();
  const authkeys: KeyTable = emptyKeyTable((to) => followKeys({ accounts, authkeys }, to));
  return {
    t: 0 as TimeMs,
    config: NO_CONFIG,
    registrationOpen: true,
    ledger: emptyLedger(),
    accounts,
    authkeys,
    allowlists: new Map(),
    nonces: emptyCallNonces(),
    once: new Map(),
    markets: emptyMarkets(),
    invoices: emptyInvoices(),
    options: emptyOptions(),
    lines: emptyLines(),
    webhooks: emptyWebhooks(),
    chain: emptyChain(),
    withdrawals: new Map(),
    crossings: new Map(),
    fiatWithdrawals: new Map(),
    ownKey: 0,
    actions: noActions(),
    last: {
      transfer: 0,
      transferRow: 0,
      order: 0,
      trade: 0,
      tradeRow: 0,
      cancelled: 0,
      payout: 0,
      option: 0,
      sweep: 0,
    },
  };
};
