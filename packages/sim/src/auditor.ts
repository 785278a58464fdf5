import { createHash } from "node:crypto";
import {
  allowlistOf,
  assert,
  balancesOf,
  type Cursor,
  checkInvariants,
  dump,
  levels,
  lineOf,
  type Option,
  openQuantity,
  payableWithdrawals,
  type Search,
  type State,
  searchInvoices,
  spendableCoins,
  stateOfInvoice,
  volumeOf,
  withdrawable,
} from "@coinholder/engine";
import type { TimeMs } from "@coinholder/protocol";
import type { Told } from "./effects.ts";
import type { Prng } from "./prng.ts";
import { twinListIsOn } from "./twin/allowlist.ts";
import { isFindable, stateOfTwinInvoice } from "./twin/invoices.ts";
import { twinLine, twinOpen, twinWithdrawable } from "./twin/lines.ts";
import { byPriority, needOf, openOf, volumeOf as twinVolume } from "./twin/market.ts";
import { conflictOf, heightOf, twinCoins, twinPayable } from "./twin/payouts.ts";
import { OPERATOR, type Twin } from "./twin/twin.ts";
import type { World } from "./world/world.ts";

export const hashOf = (state: State): string => {
  const hash = createHash("sha256");
  for (const line of dump(state)) hash.update(line).update("\n");
  return hash.digest("hex");
};

const same = (engine: unknown, plain: unknown, what: string): void => {
  const [a, b] = [JSON.stringify(engine), JSON.stringify(plain)];
  assert(a === b, `${what}: the engine has ${a}, the twin ${b}`);
};

/** Everything that can be compared, after some commands. */
export const audit = (state: State, told: Told, world: World): void => {
  checkInvariants(state);
  auditBalances(state, world.twin, told);
  auditKeys(state, world.twin);
  auditBooks(state, world.twin);
  auditTrading(state, world.twin, told);
  auditInvoices(state, world.twin, world.random);
  auditOptions(state, world.twin);
  auditLines(state, world.twin);
  auditCoins(state, world.twin);
};

const auditBalances = (state: State, twin: Twin, told: Told): void => {
  same(
    state.accounts.list.map(({ id, name }) => [id, name]),
    twin.accounts.map(({ id, name }) => [id, name]),
    "accounts",
  );
  const left = new Map([...twin.balances].filter(([, one]) => one.available || one.held || one.pending));
  for (const { index } of state.accounts.list)
    for (const { currency, available, held, pending } of balancesOf(state.ledger, index)) {
      const key = `${index} ${state.config.currencies[currency]!.code}`;
      const plain = left.get(key) ?? { available: 0n, held: 0n, pending: 0n };
      left.delete(key);
      const now = [available, held, pending].map(String);
      same(now, [plain.available, plain.held, plain.pending].map(String), `balance ${key}`);
      const sum = told.sums.get(`${index} ${currency}`) ?? 0n;
      if (index >= OPERATOR && index !== twin.linesAccount)
        same(
          String(available + held),
          String(sum),
          `account ${index}, currency ${currency}: what effects told`,
        );
    }
  same([...left.keys()], [], "balances that the engine does not know");
};

const auditKeys = (state: State, twin: Twin): void => {
  const sorted = (pairs: readonly (readonly [string, string])[]): string[] =>
    pairs.map((pair) => pair.join(" ")).sort();
  same(
    [...state.authkeys.values()].map((key) => {
      const pairs = key.pairs.map(
        ({ account, permission }) => [state.accounts.list[account]!.id, permission] as const,
      );
      const home = state.accounts.list[key.home]!.id;
      return [key.token, sorted(key.allOfHome ? [[home, "all"], ...pairs] : pairs)];
    }),
    twin.keys.map((key) => [
      key.token,
      sorted(
        [...new Set(key.pairs.map((pair) => pair.join(" ")))].map(
          (pair) => pair.split(" ") as [string, string],
        ),
      ),
    ]),
    "authkeys",
  );
};

