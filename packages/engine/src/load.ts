import { type Accounts, addAccount, loadAccounts } from "./accounts/accounts.ts";
import { NO_PAIRS } from "./accounts/authkeys.ts";
import { loadNonce, loadNonces } from "./accounts/call-nonces.ts";
import type { ProvenKey } from "./accounts/key-table.ts";
import { keepKey, loadKeys, loadOrderOfKeys } from "./accounts/keyring.ts";
import { assert } from "./assert.ts";
import { loadAddresses } from "./bitcoin/address-table.ts";
import { buildIndex } from "./bitcoin/build-index.ts";
import { outpointOf } from "./bitcoin/chain.ts";
import { rest, sideOf } from "./book/book.ts";
import { addBook, keepInTurn, keepTrader, traderOf } from "./book/markets.ts";
import { add } from "./book/number-table.ts";
import { findOrder, newOrder } from "./book/order.ts";
import { forgetTouched } from "./book/side.ts";
import { loadVolume } from "./book/volumes.ts";
import { assertLength } from "./columns.ts";
import { DUMP_VERSION } from "./dump.ts";
import { countOutside, type Invoice, isListed, keepOwn, noteEndings } from "./invoices/invoices.ts";
import { insertNearby } from "./invoices/nearby.ts";
import { type AccountIndex, slotOf } from "./ledger/ledger.ts";
import { keepAttached } from "./lines/lines.ts";
import { keepOption } from "./options/options.ts";
import { emptyState, type State } from "./state.ts";
import { keepWebhook } from "./webhooks/webhooks.ts";

/** Accounts, balances, authkeys, nonces and addresses in lines of their own. */
const WITHOUT_COLUMNS = 4;
/** Every column a list. */
const ALL_LISTS = 5;
const isRead = (form: unknown): boolean =>
  form === DUMP_VERSION || form === ALL_LISTS || form === WITHOUT_COLUMNS;

// biome-ignore lint/suspicious/noExplicitAny: each line was written by `dump` with these parts, and its hash was checked
type Parts = any[];

// Its hash was checked; should it be wrong all the same, then let it end in an error and not in a search without end.
const known = ({ list }: Accounts, account: AccountIndex): AccountIndex => {
  assert(list[account] !== undefined, "a balance is of an account");
  return account;
};

