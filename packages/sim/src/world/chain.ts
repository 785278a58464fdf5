import { outpointOf, type Receipt, spendableCoins } from "@coinholder/engine";
import { CHANGE } from "../twin/twin.ts";
import { a, type Block, fresh, REGULARS, type Tx, type Unstamped, type World } from "./world.ts";

const tipOf = (world: World): Block => world.chain.at(-1)!;

const payTo = (world: World, coinbase: boolean): Tx => {
  const { random, twin } = world;
  const txid = fresh(world, "tx");
  const own = [...twin.addresses].filter(([, account]) => account !== CHANGE).map(([address]) => address);
  const open = twin.invoices.filter((one) => one.owner !== undefined && one.expires > world.t);
  const receipts: Receipt[] = [];
  for (let vout = 0; own.length > 0 && vout < random.between(1, 3); vout++) {
    const invoice = open.length > 0 && random.chance(0.3) ? random.pick(open) : undefined;
    receipts.push({
      txid,
      vout,
      value: a(invoice && random.chance(0.7) ? invoice.amount : random.between(1, 5e8)),
      // The first ones again and again.
      address: invoice?.address ?? random.pick(random.chance(0.7) ? own.slice(0, REGULARS) : own),
      ...(coinbase ? { coinbase: true as const } : {}),
    });
  }
  return { txid, receipts, inputs: [], coinbase };
};

/** Someone pays us: in the mempool, sometimes only there until it is gone. */
export const mempool = (world: World): Unstamped => {
  const { random } = world;
  const appeared: Receipt[] = [];
  const gone: string[] = [];
  if (random.chance(0.8)) {
    const tx = payTo(world, false);
    world.mempool.push(tx);
    appeared.push(...tx.receipts);
  }
  const droppable = world.mempool.filter((tx) => tx.inputs.length === 0);
  if (droppable.length > 0 && random.chance(0.15)) {
    const tx = random.pick(droppable);
    world.mempool = world.mempool.filter((one) => one !== tx);
    gone.push(...tx.receipts.map(outpointOf));
  }
  return { kind: "chain-mempool", appeared, gone };
};

// A block with some of what waits, each after what it spends.
const nextBlock = (
  world: World,
  before: Block,
  mined: ReadonlySet<string>,
): { block: Block; made: Set<string> } => {
  const { random } = world;
  const made = new Set(mined);
  const txs: Tx[] = [];
  const add = (tx: Tx): void => {
    txs.push(tx);
    for (const receipt of tx.receipts) made.add(outpointOf(receipt));
  };
  if (random.chance(0.1)) add(payTo(world, true));
  if (random.chance(0.2)) add(payTo(world, false));
  for (const tx of [...world.mempool]) {
    if (random.chance(0.3) || !tx.inputs.every((outpoint) => made.has(outpoint))) continue;
    world.mempool = world.mempool.filter((one) => one !== tx);
    add(tx);
  }
  return { block: { height: before.height + 1, hash: fresh(world, "block"), txs }, made };
};

const outputsOf = (chain: readonly Block[]): Set<string> =>
  new Set(chain.flatMap((block) => block.txs.flatMap((tx) => tx.receipts.map(outpointOf))));

const asCommand = (block: Block, prev: string): Unstamped => ({
  kind: "chain-block",
  height: block.height,
  hash: block.hash,
  prev,
  receipts: block.txs.flatMap((tx) => tx.receipts),
  spends: block.txs.flatMap((tx) => tx.inputs.map((outpoint) => ({ outpoint, txid: tx.txid }))),
});

export const mine = (world: World): Unstamped => {
  const { random, queue } = world;
  const blocks = random.chance(0.01) ? random.between(5, 220) : 1;
  for (let i = 0; i < blocks; i++) {
    const before = tipOf(world);
    const { block } = nextBlock(world, before, outputsOf(world.chain));
    world.chain.push(block);
    queue.push(asCommand(block, before.hash));
  }
  return queue.shift()!;
};

/** The newest blocks are undone; their transactions come again in others, or are double-spent and never do. */
export const reorganise = (world: World): Unstamped => {
  const { random, queue, chain } = world;
  const depth = Math.min(random.between(1, 5), chain.length - 1);
  if (depth < 1) return mine(world);
  const gone: string[] = [];
  for (let i = 0; i < depth; i++) {
    const { height, hash, txs } = chain.pop()!;
    queue.push({ kind: "chain-undo", height, hash });
    for (const tx of txs) {
      if (tx.coinbase || (tx.inputs.length === 0 && random.chance(0.4)))
        gone.push(...tx.receipts.map(outpointOf));
      else world.mempool.push(tx);
    }
  }
  if (gone.length > 0) queue.push({ kind: "chain-mempool", appeared: [], gone });
  for (let i = 0; i <= depth; i++) {
    const before = tipOf(world);
    const { block } = nextBlock(world, before, outputsOf(chain));
    chain.push(block);
    queue.push(asCommand(block, before.hash));
  }
  return queue.shift()!;
};

/** Pays some of the withdrawals that wait, or nothing where there are none or the coins do not reach. */
export const buildPayout = (world: World): Unstamped | undefined => {
  const { random, state, twin } = world;
  const waiting = twin.withdrawals.filter((one) => one.payout === 0).slice(0, random.between(1, 4));
  if (waiting.length === 0) return undefined;
  const needed = waiting.reduce((sum, one) => sum + one.amount, 0);
  const inputs: string[] = [];
  let sum = 0;
  const fee = random.between(1, 2000);
  const coins = spendableCoins(state.chain, state.config.confirmations);
  for (const coin of random.chance(0.5) ? coins : coins.reverse()) {
    if (sum >= needed + fee) break;
    inputs.push(coin.outpoint);
    sum += coin.value;
  }
  const left = sum - needed - fee;
  if (left < 0) return undefined;
  const txid = fresh(world, "tx");
  const change = { vout: 1, value: a(left), address: fresh(world, "change"), index: state.chain.nextChange };
  const { vout, value, address } = change;
  world.mempool.push({
    txid,
    receipts: left > 0 ? [{ txid, vout, value, address }] : [],
    inputs,
    coinbase: false,
  });
  return {
    kind: "payout-built",
    withdrawals: waiting.map((one) => one.transfer),
    txid,
    raw: "00",
    inputs,
    fee: a(fee),
    ...(left > 0 ? { change } : {}),
  };
};

export const broadcast = (world: World): Unstamped | undefined =>
  world.twin.payouts.length > 0
    ? { kind: "payout-broadcast", payout: world.random.pick(world.twin.payouts).number }
    : undefined;
