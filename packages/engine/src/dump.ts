import { noncesOf } from "./accounts/call-nonces.ts";
import { isUsual, secretOf, secretsInOne } from "./accounts/key-table.ts";
import { ordersOfKeys } from "./accounts/keyring.ts";
import { ordersOf } from "./book/markets.ts";
import { rowOf } from "./book/order.ts";
import { levels } from "./book/side.ts";
import { asTexts } from "./columns.ts";
import { balancesOf } from "./ledger/ledger.ts";
import type { State } from "./state.ts";

/** The form of what follows. */
export const DUMP_VERSION = 6;

/** So many of a kind are in one line. */
const ROWS = 1000;

const line = (...parts: unknown[]): string => JSON.stringify(parts);

/** Of a column: as it is, as `Texts`, or null where each member is. */
type Column = (members: unknown[]) => unknown;
const plain: Column = (members) => members;
const texts: Column = (members) => asTexts(members as string[]);
const secrets: Column = (members) => secretsInOne(members as string[]);
const seldom: Column = (members) => (members.every((one) => one === null) ? null : members);

/**
 * What there are millions of stands in columns, which is read several times as quickly: `[kind, same, all first members, all second
 * ones...]`, where `same` is what all of these rows share.
 */
function* inColumns(
  kind: string,
  as: readonly Column[],
  rows: Iterable<readonly unknown[]>,
  same: unknown = null,
): Generator<string> {
  let columns: unknown[][] = as.map(() => []);
  const columnsLine = (): string => line(kind, same, ...columns.map((members, i) => as[i]!(members)));
  for (const row of rows) {
    for (let i = 0; i < row.length; i++) columns[i]!.push(row[i]);
    if (columns[0]!.length < ROWS) continue;
    yield columnsLine();
    columns = as.map(() => []);
  }
  if (columns[0]!.length > 0) yield columnsLine();
}

/** Runs of the same, in the order in which they came. */
function* runs<T, S>(things: Iterable<T>, of: (thing: T) => S): Generator<readonly [S, T[]]> {
  let run: T[] = [];
  let same: S | undefined;
  for (const thing of things) {
    const now = of(thing);
    if (run.length > 0 && (now !== same || run.length === ROWS)) {
      yield [same as S, run];
      run = [];
    }
    same = now;
    run.push(thing);
  }
  if (run.length > 0) yield [same as S, run];
}

function* mapped<T, R>(things: Iterable<T>, of: (thing: T) => R): Generator<R> {
  for (const thing of things) yield of(thing);
}

function* balances({ accounts, ledger }: State): Generator<readonly unknown[]> {
  for (const { index } of accounts.list)
    for (const { currency, available, held } of balancesOf(ledger, index))
      yield [index, currency, available, held];
}

/**
 * The whole state as lines of JSON, each `[kind, ...]`, in an order that the state alone decides: equal states give
 * equal lines, so their hash is the state's hash. `load` takes them back.
 */
