import { ordersOf } from "./book/markets.ts";
import { rowOf } from "./book/order.ts";
import { levels } from "./book/side.ts";
import { balancesOf } from "./ledger/ledger.ts";
import type { State } from "./state.ts";

/** The form of what follows; `load` refuses another one. */
export const DUMP_VERSION = 4;

/**
 * The whole state as lines of JSON, each `[kind, ...]`, in an order that the state alone decides: equal states give
 * equal lines, so their hash is the state's hash. `load` takes them back.
 */
export function* dump(state: State): Generator<string> {
  const line = (...parts: unknown[]): string => JSON.stringify(parts);
  const { accounts, chain, invoices, markets, options } = state;
  yield line("state", DUMP_VERSION, state.t, state.registrationOpen, state.last, state.config);
  for (const { id, name, passwordSalt, lastTransfer } of accounts.list)
    yield line("account", id, name ?? null, passwordSalt ?? null, lastTransfer);
  yield line("owing", [...state.ledger.mayOwe], [...state.ledger.debtors]);
  for (const { index } of accounts.list)
    for (const { currency, available, held, pending } of balancesOf(state.ledger, index))
      yield line("balance", index, currency, available, held, pending);
  for (const key of state.authkeys.values()) yield line("authkey", key);
  // Each account's own order of keys, where grants between accounts made it differ from the order of making.
  for (const { index, authkeys } of accounts.list)
    if (authkeys.some((key) => key.home !== index))
      yield line(
        "keys-of",
        index,
        authkeys.map((key) => key.token),
      );
  for (const [account, { on, offAt, addresses }] of state.allowlists)
    yield line("allowlist", account, on, offAt ?? null, [...addresses]);
  for (const [slice, keys] of state.nonces) for (const key of keys) yield line("nonce", slice, key);
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
  for (const { address, account, index, branch } of chain.addresses.values())
    yield line("address", address, account, index, branch);
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
