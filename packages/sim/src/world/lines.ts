import { type Command, outpointOf } from "@coinholder/engine";
import { balanceOf, OPERATOR } from "../twin/twin.ts";
import { grow, payTo, spentOutside, undo } from "./chain.ts";
import { anyIssuer } from "./options.ts";
import {
  a,
  anyCaller,
  anySize,
  callerNumber,
  fresh,
  ms,
  operatorCall,
  type Tx,
  type Unstamped,
  type World,
  withOnce,
} from "./world.ts";

type Of<K extends Command["kind"]> = Extract<Command, { kind: K }>;

/** Some hubs that come again and again, others after them, and some that come once. */
const anyIdentity = (world: World): string =>
  world.random.chance(0.95)
    ? `hub-${Math.floor(world.ids / 2000)}-${world.random.below(6)}`
    : fresh(world, "hub");

/** Mostly one that the operator has set a ceiling for lately. */
const anyKnown = (world: World): string => {
  const { random, twin } = world;
  const known = [...twin.identities].filter(([, { ceiling }]) => ceiling > 0).slice(-6);
  return known.length > 0 && random.chance(0.7) ? random.pick(known)[0] : anyIdentity(world);
};

export const setLine = (world: World): Unstamped => {
  const { random } = world;
  return {
    kind: "set-line",
    by: random.chance(0.97)
      ? operatorCall(world, "operator-set-line")
      : anyCaller(world, "operator-set-line"),
    ...(random.chance(0.95) ? { identity: anyIdentity(world) } : {}),
    ceiling: a(random.chance(0.07) ? 0 : random.chance(0.6) ? 1e11 : anySize(random, 1e11)),
  };
};

/** Transfers of others, that nothing in a block is in conflict with. */
const candidates = (world: World): Tx[] => {
  const taken = spentOutside(world);
  const waiting = world.mempool.filter((tx) => !tx.outside?.some((outpoint) => taken.has(outpoint)));
  const mined = world.chain.slice(-3).flatMap(({ txs }) => txs);
  return [...waiting, ...waiting, ...mined].filter(
    ({ coinbase, inputs, outside = [], receipts }) =>
      !coinbase && inputs.length === 0 && outside.length > 0 && receipts.length > 0,
  );
};

export const attach = (world: World): Unstamped | undefined => {
  const { random, twin } = world;
  const all = candidates(world);
  const anew = all.filter(
    ({ receipts, txid }) =>
      !twin.attached.some((one) => one.txid === txid) &&
      receipts.every(({ address }) => twin.addresses.get(address)! >= OPERATOR),
  );
  const txs = anew.length > 0 && random.chance(0.8) ? anew : all;
  if (txs.length === 0) return undefined;
  const tx = random.pick(txs);
  const known = twin.attached.find(({ txid }) => txid === tx.txid);
  const identity = known && random.chance(0.8) ? known.identity : anyKnown(world);
  return {
    kind: "attach-identity",
    identity,
    ...(random.chance(0.05) ? { succeeds: [anyKnown(world), anyIdentity(world)] } : {}),
    url: `https://${identity}.example`,
    txid: tx.txid,
    inputs: tx.outside ?? [],
    receipts: tx.receipts,
    credit: random.chance(0.9),
  };
};

/** Somebody pays what waits to be mined once more, elsewhere or to others here. */
export const replace = (world: World): Unstamped | undefined => {
  const { random, twin } = world;
  const waiting = candidates(world).filter((tx) => world.mempool.includes(tx));
  const promised = waiting.filter((tx) => twin.attached.some(({ txid }) => txid === tx.txid));
  const from = promised.length > 0 && random.chance(0.7) ? promised : waiting;
  if (from.length === 0) return undefined;
  const tx = random.pick(from);
  const other = payTo(world, false);
  const rival = { ...other, receipts: random.chance(0.5) ? other.receipts : [], outside: tx.outside ?? [] };
  world.mempool.push(rival);
  if (promised.includes(tx) && random.chance(0.8))
    world.queue.push({ kind: "transfer-conflicted", txid: tx.txid, rival: rival.txid, height: 0 });
  return { kind: "chain-mempool", appeared: rival.receipts, gone: tx.receipts.map(outpointOf) };
};

/** The rival of a promised transfer is mined, and buried or undone again in favour of the first. */
export const fork = (world: World): Unstamped | undefined => {
  const { random, queue, twin } = world;
  const early = new Set(twin.attached.filter((one) => one.early && !one.lost).map(({ txid }) => txid));
  const promised = candidates(world).filter((tx) => early.has(tx.txid) && world.mempool.includes(tx));
  if (promised.length === 0) return undefined;
  const tx = random.pick(promised);
  const rival = { ...payTo(world, false), receipts: [], outside: tx.outside ?? [] };
  const blocks = random.between(2, 6);
  const others = world.mempool.filter((one) => one !== tx);
  world.mempool = [rival];
  grow(world, blocks);
  world.mempool.push(tx, ...others);
  if (random.chance(0.6)) {
    undo(world, blocks);
    world.mempool = [tx, ...world.mempool.filter((one) => one !== rival && one !== tx)];
    grow(world, blocks + 1);
    // And back again.
    if (random.chance(0.3)) {
      undo(world, blocks + 1);
      world.mempool = [rival, ...world.mempool.filter((one) => one !== rival && one !== tx), tx];
      grow(world, blocks + 2);
    }
  }
  return queue.shift()!;
};

