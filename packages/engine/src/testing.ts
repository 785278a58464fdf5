import type { Amount, ErrorCode, TimeMs } from "@coinholder/protocol";
import { OPERATOR } from "./accounts/accounts.ts";
import type { Receipt } from "./bitcoin/commands.ts";
import { confirmationsFor } from "./bitcoin/tiers.ts";
import { type By, type Command, JOURNAL_VERSION, type NewKey, type PlaceOrder } from "./command.ts";
import type { EngineConfig } from "./config.ts";
import { dump } from "./dump.ts";
import type { Effect } from "./effects.ts";
import { apply } from "./engine.ts";
import { checkInvariants } from "./invariants.ts";
import { pendingOf } from "./ledger/ledger.ts";
import { isRefused } from "./outcome.ts";
import { emptyState, type State } from "./state.ts";

/** A hub for tests: short words for commands, every one checked against all invariants. */
export interface TestHub {
  state: State;
  /** Milliseconds; moved by the test. */
  t: number;
  /** Carries out a command that must be done. */
  readonly done: (command: Command) => { readonly answer: Answer; readonly effects: readonly Effect[] };
  /** As `done`, without a look at the invariants: for thousands. */
  readonly many: (command: Command) => void;
  /** Carries out a command, or undefined where it is refused. */
  readonly tried: (
    command: Command,
  ) => { readonly answer: Answer; readonly effects: readonly Effect[] } | undefined;
  /** The code of a command that must be refused and change nothing. */
  readonly refused: (command: Command) => ErrorCode;
  /** A new account with a key that holds `all` on it; answers a caller of any function. */
  readonly account: (name?: string) => Owner;
  readonly operator: Owner;
  readonly credit: (to: Owner, currency: string, amount: number) => void;
  /** A fresh address of an account. */
  readonly address: (of: Owner) => string;
  /** The next block. */
  readonly block: (
    receipts?: readonly Receipt[],
    spends?: readonly [outpoint: string, txid: string][],
  ) => void;
  readonly undo: () => void;
  /** Coins by chain in one confirmed block. */
  readonly deposit: (to: Owner, value: number) => void;
  readonly order: (
    by: Owner,
    give: number,
    giveCurrency: string,
    want: number,
    wantCurrency: string,
    more?: Partial<PlaceOrder>,
  ) => PlaceOrder;
}
// biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every kind
export type Answer = any;

export interface Owner {
  readonly id: string;
  readonly token: string;
  readonly index: number;
  readonly calls: (fn: string, more?: Partial<By>) => By;
}

export const sat = (amount: number): Amount => amount as Amount;
export const at = (t: number): TimeMs => t as TimeMs;

export const CONFIG: EngineConfig = {
  currencies: [
    { code: "BTC", decimals: 8, max: sat(21e14) },
    { code: "USD", decimals: 2, max: sat(1e13) },
    { code: "EUR", decimals: 2, max: sat(Number.MAX_SAFE_INTEGER) },
  ],
  markets: [
    { base: "BTC", quote: "USD", tick: 1, lot: 1, makerFeeBps: 0, takerFeeBps: 0 },
    { base: "EUR", quote: "USD", tick: 1, lot: 1, makerFeeBps: 0, takerFeeBps: 0 },
  ],
  confirmations: [{ upTo: null, blocks: 1 }],
  finalAfter: 6,
  deepReorg: 6,
  allowlistDelayMs: 86_400_000,
};
export const confirmations = (blocks: number): EngineConfig["confirmations"] => [{ upTo: null, blocks }];

const OPERATOR_PERMISSIONS = [
  "operator-credit",
  "operator-settle",
  "operator-registration",
  "operator-abandon-payout",
  "operator-halt",
  "operator-cold-address",
  "operator-set-line",
  "operator-rotate-identity",
];

export const stateText = (state: State): string => [...dump(state)].join("\n");

export const testKey = (token: string): NewKey => ({
  token,
  type: "hmac-sha256",
  secret: `secret of ${token}`,
});

const ownerOf = (id: string, token: string, index: number): Owner => ({
  id,
  token,
  index,
  calls: (fn, more = {}) => ({ token, account: id, fn, ...more }),
});