export function* dump(state: State): Generator<string> {
  const { accounts, chain, invoices, markets, options } = state;
  yield line("state", DUMP_VERSION, state.t, state.registrationOpen, state.last, state.config);
  yield line("sizes", accounts.list.length, state.authkeys.size, chain.addresses.size);
  yield* inColumns(
    "accounts",
    [plain, seldom, seldom, plain],
    mapped(accounts.list, (one) => [one.id, one.name ?? null, one.passwordSalt ?? null, one.lastTransfer]),
  );
  yield line("owing", [...state.ledger.mayOwe], [...state.ledger.debtors]);
  yield* inColumns("balances", [plain, plain, plain, plain], balances(state));
  if (state.ledger.pending.size > 0)
    for (const { index } of accounts.list)
      for (const { currency, pending } of balancesOf(state.ledger, index))
        if (pending !== 0) yield line("pending", index, currency, pending);
  for (const [usual, keys] of runs(state.authkeys.values(), isUsual))
    if (usual)
      yield* inColumns(
        "authkeys",
        [texts, plain, secrets],
        mapped(keys, ({ home, token }) => [token, home, secretOf(state.authkeys, token)]),
      );
    else
      for (const { token, home, type, allOfHome, pairs, expires, label, limits } of keys) {
        const secret = secretOf(state.authkeys, token);
        yield line("authkey", { token, home, type, secret, allOfHome, pairs, expires, label, limits });
      }
  for (const [{ index }, tokens] of ordersOfKeys(state.authkeys, accounts))
    yield line("keys-of", index, tokens);
  for (const [account, { on, offAt, addresses }] of state.allowlists)
    yield line("allowlist", account, on, offAt ?? null, [...addresses]);
  for (const [number, slice] of state.nonces.slices)
    yield* inColumns("nonces", [texts, plain, texts], noncesOf(slice), number);
  for (const [key, first] of state.once) yield line("once", key, first);
  for (const { account, ownOrders, lastTrade, lastCancelled } of markets.traders)
    yield line("trader", account.index, ownOrders, lastTrade, lastCancelled);
  for (const [i, { bids, asks, lastPrice, lastTrade, changes, volumes }] of markets.books.entries()) {
    yield line("book", i, lastPrice, lastTrade, changes);
    for (const [account, { day, today, days }] of volumes) yield line("volume", i, account, day, today, days);
    for (const side of [bids, asks])
      for (const level of levels(side))
        for (let order = level.first; order; order = order.behind) yield line("order", rowOf(order));
  }
  for (const trader of markets.traders)
    if (trader.first)
      yield line(
        "orders-of",
        trader.account.index,
        ordersOf(trader.account).map((order) => order.number),
      );
  yield line("invoices", invoices.last, invoices.settledTo);
  for (const invoice of invoices.byAddress.values()) yield line("invoice", invoice);
  for (const [address, until] of invoices.withdrawn) yield line("withdrawn", address, until);
  for (const [address, until] of invoices.paidOutside) yield line("paid-outside", address, until);
  for (const option of options.open.values()) yield line("option", option);
  for (const option of options.ended.values()) yield line("option", option);
  if (state.webhooks.made > 0) yield line("webhooks", state.webhooks.made);
  for (const webhooks of state.webhooks.ofAccount.values())
    for (const webhook of webhooks) yield line("webhook", webhook);
  const { network, nextReceive, nextChange, recent, feesPaid, highest } = chain;
  yield line("chain", network, nextReceive, nextChange, recent, feesPaid, highest);
  yield line("halt", chain.halt ?? null);
  for (const [branch, addresses] of runs(chain.addresses.values(), (one) => one.branch))
    yield* inColumns(
      "addresses",
      [texts, plain, plain],
      mapped(addresses, ({ account, address, index }) => [address, account, index]),
      branch,
    );
  for (const deposit of chain.deposits.values()) yield line("deposit", deposit);
  yield line("uncredited", [...chain.uncredited]);
  yield line("maturing", [...chain.maturing]);
  for (const coin of chain.coins.values()) yield line("coin", coin);
  for (const payout of chain.payouts.values()) yield line("payout", payout);
  for (const withdrawal of state.withdrawals.values()) yield line("withdrawal", withdrawal);
  for (const withdrawal of state.fiatWithdrawals.values()) yield line("fiat-withdrawal", withdrawal);
  if (state.ownKey > 0) yield line("own-key", state.ownKey);
  const { actions, lines } = state;
  if (actions.begun > 0) yield line("operator-actions", actions.begun, [...actions.open]);
  if (lines.account >= 0) yield line("lines", lines.account, lines.ceiling ?? null);
  for (const identity of lines.identities.values()) yield line("identity", identity);
  for (const transfer of lines.transfers.values()) yield line("attached", transfer);
  for (const crossing of state.crossings.values()) yield line("crossing", crossing);
  yield line("end");
}