const auditBooks = (state: State, twin: Twin): void => {
  for (const [market, book] of state.markets.books.entries())
    for (const side of [book.bids, book.asks]) {
      const engine: unknown[] = [];
      for (const level of levels(side))
        for (let order = level.first; order; order = order.behind)
          engine.push(
            [
              order.number,
              order.price,
              openQuantity(order),
              order.held,
              order.given,
              order.received,
              order.fees,
            ].map(String),
          );
      const plain = twin.orders
        .filter((order) => order.market === market && order.buys === side.buys)
        .sort(byPriority)
        .map((order) =>
          [
            order.number,
            order.price,
            openOf(order),
            needOf(twin, order),
            order.given,
            order.received,
            order.fees,
          ].map(String),
        );
      same(engine, plain, `book ${market}, ${side.buys ? "bids" : "asks"}`);
    }
};

const auditTrading = (state: State, twin: Twin, told: Told): void => {
  for (const [market, { volumes }] of state.markets.books.entries())
    for (const { index } of state.accounts.list)
      same(
        String(volumeOf(volumes, index, state.t)),
        String(twinVolume(twin, market, index, state.t)),
        `account ${index}: volume in market ${market}`,
      );
  same(told.cancelled, twin.cancelled, "orders that met another of their account");
};

const auditOptions = ({ options }: State, twin: Twin): void => {
  const row = ({ id, buyer, issuer, received, state }: (typeof twin.options)[number] | Option) =>
    [id, buyer, issuer, received, state].join(" ");
  same(
    [...options.open.values(), ...options.ended.values()].map(row).sort(),
    twin.options.map(row).sort(),
    "options",
  );
};

const auditLines = (state: State, twin: Twin): void => {
  const { identities, open, transfers } = state.lines;
  const t = state.t;
  same(open, twinOpen(twin), "what was credited early and is open");
  for (const [key, plain] of twin.identities) {
    const identity = identities.get(key)!;
    const { ceiling, confirmed, doubleSpent, replaced, seen } = identity;
    const numbers = [seen, confirmed, replaced, doubleSpent].map((tally) => tally.number);
    same(
      [ceiling, ...numbers, lineOf(identity, t), identity.open],
      [
        plain.ceiling,
        plain.seen,
        plain.confirmed,
        plain.replaced,
        plain.doubleSpent,
        twinLine(twin, key, t),
        twinOpen(twin, key),
      ],
      `identity ${key}`,
    );
  }
  for (const { confirmed, conflict, lost, txid } of twin.attached) {
    const kept = transfers.get(txid);
    assert(kept !== undefined || confirmed || lost, `transfer ${txid} is kept`);
    if (kept)
      same(
        [kept.confirmedOn >= 0, kept.conflict?.height, kept.lost],
        [confirmed, conflict?.height, lost],
        `transfer ${txid}`,
      );
  }
  for (const { index } of state.accounts.list)
    same(
      String(withdrawable(state, index)),
      String(twinWithdrawable(twin, index)),
      `account ${index} may take out`,
    );
};

const auditInvoices = (state: State, twin: Twin, random: Prng): void => {
  const t = state.t;
  for (const plain of twin.invoices) {
    const invoice = state.invoices.byAddress.get(plain.address);
    const kept = plain.owner === undefined ? plain.expires : plain.expires + 30 * 86_400_000;
    assert(invoice !== undefined || kept <= t, `invoice ${plain.address} is kept`);
    if (invoice && kept > t)
      same(
        [stateOfInvoice(invoice, t), invoice.seen, invoice.received, invoice.fiat?.received],
        [stateOfTwinInvoice(plain, t), plain.seen, plain.received, plain.fiat?.received],
        `invoice ${plain.address}`,
      );
  }
  const code = random.chance(0.5) ? { random: `${random.below(20)}` } : {};
  const place = random.chance(0.5)
    ? { place: { lat: 45.5, lng: -73.5, radiusM: random.pick([400, 5000, 20_100_000]) } }
    : {};
  const since = random.chance(0.3) ? { since: (t - random.below(600_000)) as TimeMs } : {};
  auditSearch(state, twin, { ...code, ...place, ...since, limit: random.between(1, 7) }, t);
};

