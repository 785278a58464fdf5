import { outpointOf, type Receipt } from "@coinholder/engine";
import { CHANGE } from "../twin/twin.ts";
import { a, type Block, fresh, REGULARS, type Tx, type Unstamped, type World } from "./world.ts";

export const tipOf = (world: World): Block => world.chain.at(-1)!;

export const payTo = (world: World, coinbase: boolean): Tx => {
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
      value: a(
        random.chance(0.01)
          ? 0
          : invoice && random.chance(0.7)
            ? invoice.amount
            : random.between(1, random.pick([1e3, 5e8])),
      ),
      address: invoice?.address ?? anyPaid(world, own),
      ...(coinbase ? { coinbase: true as const } : {}),
    });
  }
  return { txid, receipts, inputs: [], outside: coinbase ? [] : [`${fresh(world, "out")}:0`], coinbase };
};

// The first ones again and again; strangers pay to our change addresses, too.
const anyPaid = ({ random, twin }: World, own: readonly string[]): string =>
  random.chance(0.03)
    ? random.pick([...twin.addresses.keys()])
    : random.pick(random.chance(0.7) ? own.slice(0, REGULARS) : own);

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
    // It comes again, perhaps only in a block.
    if (random.chance(0.2)) world.mempool.push(tx);
  }
  return { kind: "chain-mempool", appeared, gone };
};

const unspentOf = (chain: readonly Block[]): Set<string> => {
  const unspent = new Set<string>();
  for (const { txs } of chain)
    for (const tx of txs) {
      for (const receipt of tx.receipts) unspent.add(outpointOf(receipt));
      for (const outpoint of tx.inputs) unspent.delete(outpoint);
    }
  return unspent;
};

/** Somebody has our keys. */
const theft = (world: World, unspent: ReadonlySet<string>): Tx | undefined => {
  const { random } = world;
  const txid = fresh(world, "thief");
  const inputs = [...unspent].filter(() => random.chance(1 / unspent.size));
  // What the hub was not told of yet it cannot miss.
  if (inputs.length === 0 || inputs.some((outpoint) => world.untold.has(outpoint))) return undefined;
  return { txid, receipts: [], inputs, coinbase: false };
};

/** Others' coins that transactions in blocks have spent. */
export const spentOutside = ({ chain }: World): Set<string> =>
  new Set(chain.flatMap(({ txs }) => txs.flatMap(({ outside = [] }) => outside)));

/** What a block has in conflict with attached transfers. */
const conflictsOf = ({ twin }: World, { height, txs }: Block): Unstamped[] =>
  txs.flatMap(({ outside = [], txid: rival }) =>
    twin.attached
      .filter(({ inputs, txid }) => txid !== rival && inputs.some((outpoint) => outside.includes(outpoint)))
      .map(({ txid }) => ({ kind: "transfer-conflicted" as const, txid, rival, height })),
  );

// A block with some of what waits, each after what it spends, and each coin spent once.
const nextBlock = (world: World, before: Block): Block => {
  const { random } = world;
  const unspent = unspentOf(world.chain);
  const taken = spentOutside(world);
  const txs: Tx[] = [];
  const add = (tx: Tx): void => {
    txs.push(tx);
    for (const outpoint of tx.outside ?? []) taken.add(outpoint);
    for (const receipt of tx.receipts) unspent.add(outpointOf(receipt));
    for (const outpoint of tx.inputs) unspent.delete(outpoint);
  };
  if (random.chance(0.1)) add(payTo(world, true));
  if (random.chance(0.2)) add(payTo(world, false));
  const stolen = random.chance(0.015) ? theft(world, unspent) : undefined;
  if (stolen) add(stolen);
  for (const tx of [...world.mempool]) {
    if (random.chance(0.3) || !tx.inputs.every((outpoint) => unspent.has(outpoint))) continue;
    if (tx.outside?.some((outpoint) => taken.has(outpoint))) continue;
    world.mempool = world.mempool.filter((one) => one !== tx);
    add(tx);
  }
  return { height: before.height + 1, hash: fresh(world, "block"), txs };
};

/** What the hub is told of a block. Now and then its scanner overlooks something, and what is built upon that. */
const asCommand = (world: World, block: Block, prev: string): Unstamped => {
  const overlooked = (tx: Tx): boolean =>
    tx.inputs.some((outpoint) => world.untold.has(outpoint)) ||
    (!tx.txid.startsWith("thief") && world.random.chance(0.01));
  const told: Tx[] = [];
  for (const tx of block.txs) {
    if (!overlooked(tx)) told.push(tx);
    else {
      world.overlooked.push({ ...tx, height: block.height });
      for (const receipt of tx.receipts) world.untold.add(outpointOf(receipt));
    }
  }
  return {
    kind: "chain-block",
    height: block.height,
    hash: block.hash,
    prev,
    receipts: told.flatMap((tx) => tx.receipts),
    spends: told.flatMap((tx) => tx.inputs.map((outpoint) => ({ outpoint, txid: tx.txid }))),
  };
};

export const grow = (world: World, blocks: number): void => {
  for (let i = 0; i < blocks; i++) {
    const before = tipOf(world);
    const block = nextBlock(world, before);
    world.chain.push(block);
    world.queue.push(asCommand(world, block, before.hash), ...conflictsOf(world, block));
  }
};

export const mine = (world: World): Unstamped => {
  const { random, queue } = world;
  grow(world, random.chance(0.01) ? random.between(5, 220) : 1);
  return queue.shift()!;
};

/** The newest blocks are undone; their transactions come again in others, or are double-spent and never do. */
export const reorganise = (world: World): Unstamped => {
  const { random, queue, chain } = world;
  const depth = Math.min(random.between(1, random.chance(0.1) ? 12 : 5), chain.length - 1);
  if (depth < 1) return mine(world);
  undo(world, depth);
  grow(world, depth + 1);
  return queue.shift()!;
};

export const undo = (world: World, depth: number): void => {
  const { random, queue, chain } = world;
  const gone: string[] = [];
  for (let i = 0; i < depth; i++) {
    const { height, hash, txs } = chain.pop()!;
    queue.push({ kind: "chain-undo", height, hash });
    world.overlooked = world.overlooked.filter((tx) => tx.height !== height);
    for (const tx of txs) {
      for (const receipt of tx.receipts) world.untold.delete(outpointOf(receipt));
      const lost = tx.coinbase || (tx.inputs.length === 0 && random.chance(0.4));
      if (lost) gone.push(...tx.receipts.map(outpointOf));
      // What has left the hub's mempool may have stayed in a miner's.
      if (lost ? !tx.coinbase && random.chance(0.3) : !tx.txid.startsWith("thief") || random.chance(0.5))
        world.mempool.push(tx);
    }
  }
  if (gone.length > 0) queue.push({ kind: "chain-mempool", appeared: [], gone });
};

/** A full rescan finds what was overlooked. */
export const rescan = (world: World): Unstamped | undefined => {
  const found = world.overlooked;
  if (found.length === 0) return undefined;
  world.overlooked = [];
  world.untold.clear();
  return {
    kind: "chain-rescan",
    receipts: found.flatMap(({ receipts, height }) => receipts.map((receipt) => ({ ...receipt, height }))),
    spends: found.flatMap(({ inputs, txid, height }) =>
      inputs.map((outpoint) => ({ outpoint, txid, height })),
    ),
  };
};
