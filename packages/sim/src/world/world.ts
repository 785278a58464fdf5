import type { By, Command, EngineConfig, Receipt, Stamped, State } from "@coinholder/engine";
import type { Amount, TimeMs } from "@coinholder/protocol";
import type { Prng } from "../prng.ts";
import { COLD, numberOf, OPERATOR, type Twin } from "../twin/twin.ts";

/** A transaction as far as the hub is concerned. */
export interface Tx {
  readonly txid: string;
  readonly receipts: readonly Receipt[];
  /** Hub coins that it spends. */
  readonly inputs: readonly string[];
  /** Coins of others that it spends. */
  readonly outside?: readonly string[];
  readonly coinbase: boolean;
}
export interface Block {
  readonly height: number;
  readonly hash: string;
  readonly txs: readonly Tx[];
}

/** All that the workload is made from: the hub's own state may be read, as the hub itself does. */
export interface World {
  readonly random: Prng;
  readonly state: State;
  readonly twin: Twin;
  t: number;
  ids: number;
  readonly chain: Block[];
  mempool: Tx[];
  /** Transactions in blocks of the chain that the hub was not told of, and their outputs. */
  overlooked: (Tx & { readonly height: number })[];
  readonly untold: Set<string>;
  /** Commands that must come next: what a reorganisation is made of. */
  readonly queue: Unstamped[];
  /** Signed calls that were answered: to be tried again. */
  readonly answered: Stamped[];
}

/** A command without its time. */
export type Unstamped = { [C in Command as C["kind"]]: C }[Command["kind"]];

export const a = (amount: number): Amount => amount as Amount;
export const ms = (t: number): TimeMs => t as TimeMs;

export const fresh = (world: World, prefix: string): string => `${prefix}-${++world.ids}`;

/** A whole number of any size up to `most`, small ones as likely as large. */
export const anySize = (random: Prng, most: number): number =>
  Math.max(
    1,
    Math.floor(random.chance(0.3) ? random.between(1, Math.min(most, 30)) : most ** random0(random)),
  );
const random0 = (random: Prng): number => random.below(1_000_001) / 1_000_000;

/** Accounts that do most of what is done. */
export const REGULARS = 8;

/** Someone who calls: mostly a key on an account on which it holds something. */
export const anyCaller = (world: World, fn: string): By => {
  const { random, twin } = world;
  const able = twin.keys.filter((key) => key.pairs.length > 0);
  // Mostly the first few, so that they meet one another.
  const key = random.pick(
    random.chance(0.75) ? able.slice(1, 1 + REGULARS) : random.chance(0.9) ? able : twin.keys,
  );
  const account =
    key.pairs.length > 0 && random.chance(0.97) ? random.pick(key.pairs)[0] : random.pick(twin.accounts).id;
  return signed(world, key.token, account, fn);
};

export const signed = (world: World, token: string, account: string, fn: string): By => {
  const { random } = world;
  return {
    token: random.chance(0.005) ? "ak-nobody" : token,
    account,
    fn,
    ...(random.chance(0.8) ? { nonce: [world.t, fresh(world, "n")] as const } : {}),
  };
};

/** With a client_id, sometimes: what its parameters are is known only when the command is whole. */
export const withOnce = <C extends Unstamped & { readonly by?: By }>(world: World, command: C): C => {
  if (command.by === undefined || !world.random.chance(0.4)) return command;
  const { by, ...params } = command;
  return { ...command, by: { ...by, once: [fresh(world, "c"), JSON.stringify(params)] as const } };
};

export const operatorCall = (world: World, fn: string): By => {
  const operator = world.twin.accounts[OPERATOR]!.id;
  const key = world.twin.keys.find((one) => one.home === operator);
  return signed(world, key?.token ?? "ak-nobody", operator, fn);
};

export const anyAccountId = (world: World): string => world.random.pick(world.twin.accounts.slice(COLD)).id;

/** An address of the hub's, mostly; change and strangers' now and then. */
export const anyAddress = (world: World): string => {
  const { random, twin } = world;
  const own = [...twin.addresses.keys()];
  return own.length > 0 && random.chance(0.7) ? random.pick(own) : fresh(world, "outside");
};

export const callerNumber = (world: World, by: By): number => numberOf(world.twin, by.account);

const pickSize = (random: Prng): number => random.pick([1, 1, 5, 10, 100, 1000]);

/** Currencies and markets with steps of any size. */
export const anyConfig = (random: Prng): EngineConfig => ({
  currencies: [
    { code: "BTC", decimals: 8, max: a(21_000_000 * 1e8) },
    { code: "USD", decimals: 2, max: a(1e14) },
    { code: "EUR", decimals: 2, max: a(Number.MAX_SAFE_INTEGER) },
    { code: "JPY", decimals: 0, max: a(1e12) },
    { code: "XAU", decimals: 12, max: a(Number.MAX_SAFE_INTEGER) },
  ],
  markets: [
    ["BTC", "USD"],
    ["EUR", "JPY"],
    ["XAU", "USD"],
  ].map(([base, quote]) => ({
    base: base!,
    quote: quote!,
    tick: pickSize(random),
    lot: pickSize(random),
    makerFeeBps: random.pick([0, 10, 37]),
    takerFeeBps: random.pick([0, 30, 250, 10_000]),
    ...(random.chance(0.7) ? { feeTiers: anyFeeTiers(random) } : {}),
  })),
  confirmations: anyTiers(random),
  finalAfter: random.between(2, 8),
  deepReorg: random.between(3, 8),
  allowlistDelayMs: random.pick([0, 60_000, 86_400_000]),
  ...(random.chance(0.9)
    ? { options: { most: random.between(1, 8), mostPerBuyer: random.between(1, 4) } }
    : {}),
});

// Some are reached by one trade, some by none.
const anyFeeTiers = (random: Prng) => {
  const volumes = new Set(Array.from({ length: random.between(1, 4) }, () => anySize(random, 1e9)));
  return [...volumes]
    .sort((one, other) => one - other)
    .map((volume) => ({
      volume: a(volume),
      makerFeeBps: random.pick([0, 5, 20]),
      takerFeeBps: random.pick([0, 10, 200]),
    }));
};

export const anyTiers = (random: Prng): EngineConfig["confirmations"] => {
  const least = random.between(1, 2);
  return [
    { upTo: a(random.between(1, 1e4)), blocks: least },
    ...(random.chance(0.5) ? [{ upTo: a(1e6), blocks: least + random.below(2) }] : []),
    { upTo: null, blocks: least + random.between(1, 3) },
  ];
};