// How each kind of line is taken back. JSON leaves out what is undefined; what may come later stands last, so that a dump has it there again.
const takers: Record<string, (state: State, parts: Parts) => void> = {
  state: (state, [, version, t, registrationOpen, last, config]) => {
    assert(isRead(version), `a dump of form ${version} is not read by this program`);
    Object.assign(state, { t, registrationOpen, config });
    Object.assign(state.last, last);
  },
  account: (state, [, id, name, salt, lastTransfer]) => {
    const account = addAccount(state.accounts, id, name ?? undefined, salt ?? undefined);
    account.lastTransfer = lastTransfer;
  },
  sizes: ({ accounts, authkeys, chain }, [, accountCount, keys, addresses]) => {
    accounts.byId.expect(accountCount);
    authkeys.expect(keys);
    chain.addresses.expect(addresses);
  },
  accounts: ({ accounts }, [, , ids, names, salts, lastTransfers]) =>
    loadAccounts(accounts, ids, names, salts, lastTransfers),
  owing: (state, [, mayOwe, debtors]) => {
    for (const account of mayOwe) state.ledger.mayOwe.add(account);
    for (const account of debtors) state.ledger.debtors.add(account);
  },
  balance: ({ accounts, ledger }, [, account, currency, available, held, pending]) => {
    const slot = slotOf(ledger, known(accounts, account), currency);
    ledger.available[slot] = available;
    ledger.held[slot] = held;
    if (pending !== 0) ledger.pending.set(slot, pending);
  },
  balances: ({ accounts, ledger }, [, , owners, currencies, available, held]) => {
    assertLength(owners.length, currencies, available, held);
    for (let i = 0; i < owners.length; i++) {
      const slot = slotOf(ledger, known(accounts, owners[i]), currencies[i]);
      ledger.available[slot] = available[i];
      ledger.held[slot] = held[i];
    }
  },
  pending: ({ accounts, ledger }, [, account, currency, amount]) =>
    ledger.pending.set(slotOf(ledger, known(accounts, account), currency), amount),
  authkeys: (state, [, , tokens, homes, secrets]) => loadKeys(state, tokens, homes, secrets),
  authkey: (state, [, key]) => {
    const { token, home, type, secret, allOfHome, pairs, expires, label, limits } = key as ProvenKey;
    keepKey(state, {
      token,
      home,
      type: type === "password" ? "password" : "hmac-sha256",
      secret,
      allOfHome,
      pairs: pairs.length === 0 ? NO_PAIRS : pairs,
      expires,
      label,
      limits,
    });
  },
  "keys-of": (state, [, account, tokens]) => {
    loadOrderOfKeys(state, state.accounts.list[account]!, tokens);
  },
  allowlist: (state, [, account, on, offAt, addresses]) =>
    state.allowlists.set(account, { on, offAt: offAt ?? undefined, addresses: new Map(addresses) }),
  nonces: ({ nonces }, [, slice, tokens, times, randoms]) =>
    loadNonces(nonces, slice, tokens, times, randoms),
  nonce: ({ nonces }, [, slice, key]) => {
    // Only the random part may have spaces.
    const [, token, time, random] = /^(\S+) (\S+) (.*)$/s.exec(key)!;
    loadNonce(nonces, slice, token!, Number(time), random!);
  },
  once: (state, [, key, first]) => state.once.set(key, first),
  book: ({ markets }, [, index, lastPrice, lastTrade, changes]) => {
    assert(index <= markets.books.length, "books come in turn");
    if (index === markets.books.length) addBook(markets);
    Object.assign(markets.books[index]!, { lastPrice, lastTrade, changes });
  },
  order: ({ accounts, markets }, [, row]) => {
    const { number, market, buys, clientId, postOnly, t } = row;
    const trader = accounts.list[row.account]!.trader!;
    const order = newOrder(markets.orders, number, trader, market, buys, clientId, postOnly, t);
    Object.assign(order, row);
    const side = sideOf(markets.books[order.market]!, order.buys);
    rest(side, order);
    forgetTouched(side);
    add(markets.orders.byNumber, number, order);
  },
  trader: ({ accounts, markets }, [, account, ownOrders, lastTrade, lastCancelled]) => {
    const trader = traderOf(accounts.list[account]!);
    Object.assign(trader, { ownOrders, lastTrade, lastCancelled });
    keepTrader(markets, trader);
  },
  volume: ({ accounts, markets }, [, market, account, day, today, days]) =>
    loadVolume(markets.books[market]!.volumes, market, accounts.list[account]!.trader!, day, today, days),
  "orders-of": ({ markets }, [, , numbers]) => {
    for (const number of numbers) keepInTurn(findOrder(markets.orders, number)!);
  },
  invoices: ({ invoices }, [, last, settledTo]) => Object.assign(invoices, { last, settledTo }),
  invoice: (state, [, row]) => {
    const { invoices } = state;
    const invoice: Invoice = row;
    invoices.byAddress.set(invoice.address, invoice);
    countOutside(invoices, invoice, 1);
    if (isListed(invoice, state.t)) insertNearby(invoices.nearby, invoice);
    noteEndings(invoices, invoice);
    if (invoice.owner !== undefined) keepOwn(invoices, invoice.owner, invoice);
  },
  withdrawn: ({ invoices }, [, address, until]) => invoices.withdrawn.set(address, until),
  "paid-outside": ({ invoices }, [, address, until]) => invoices.paidOutside.set(address, until),
  option: ({ options }, [, row]) => keepOption(options, { ...row, to: row.to, txid: row.txid }),
  webhooks: ({ webhooks }, [, made]) => Object.assign(webhooks, { made }),
  webhook: ({ webhooks }, [, webhook]) => keepWebhook(webhooks, webhook),
  chain: ({ chain }, [, network, nextReceive, nextChange, recent, feesPaid, highest]) =>
    Object.assign(chain, { network, nextReceive, nextChange, recent, highest, feesPaid }),
  halt: ({ chain }, [, halt]) => Object.assign(chain, { halt: halt ?? undefined }),
  addresses: ({ chain }, [, branch, addresses, accounts, indexes]) =>
    loadAddresses(chain.addresses, branch, addresses, accounts, indexes),
  address: ({ chain }, [, address, account, index, branch]) =>
    // Not the text of the line: a million addresses share these two.
    chain.addresses.add({ address, account, index, branch: branch === "change" ? "change" : "receive" }),
  deposit: ({ chain }, [, deposit]) => chain.deposits.set(outpointOf(deposit), deposit),
  uncredited: ({ chain }, [, outpoints]) => {
    for (const outpoint of outpoints) chain.uncredited.add(outpoint);
  },
  maturing: ({ chain }, [, outpoints]) => {
    for (const outpoint of outpoints) chain.maturing.add(outpoint);
  },
  coin: ({ chain }, [, coin]) => chain.coins.set(coin.outpoint, coin),
  payout: ({ chain }, [, payout]) =>
    chain.payouts.set(payout.number, { ...payout, conflict: payout.conflict }),
  withdrawal: (state, [, one]) => state.withdrawals.set(one.transfer, one),
  "fiat-withdrawal": (state, [, one]) => state.fiatWithdrawals.set(one.transfer, one),
  "own-key": (state, [, ownKey]) => Object.assign(state, { ownKey }),
  "operator-actions": ({ actions }, [, begun, open]) => {
    actions.begun = begun;
    for (const action of open) actions.open.add(action);
  },
  lines: ({ lines }, [, account, ceiling]) =>
    Object.assign(lines, { account, ceiling: ceiling ?? undefined }),
  identity: ({ lines }, [, identity]) =>
    lines.identities.set(identity.key, { ...identity, ended: identity.ended }),
  attached: ({ lines }, [, transfer]) => keepAttached(lines, { ...transfer, conflict: transfer.conflict }),
  crossing: (state, [, crossing]) =>
    state.crossings.set(crossing.transfer, { ...crossing, told: crossing.told }),
  end: (state) => Object.assign(state.chain, { index: buildIndex(state) }),
};

/** Why a dump that begins with this line is not read by this program, or undefined where it is. */
export const formFault = (firstLine: string): string | undefined => {
  let form: unknown;
  try {
    const parts: Parts = JSON.parse(firstLine);
    if (parts[0] === "state") form = parts[1];
  } catch {
    // Then it has none.
  }
  return isRead(form)
    ? undefined
    : `is of form ${form ?? "unknown"}, this program reads form ${DUMP_VERSION}`;
};

/**
 * Takes back what `dump` wrote. Throws on anything else.
 * @param lines one at a time, or many joined by newlines, which is quicker
 */
export const load = async (lines: Iterable<string> | AsyncIterable<string>): Promise<State> => {
  const state = emptyState();
  let last = "";
  for await (const some of lines)
    for (const line of some.split("\n")) {
      const parts: Parts = JSON.parse(line);
      last = parts[0];
      const take = takers[last];
      assert(take !== undefined, `a dump has no lines of kind ${last}`);
      take(state, parts);
    }
  assert(last === "end", "a dump is read to its end");
  return state;
};