/** Page by page, every one that the twin finds comes once, and no other. */
const auditSearch = (state: State, twin: Twin, search: Search, t: TimeMs): void => {
  const pages: number[] = [];
  let after: Cursor | undefined;
  for (let more = true; more; ) {
    const page = searchInvoices(state, { ...search, ...(after ? { after } : {}) }, t);
    for (const { invoice, distance } of page.found) {
      pages.push(invoice.number);
      after = { number: invoice.number, ...(distance === undefined ? {} : { distance }) };
    }
    more = page.more;
    assert(page.found.length === search.limit || !more, "only a full page has more after it");
  }
  const plain = twin.invoices
    .filter((one) => isFindable(one, t))
    .filter((one) => search.random === undefined || one.random === search.random)
    .filter((one) => search.since === undefined || one.posted! >= search.since)
    .filter((one) => {
      if (!search.place) return true;
      if (one.lat === undefined || one.lng === undefined) return false;
      return metres(one.lat, one.lng, search.place.lat, search.place.lng) <= search.place.radiusM;
    })
    .map((one) => one.number);
  const numeric = (a: number, b: number): number => a - b;
  same(search.place ? pages.toSorted(numeric) : pages, search.place ? plain : plain.toReversed(), "search");
};

// By the angle between two vectors: another formula than the engine's.
const metres = (lat1: number, lng1: number, lat2: number, lng2: number): number => {
  const vector = (lat: number, lng: number): [number, number, number] => {
    const [a, b] = [(lat * Math.PI) / 180, (lng * Math.PI) / 180];
    return [Math.cos(a) * Math.cos(b), Math.cos(a) * Math.sin(b), Math.sin(a)];
  };
  const [x1, y1, z1] = vector(lat1, lng1);
  const [x2, y2, z2] = vector(lat2, lng2);
  const chord = Math.hypot(x1 - x2, y1 - y2, z1 - z2);
  return 2 * 6_371_008.8 * Math.asin(Math.min(1, chord / 2));
};

/** What a payout may spend, what it is to pay, and what has become of those that there are. */
const auditCoins = (state: State, twin: Twin): void => {
  const { chain } = state;
  same(
    spendableCoins(chain)
      .map((coin) => coin.outpoint)
      .sort(),
    twinCoins(twin).sort(),
    "coins",
  );
  same(
    payableWithdrawals(state).map(({ transfer }) => transfer),
    twinPayable(twin),
    "withdrawals that may be paid",
  );
  for (const payout of twin.payouts) {
    const kept = chain.payouts.get(payout.number);
    if (!kept) {
      assert(payout.abandoned || payout.booked !== undefined, `payout ${payout.number} is kept`);
      continue;
    }
    const conflict = conflictOf(twin, payout);
    same(
      [kept.versions[kept.confirmed]?.txid, kept.height, kept.conflict?.height, kept.pledged],
      [payout.booked?.txid, heightOf(twin, payout), conflict?.height, payout.pledged],
      `payout ${payout.number}`,
    );
  }
  same([chain.halt?.reason, chain.highest], [twin.halt, twin.highest], "halt");
  if (chain.halt?.reason === "operator") same(chain.halt.detail, twin.haltWhy, "why it was halted");
  same(state.ownKey, twin.rotations, "identity keys of its own");
  const { begun, open } = state.actions;
  same([begun, [...open].sort()], [twin.actions, [...twin.underWay].sort()], "the operator's actions");
  for (const [address, account] of twin.addresses)
    assert(chain.addresses.get(address)?.account === account, `address ${address}`);
  for (const account of twin.accounts.keys()) {
    const { on, addresses } = allowlistOf(state, account);
    const entries = twin.allowlists.get(account)?.entries ?? [];
    same(
      [on, addresses.map(({ address, from_t }) => [address, from_t])],
      [twinListIsOn(twin, account, twin.t), entries.map(({ address, from }) => [address, from])],
      `the list of account ${account}`,
    );
  }
};
