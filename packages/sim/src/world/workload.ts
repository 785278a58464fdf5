import { JOURNAL_VERSION, type Stamped, type State } from "@coinholder/engine";
import type { Prng } from "../prng.ts";
import type { Twin } from "../twin/twin.ts";
import * as accounts from "./accounts.ts";
import * as chain from "./chain.ts";
import * as invoices from "./invoices.ts";
import * as lines from "./lines.ts";
import * as market from "./market.ts";
import * as money from "./money.ts";
import * as operator from "./operator.ts";
import * as options from "./options.ts";
import * as payouts from "./payouts.ts";
import { anyConfig, anyTiers, ms, type Unstamped, type World } from "./world.ts";

const makers = {
  createAccount: [3, accounts.createAccount],
  createAuthkey: [3, accounts.createAuthkey],
  changePermissions: [3, accounts.changePermissions],
  revokeAuthkey: [2, accounts.revokeAuthkey],
  setRegistration: [0.5, accounts.setRegistration],
  newAddress: [3, accounts.newAddress],
  credit: [6, accounts.credit],
  grantOperator: [0.2, accounts.grantOperator],
  send: [12, money.send],
  withdrawFiat: [3, money.withdrawFiat],
  settleFiat: [3, money.settleFiat],
  placeOrder: [22, market.placeOrder],
  cancelOrder: [5, market.cancelOrder],
  cancelAll: [0.5, market.cancelAll],
  amendOrder: [6, market.amendOrder],
  changeSettings: [1, market.changeSettings],
  sellOption: [5, options.sellOption],
  exerciseOption: [4, options.exerciseOption],
  expireOptions: [3, options.expireOptions],
  payOption: [2, options.payOption],
  postInvoice: [5, invoices.postInvoice],
  withdrawInvoice: [2, invoices.withdrawInvoice],
  setLine: [2.5, lines.setLine],
  attach: [6, lines.attach],
  replace: [1, lines.replace],
  fork: [0.7, lines.fork],
  purchase: [3, lines.purchase],
  sellToHub: [2, lines.sellToHub],
  attachOption: [4, lines.attachOption],
  payFiat: [2, lines.payFiat],
  crossingTold: [0.5, lines.crossingTold],
  mempool: [5, chain.mempool],
  mine: [5, chain.mine],
  reorganise: [1.5, chain.reorganise],
  rescan: [0.7, chain.rescan],
  buildPayout: [4, payouts.buildPayout],
  replacePayout: [3, payouts.replacePayout],
  child: [1, payouts.child],
  sweep: [0.3, payouts.sweep],
  broadcast: [2, payouts.broadcast],
  abandon: [1, payouts.abandon],
  halt: [0.1, operator.halt],
  resume: [1, operator.resume],
  rotateIdentity: [0.3, operator.rotateIdentity],
  action: [0.5, operator.action],
  actionEnded: [0.5, operator.actionEnded],
  coldAddress: [0.1, operator.coldAddress],
  stray: [0.2, operator.stray],
  changeAllowlist: [0.5, accounts.changeAllowlist],
  reconfigure: [0.2, (world: World) => reconfigure(world)],
  again: [4, (world: World) => again(world)],
} as const satisfies Record<string, readonly [number, (world: World) => Unstamped | undefined]>;

const weights = Object.fromEntries(
  Object.entries(makers).map(([name, [weight]]) => [name, weight]),
) as Record<keyof typeof makers, number>;

// Fees and confirmations may change, and markets and currencies come to the end.
const reconfigure = ({ random, twin }: World): Unstamped => {
  const { markets } = anyConfig(random);
  const { config } = twin;
  return {
    kind: "configure",
    config: {
      ...config,
      markets: [
        ...config.markets.map((old, i) => ({
          ...old,
          makerFeeBps: markets[i]?.makerFeeBps ?? 0,
          takerFeeBps: markets[i]?.takerFeeBps ?? 0,
          feeTiers: markets[i]?.feeTiers,
        })),
        ...(config.markets.length === 3
          ? [{ base: "BTC", quote: "EUR", tick: 1, lot: 1, makerFeeBps: 0, takerFeeBps: 20 }]
          : []),
      ],
      confirmations: anyTiers(random),
      finalAfter: random.between(2, 8),
    },
  };
};

/** A call made once more: replayed whole, retried with a fresh nonce, or with a client_id used for something else. */
const again = (world: World): Unstamped | undefined => {
  const { random, t } = world;
  const recent = world.answered.filter((one) => t - one.t < 55_000);
  if (recent.length === 0) return undefined;
  const { t: _, ...command } = random.pick(recent);
  if (!("by" in command) || !command.by) return undefined;
  // What issues an address names the next one, or is our own mistake.
  if (
    command.kind === "post-invoice" ||
    command.kind === "new-address" ||
    command.kind === "sell-option" ||
    command.kind === "cold-address" ||
    "key" in command
  )
    return undefined;
  const { by } = command;
  const nonce =
    random.chance(0.5) && by.nonce ? { nonce: by.nonce } : { nonce: [t, `again-${++world.ids}`] as const };
  const once = by.once && random.chance(0.2) ? { once: [by.once[0], "other"] as const } : {};
  return { ...command, by: { ...by, ...nonce, ...once } } as Unstamped;
};

export const newWorld = (random: Prng, state: State, twin: Twin): World => {
  const world: World = {
    random,
    state,
    twin,
    t: 1_795_348_800_000,
    ids: 0,
    chain: [{ height: 100, hash: "block-0", txs: [] }],
    mempool: [],
    overlooked: [],
    untold: new Set(),
    queue: [],
    answered: [],
  };
  world.queue.push(
    {
      kind: "begin",
      version: JOURNAL_VERSION,
      network: "regtest",
      operator: { id: "ac-operator", key: accounts.newKey(world), permissions: accounts.OPERATORS },
    },
    { kind: "configure", config: anyConfig(random) },
    { kind: "chain-begin", height: 100, hash: "block-0" },
    ...Array.from({ length: 6 }, () => ({
      kind: "create-account" as const,
      id: `ac-${++world.ids}`,
      key: accounts.newKey(world),
    })),
  );
  return world;
};

/** The next command, stamped. Time stands still now and then, and jumps by days or by more than a client_id is kept. */
export const nextCommand = (world: World): Stamped => {
  const { random } = world;
  const step = random.below(1000);
  world.t += step < 300 ? 0 : step < 997 ? random.below(4000) : step < 999 ? 86_400_000 : 31 * 86_400_000;
  let command = world.queue.shift();
  while (!command) command = makers[random.weighted(weights)][1](world);
  return { ...command, t: ms(world.t) } as Stamped;
};