export const testHub = (config: EngineConfig = CONFIG): TestHub => {
  let made = 0;
  const hub: TestHub = {
    state: emptyState(),
    t: 1_795_348_800_000,
    operator: ownerOf("ac-operator", "ak-operator", OPERATOR),
    done: (command) => {
      const outcome = apply(hub.state, { ...command, t: at(hub.t) });
      if (isRefused(outcome))
        throw new Error(`${command.kind} was refused: ${JSON.stringify(outcome.refused)}`);
      checkInvariants(hub.state);
      return { answer: outcome.answer, effects: "effects" in outcome ? outcome.effects : [] };
    },
    many: (command) => {
      const outcome = apply(hub.state, { ...command, t: at(hub.t) });
      if (isRefused(outcome)) throw new Error(`${command.kind} was refused`);
    },
    tried: (command) => {
      const outcome = apply(hub.state, { ...command, t: at(hub.t) });
      checkInvariants(hub.state);
      return "effects" in outcome ? outcome : undefined;
    },
    refused: (command) => {
      const before = stateText(hub.state);
      const outcome = apply(hub.state, { ...command, t: at(hub.t) });
      if (!isRefused(outcome)) throw new Error(`${command.kind} was not refused`);
      if (stateText(hub.state) !== before)
        throw new Error(`${command.kind} was refused and changed the state`);
      return outcome.refused.code;
    },
    account: (name) => {
      const id = `ac-${++made}`;
      const token = `ak-of-${id}`;
      hub.done({ kind: "create-account", id, key: testKey(token), ...(name === undefined ? {} : { name }) });
      return ownerOf(id, token, hub.state.accounts.list.length - 1);
    },
    credit: (to, currency, amount) => {
      const by = hub.operator.calls("operator-credit");
      hub.done({ kind: "credit", by, to: to.id, currency, amount: sat(amount), reference: "wire" });
    },
    address: (of) => {
      const address = `bc-${++made}`;
      const index = hub.state.chain.nextReceive;
      hub.done({ kind: "new-address", by: of.calls("new-btc-address"), address, index });
      return address;
    },
    block: (receipts = [], spends = []) => {
      const tip = hub.state.chain.recent.at(-1)!;
      hub.done({
        kind: "chain-block",
        height: tip.height + 1,
        hash: `block ${++made}`,
        prev: tip.hash,
        receipts,
        spends: spends.map(([outpoint, txid]) => ({ outpoint, txid })),
      });
    },
    undo: () => {
      const { height, hash } = hub.state.chain.recent.at(-1)!;
      hub.done({ kind: "chain-undo", height, hash });
    },
    deposit: (to, value) => {
      const address = hub.address(to);
      hub.block([{ txid: `tx-${++made}`, vout: 0, value: sat(value), address }]);
      for (let depth = 1; depth < confirmationsFor(hub.state.config, sat(value)); depth++) hub.block();
    },
    order: (by, give, giveCurrency, want, wantCurrency, more = {}) => ({
      kind: "place-order",
      by: by.calls("place-order"),
      give: sat(give),
      giveCurrency,
      want: sat(want),
      wantCurrency,
      tif: "gtc",
      ...more,
    }),
  };
  const { id, token } = hub.operator;
  hub.done({
    kind: "begin",
    version: JOURNAL_VERSION,
    network: "regtest",
    operator: { id, key: testKey(token), permissions: OPERATOR_PERMISSIONS },
  });
  hub.done({ kind: "configure", config });
  hub.done({ kind: "chain-begin", height: 0, hash: "genesis" });
  return hub;
};

/** [available, held, pending] */
export const has = (hub: TestHub, owner: Pick<Owner, "index">, code: string): [number, number, number] => {
  const { ledger, config } = hub.state;
  const currency = config.currencies.findIndex((one) => one.code === code);
  let slot = ledger.first[owner.index] ?? 0;
  while (slot !== 0 && ledger.currency[slot] !== currency) slot = ledger.next[slot]!;
  return slot === 0 ? [0, 0, 0] : [ledger.available[slot]!, ledger.held[slot]!, pendingOf(ledger, slot)];
};