/** Another hub pays an invoice in another currency, its option and its identity told in any order. */
export const purchase = (world: World): Unstamped | undefined => {
  const { random, queue, t } = world;
  const invoices = openInvoices(world);
  if (invoices.length === 0) return undefined;
  const { address, amount, fiat } = random.pick(invoices);
  const txid = fresh(world, "tx");
  const value = random.between(1, 1e6);
  const receipts = [{ txid, vout: 0, value: a(value), address }];
  const outside = [`${fresh(world, "out")}:0`];
  world.mempool.push({ txid, receipts, inputs: [], outside, coinbase: false });
  const identity = anyKnown(world);
  const option = fresh(world, "op");
  const sale: Unstamped = {
    kind: "sell-option",
    to: { identity, url: "https://x.example" },
    id: option,
    issuer: anyIssuer(world),
    address,
    give: a(Math.max(1, value + random.pick([0, 0, 0, -1, -1000, 1]))),
    giveCurrency: "BTC",
    want: a(Math.max(1, amount - fiat!.received)),
    wantCurrency: fiat!.currency,
    premium: a(0),
    expires: ms(t + random.between(2000, 60_000)),
    json: "{}",
    signature: "signature",
  };
  const steps: Unstamped[] = [
    { kind: "chain-mempool", appeared: receipts, gone: [] },
    { kind: "attach-identity", identity, url: "u", txid, inputs: outside, receipts, credit: true },
    { kind: "attach-option", option, txid },
  ];
  const order = random.pick([
    [0, 1, 2],
    [0, 2, 1],
    [1, 2, 0],
    [2, 1, 0],
    [1, 2],
    [2, 0],
  ]);
  queue.push(...order.map((i) => steps[i]!));
  return sale;
};

const openInvoices = ({ random, t, twin }: World) => {
  const own = twin.invoices.filter((one) => one.fiat && one.expires > t && !one.withdrawn);
  const waiting = own.filter((one) => one.fiat!.received < one.amount);
  return waiting.length > 0 && random.chance(0.9) ? waiting : own;
};

/** Another hub buys an option for somebody's invoice, mostly for what it is about to pay or has paid. */
export const sellToHub = (world: World): Unstamped | undefined => {
  const { random, t } = world;
  const invoices = openInvoices(world);
  if (invoices.length === 0) return undefined;
  const invoice = random.pick(invoices);
  const paid = world.mempool.flatMap(({ receipts }) =>
    receipts.filter(({ address, value }) => address === invoice.address && value > 0),
  );
  return {
    kind: "sell-option",
    to: { identity: anyKnown(world), url: "https://x.example" },
    id: fresh(world, "op"),
    issuer: anyIssuer(world),
    address: random.chance(0.97) ? invoice.address : fresh(world, "bc"),
    give: a(paid.length > 0 && random.chance(0.7) ? random.pick(paid).value : random.between(1, 1e5)),
    giveCurrency: "BTC",
    want: a(
      random.chance(0.8) ? Math.max(1, invoice.amount - invoice.fiat!.received) : random.between(1, 1e5),
    ),
    wantCurrency: random.chance(0.97) ? invoice.fiat!.currency : "JPY",
    premium: a(0),
    expires: ms(t + random.below(60_000)),
    json: "{}",
    signature: "signature",
  };
};

export const attachOption = (world: World): Unstamped | undefined => {
  const { random, twin } = world;
  const open = twin.options.filter((one) => one.to !== undefined && one.state === "open");
  const from = random.chance(0.9) ? open : twin.options;
  if (from.length === 0) return undefined;
  const option = random.pick(from);
  const recent = [...world.mempool, ...world.chain.slice(-5).flatMap(({ txs }) => txs)];
  const paying = recent.filter((tx) => tx.receipts.some(({ address }) => address === option.address));
  const txid =
    paying.length > 0 && random.chance(0.9)
      ? random.pick(paying).txid
      : (option.txid ?? (recent.length > 0 ? random.pick(recent).txid : "none"));
  return { kind: "attach-option", option: random.chance(0.98) ? option.id : "op-none", txid };
};

export const payFiat = (world: World): Unstamped | undefined => {
  const { random, t, twin } = world;
  const invoices = openInvoices(world);
  if (invoices.length === 0) return undefined;
  const { address, amount, fiat } = random.pick(invoices);
  const by = anyCaller(world, "pay-invoice");
  const there = Number(balanceOf(twin, Math.max(0, callerNumber(world, by)), "BTC").available);
  const terms: Of<"pay-fiat">["via"] = {
    id: fresh(world, "op"),
    issuer: anyIssuer(world),
    give: a(anySize(random, Math.max(1, there))),
    giveCurrency: "BTC",
    want: a(amount - fiat!.received),
    wantCurrency: fiat!.currency,
    premium: a(random.chance(0.5) ? 0 : random.below(100)),
    expires: ms(t + (random.chance(0.05) ? 0 : 1000)),
    json: "{}",
    signature: "signature",
  };
  return withOnce(world, {
    kind: "pay-fiat",
    by,
    address: random.chance(0.97) ? address : fresh(world, "bc"),
    via: random.chance(0.5) ? "balance" : terms,
  });
};

export const crossingTold = ({ random, twin }: World): Unstamped | undefined => {
  const waiting = [...twin.crossings.keys()];
  if (waiting.length === 0) return undefined;
  return {
    kind: "crossing-told",
    transfer: random.chance(0.95) ? random.pick(waiting) : random.below(1000),
    ...(random.chance(0.5) ? { identity: "credited" } : { given_up: true as const }),
  };
};
