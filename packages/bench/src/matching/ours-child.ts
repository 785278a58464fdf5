import {
  apply,
  type By,
  type Caller,
  type CancelOrder,
  type Command,
  cancelOrder,
  type Effect,
  emptyState,
  forgetChanges,
  inlineFurther,
  isRefused,
  JOURNAL_VERSION,
  levels,
  openQuantity,
  type PlaceOrder,
  placeOrder,
  type Stamped,
  type State,
} from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import { answering } from "../child.ts";
import { CONFIG } from "../engine-config.ts";
import { carryOutAll, checkBook, type Pass } from "./pass.ts";
import { CANCEL, LIMIT, type Workload, workloadOf } from "./workload.ts";

/** A hundredth of a bitcoin; a tick is a dollar. So a lot costs as many cents as its price has ticks. */
const LOT = 1_000_000;
const TICK = 100;
const T = 1_795_348_800_000 as TimeMs;

const MARKET = {
  base: "BTC",
  quote: "USD",
  tick: TICK,
  lot: LOT,
  makerFeeBps: 10,
  takerFeeBps: 25,
  feeTiers: [
    { volume: 1_000_000_00 as Amount, makerFeeBps: 5, takerFeeBps: 20 },
    { volume: 100_000_000_00 as Amount, makerFeeBps: 0, takerFeeBps: 15 },
  ],
};

/** Half of the traders sell and half buy, so that nobody meets himself: the plain book knows no accounts. */
const tradersFor = (resting: number): number => Math.max(20, resting / 50);

interface Ready {
  readonly state: State;
  readonly callers: readonly Caller[];
  readonly by: readonly By[];
}

const ready = (traders: number): Ready => {
  const state = emptyState();
  const run = (command: Command): void => {
    const outcome = apply(state, { t: T, ...command } as Stamped);
    if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
  };
  const key = (token: string) => ({ token, type: "hmac-sha256" as const, secret: "" });
  const operator = { id: "ac-operator", key: key("ak-operator"), permissions: ["operator-credit"] };
  run({ kind: "begin", version: JOURNAL_VERSION, network: "regtest", operator });
  run({
    kind: "configure",
    config: { ...CONFIG, markets: [MARKET], confirmations: [{ upTo: null, blocks: 1 }] },
  });
  run({ kind: "chain-begin", height: 1, hash: "1" });
  const credited = { token: "ak-operator", account: "ac-operator", fn: "operator-credit" };
  const by: By[] = [];
  for (let i = 0; i < traders; i++) {
    const [account, token] = [`ac-${i}`, `ak-${i}`];
    run({ kind: "create-account", id: account, key: key(token) });
    const amount = Math.floor(2e15 / traders) as Amount;
    run({ kind: "credit", by: credited, to: account, currency: "USD", amount, reference: "" });
    run({ kind: "new-address", by: { token, account, fn: "new-btc-address" }, address: account, index: i });
    by.push({ token, account, fn: "" });
  }
  const value = Math.floor(2e15 / traders) as Amount;
  const receipts = by.map(({ account }, i) => ({ txid: `${i}`, vout: 0, value, address: account }));
  run({ kind: "chain-block", height: 2, hash: "2", prev: "1", receipts, spends: [] });
  const callers = by.map(({ token, account }) => ({
    key: state.authkeys.get(token)!,
    account: state.accounts.byId.get(account)!,
  }));
  return { state, callers, by };
};

/** Which trader gives each operation: every order has one, who cancels it too. */
const share = ({ count, kind, buys, target }: Workload, traders: number): Uint16Array => {
  const ofOperation = new Uint16Array(count);
  const ofOrder = new Uint16Array(count + 1);
  let placed = 0;
  for (let i = 0; i < count; i++) {
    if (kind[i] !== CANCEL) {
      placed++;
      ofOrder[placed] = 2 * ((placed * 7919) % (traders / 2)) + buys[i]!;
    }
    ofOperation[i] = ofOrder[kind[i] === CANCEL ? target[i]! : placed]!;
  }
  return ofOperation;
};

type Given = Stamped<PlaceOrder> | Stamped<CancelOrder>;

/** The workload's records as commands. */
const commander = (
  { kind, buys, price, quantity, target }: Workload,
  by: readonly By[],
  traders: Uint16Array,
): ((i: number) => Given) => {
  const placing = by.map((one) => ({ ...one, fn: "place-order" }));
  const cancelling = by.map((one) => ({ ...one, fn: "cancel-order" }));
  return (i) => {
    const who = traders[i]!;
    if (kind[i] === CANCEL) return { kind: "cancel-order", by: cancelling[who]!, t: T, order: target[i]! };
    const base = (quantity[i]! * LOT) as Amount;
    const quote = (quantity[i]! * price[i]!) as Amount;
    const isBuy = buys[i] === 1;
    return {
      kind: "place-order",
      by: placing[who]!,
      t: T,
      give: isBuy ? quote : base,
      giveCurrency: isBuy ? "USD" : "BTC",
      want: isBuy ? base : quote,
      wantCurrency: isBuy ? "BTC" : "USD",
      tif: kind[i] === LIMIT ? "gtc" : "ioc",
    };
  };
};

// As a hub does.
inlineFurther();

// Stays until the next pass has one: V8 forgets, with the last object of a kind, what it had compiled for such.
let hub: Ready;

answering(async ({ resting, operations, whole }: Pass) => {
  const workload = workloadOf(resting, operations);
  hub = ready(tradersFor(resting));
  const { state, callers, by } = hub;
  const traders = share(workload, callers.length);
  let trades = 0;
  let turnover = 0;
  const told = (effects: readonly Effect[]): void => {
    for (const effect of effects) {
      if (effect.is !== "trade") continue;
      trades++;
      turnover += (effect.price / TICK) * (effect.quantity / LOT);
    }
  };
  const effects: Effect[] = [];
  const command = commander(workload, by, traders);
  const alone = (i: number): void => {
    const given = command(i);
    const caller = callers[traders[i]!]!;
    const answer =
      given.kind === "cancel-order"
        ? cancelOrder(state, given, caller)
        : placeOrder(state, given, caller, effects);
    if ("refused" in answer) throw new Error(`operation ${i}: ${JSON.stringify(answer)}`);
    forgetChanges(state);
    if (effects.length === 0) return;
    told(effects);
    while (effects.length > 0) effects.pop();
  };
  const applied = (i: number): void => {
    const outcome = apply(state, command(i));
    if (!("effects" in outcome)) throw new Error(`operation ${i}: ${JSON.stringify(outcome)}`);
    told(outcome.effects);
  };
  const seconds = carryOutAll(workload, whole ? applied : alone);

  const { bids, asks } = state.markets.books[0]!;
  const book: [number, number][] = [];
  for (const level of [...[...levels(bids)].reverse(), ...levels(asks)])
    for (let order = level.first; order; order = order.behind)
      book.push([order.number, openQuantity(order) / LOT]);
  checkBook(book, workload.outcome.book);
  if (trades !== workload.outcome.trades || turnover !== workload.outcome.turnover)
    throw new Error(`${trades} trades of ${turnover}, the plain book has others`);
  return operations / seconds;
});
