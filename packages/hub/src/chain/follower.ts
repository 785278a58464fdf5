import {
  BitcoinError,
  followTip,
  isBitcoinError,
  type MempoolChanges,
  mempoolChanges,
  scanBlock,
} from "@coinholder/bitcoin";
import { openPayouts, outpointOf, type Receipt, type Spend, tip } from "@coinholder/engine";
import type { Logger } from "pino";
import { lookForAlarms } from "../alarms/alarms.ts";
import type { Hub } from "../hub.ts";
import { makeBumps } from "./bumps.ts";
import type { ChainHub } from "./chain-hub.ts";
import { coinSumsOf, freeCoins } from "./coins.ts";
import { ofAttached, tellConflicts, tellConflictsOfTip } from "./conflicts.ts";
import { askFeeRate } from "./fees.ts";
import { makePayouts, type Payouts } from "./payouts.ts";
import { resumeSigned } from "./resume.ts";
import type { ChainWatch } from "./watch.ts";

/** How often the node is asked. Its tip is the truth; nothing else is relied on. */
const POLL_MS = 1000;
/** On the development chain people watch: blocks come when they ask for them. */
const POLL_REGTEST_MS = 150;
const FEE_RATE_EVERY_MS = 30_000;
/** A chain is begun so far below the node's tip: what a reorganisation takes from under its first block cannot be followed. */
const BEGIN_BELOW = 12;

export const asReceipt = ({
  txid,
  vout,
  value,
  address,
  coinbase,
}: Receipt | (Omit<Receipt, "coinbase"> & { coinbase: boolean })): Receipt => ({
  txid,
  vout,
  value,
  address,
  ...(coinbase ? { coinbase: true as const } : {}),
});

/** Makes known to the journal which addresses were paid that it never gave out. */
export const claimStrays = (
  hub: Pick<ChainHub, "sequencer">,
  chainWatch: ChainWatch,
  receipts: readonly { address: string }[],
): void => {
  const { sequencer } = hub;
  for (const { address } of receipts) {
    if (sequencer.state.chain.addresses.has(address)) continue;
    const place = chainWatch.placeOf(address);
    if (place === undefined) throw new Error(`${address} is watched and nobody knows why`);
    sequencer.run({ kind: "chain-address", ...place, address });
  }
};

/**
 * Where the hub's chain begins, when the journal has none yet.
 * @param height the first block that is looked through; the newest ones unless given
 */
export const beginChain = async (
  { sequencer, node }: Pick<ChainHub, "sequencer" | "node">,
  height: number | undefined,
): Promise<void> => {
  const { recent } = sequencer.state.chain;
  if (recent.length > 0) return;
  const info = await node.chainInfo();
  const below = Math.max(0, height === undefined ? info.height - BEGIN_BELOW : height - 1);
  const hash = await node.blockHash(below);
  if (hash === undefined) throw new BitcoinError("node_behind", `The node has no block ${below} yet`);
  sequencer.run({ kind: "chain-begin", height: below, hash });
};

type Following = Pick<ChainHub, "sequencer" | "node" | "chain" | "signer">;

/**
 * What a block brings and takes. A journal from a backup may not know a payout that the wallet signed and this block has: it is
 * taken up first, with the change that it brings.
 */
const scan = (hub: Following, chainWatch: ChainWatch, raw: Uint8Array, log: Logger) => {
  const { coins, index } = hub.sequencer.state.chain;
  const scanned = scanBlock(raw, chainWatch.watch());
  const isUnknown = ({ outpoint, txid }: Spend): boolean => coins.has(outpoint) && !index.versions.has(txid);
  if (!scanned.spends.some(isUnknown)) return scanned;
  resumeSigned(hub, log);
  return scanBlock(raw, chainWatch.watch());
};

/** Brings the engine to the node's tip, one block a command. `stopped`: asked after each. */
export const followBlocks = async (
  hub: Following,
  chainWatch: ChainWatch,
  log: Logger,
  stopped: () => boolean = () => false,
): Promise<void> => {
  const { sequencer, node, chain: view } = hub;
  const { chain } = sequencer.state;
  await beginChain(hub, undefined);
  for await (const step of followTip(node, () => chain.recent)) {
    view.tipSince = Date.now();
    if (step.kind === "undo") {
      view.lastReorg = step.depth;
      sequencer.run({ kind: "chain-undo", height: step.height, hash: step.hash });
      continue;
    }
    chainWatch.advance();
    const { hash, prevHash, receipts, spends } = scan(hub, chainWatch, step.raw, log);
    claimStrays(hub, chainWatch, receipts);
    sequencer.run({
      kind: "chain-block",
      height: step.height,
      hash,
      prev: prevHash,
      receipts: receipts.map(asReceipt),
      spends: spends.filter((spend) => !ofAttached(sequencer.state, spend)),
    });
    // Of the same turn: what a block had in conflict is as durable as the block.
    tellConflicts(sequencer, spends, step.height);
    chainWatch.received(receipts);
    if (stopped()) return;
  }
};

export interface MempoolLook {
  /** Which of our transactions are not there. */
  readonly missing: ReadonlySet<string>;
  /** The node is at another block than the hub. */
  readonly tipMoved: boolean;
  /** There are more transactions than one look goes through. */
  readonly more: boolean;
}

/** What looks at the mempool remember between them. */
export interface MempoolMemory {
  readonly notOurs: Set<string>;
  /** Ours, and nothing that the engine waits for: they would be fetched again at each look. */
  readonly nothingNew: Set<string>;
}

const mempoolMemory = (): MempoolMemory => ({ notOurs: new Set(), nothingNew: new Set() });

/** The engine is told what appeared in the mempool and what went from it. */
const tellMempool = (
  hub: Pick<ChainHub, "sequencer" | "chain">,
  chainWatch: ChainWatch,
  look: MempoolChanges,
  { nothingNew }: MempoolMemory,
): void => {
  const { sequencer } = hub;
  const { deposits, uncredited } = sequencer.state.chain;
  for (const { spends } of look.appeared) tellConflicts(sequencer, spends, 0);
  const receipts = look.appeared.flatMap((scan) => scan.receipts).filter(({ value }) => value > 0);
  claimStrays(hub, chainWatch, receipts);
  const appeared = receipts.filter((receipt) => !deposits.has(outpointOf(receipt))).map(asReceipt);
  const left = new Set(look.gone);
  // What took its place may have been passed over before anybody stood behind it.
  if (look.gone.some((txid) => sequencer.state.lines.transfers.has(txid))) hub.chain.lookAfresh = true;
  const gone = [...uncredited].filter((outpoint) => {
    const deposit = deposits.get(outpoint)!;
    return deposit.height === 0 && left.has(deposit.txid);
  });
  if (appeared.length > 0 || gone.length > 0) sequencer.run({ kind: "chain-mempool", appeared, gone });
  for (const txid of left) nothingNew.delete(txid);
  for (const scan of look.appeared)
    if (!scan.receipts.some((receipt) => deposits.has(outpointOf(receipt)))) nothingNew.add(scan.txid);
};

/** One look at the mempool. */
export const lookAtMempool = async (
  hub: Pick<ChainHub, "sequencer" | "node" | "chain">,
  chainWatch: ChainWatch,
  memory: MempoolMemory = mempoolMemory(),
): Promise<MempoolLook> => {
  const { sequencer, node } = hub;
  const { chain } = sequencer.state;
  const payouts = openPayouts(chain).flatMap(({ versions }) => versions.map(({ txid }) => txid));
  const seenBefore = new Set([...payouts, ...memory.nothingNew]);
  for (const outpoint of chain.uncredited) {
    const { height, txid } = chain.deposits.get(outpoint)!;
    if (height === 0) seenBefore.add(txid);
  }
  const { notOurs } = memory;
  if (hub.chain.lookAfresh) {
    notOurs.clear();
    memory.nothingNew.clear();
    hub.chain.lookAfresh = false;
  }
  const knownTip = tip(chain)!.hash;
  const look = await mempoolChanges(node, chainWatch.watch(), { seenBefore, knownTip, notOurs });
  hub.chain.mempoolWatched = look.size;
  tellMempool(hub, chainWatch, look, memory);
  const left = new Set(look.gone);
  const missing = new Set(payouts.filter((txid) => left.has(txid)));
  return { missing, tipMoved: look.tipMoved, more: look.remaining > 0 || hub.chain.lookAfresh };
};

/** For the operator to see. What the node does not let this user ask must stop nothing. */
const countPeers = async ({ node }: Pick<ChainHub, "node">): Promise<number> => {
  try {
    return await node.peers();
  } catch (error) {
    if (isBitcoinError(error, "node_error")) return 0;
    throw error;
  }
};

/** Throws BitcoinError, among others `wrong_network`: nothing of such a node is taken over. */
export const lookAtNode = async (hub: Pick<ChainHub, "node" | "chain" | "wallet">): Promise<void> => {
  const { node, chain: view, wallet } = hub;
  const { network, height, headers } = await node.chainInfo();
  if (network !== wallet.network)
    throw new BitcoinError("wrong_network", `The node is on ${network}, the wallet is of ${wallet.network}`);
  view.height = height;
  view.headers = headers;
  view.peers = await countPeers(hub);
};

export interface Looks {
  /**
   * One look at the node: blocks, mempool, then what has to be paid. Answers whether the next one need not wait. Rejects with
   * BitcoinError.
   */
  readonly look: () => Promise<boolean>;
  /** Pays what waits as of the last look: somebody stands at a counter. Rejects with BitcoinError. */
  readonly payNow: () => Promise<void>;
}

export const makeLook = (...of: Parameters<typeof makeLooks>): Looks["look"] => makeLooks(...of).look;

export const makeLooks = (
  hub: ChainHub,
  chainWatch: ChainWatch,
  log: Logger,
  stopped: () => boolean = () => false,
): Looks => {
  const { chain: view } = hub;
  const memory = mempoolMemory();
  const payouts: Payouts = makePayouts(hub, log);
  const raiseFees = makeBumps(hub, log);
  let feeRateAsked = Number.NEGATIVE_INFINITY;
  let coinsAsOf: string | undefined;
  let tipToldAgain = false;
  let knowsTip = false;

  const keepFeeRate = async (): Promise<void> => {
    if (performance.now() - feeRateAsked < FEE_RATE_EVERY_MS) return;
    view.feeRate = await askFeeRate(hub);
    feeRateAsked = performance.now();
  };

  /** They change with blocks and payouts, and looking at all coins takes a while. */
  const keepCoinSums = (): void => {
    const { chain, last } = hub.sequencer.state;
    const asOf = `${tip(chain)?.hash} ${last.payout}`;
    if (asOf === coinsAsOf) return;
    view.coinSums = coinSumsOf(freeCoins(hub));
    coinsAsOf = asOf;
  };

  const payNow = async (): Promise<void> => {
    if (!knowsTip || !view.nodeReachable || stopped()) return;
    await payouts.build();
    await payouts.send(new Set(), stopped);
  };

  const look = async (): Promise<boolean> => {
    await lookAtNode(hub);
    // Before the blocks of days: payments are promised for a fee meanwhile.
    await keepFeeRate();
    await chainWatch.catchUp();
    chainWatch.advance();
    if (!tipToldAgain) await tellConflictsOfTip(hub, chainWatch);
    tipToldAgain = true;
    await followBlocks(hub, chainWatch, log, stopped);
    if (stopped()) return false;
    const { missing, more, tipMoved } = await lookAtMempool(hub, chainWatch, memory);
    view.watched = chainWatch.size();
    if (stopped()) return false;
    // While the node catches up, or is behind the hub, it knows neither what is spent nor what a fee should be.
    knowsTip = !tipMoved && view.headers - view.height <= 1;
    if (knowsTip) {
      await payouts.build();
      raiseFees();
    }
    keepCoinSums();
    await payouts.send(missing, stopped);
    return more;
  };
  return { look, payNow };
};

export interface Follower {
  /** Gives up what is asked of the node, and resolves when the look under way is over. */
  readonly close: () => Promise<void>;
}

/** Follows the node until closed. */
export const startFollower = (
  hub: Hub,
  chainWatch: ChainWatch,
  log: Logger,
  onFatal: (error: unknown) => void,
): Follower => {
  const { chain: view } = hub;
  const pollMs = hub.wallet.network === "regtest" ? POLL_REGTEST_MS : POLL_MS;
  let closed = false;
  let wake = (): void => {};
  const { look, payNow } = makeLooks(hub, chainWatch, log, () => closed);

  const trouble = (error: unknown): void => {
    // Anything else is our own bug.
    if (!isBitcoinError(error)) throw error;
    if (closed) return;
    if (view.trouble !== error.code)
      log.warn({ code: error.code, err: error }, "trouble with the bitcoin node");
    view.trouble = error.code;
    view.nodeReachable = false;
  };

  const pause = (): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, pollMs);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const loop = async (): Promise<void> => {
    while (!closed) {
      let more = false;
      try {
        more = await look();
        view.trouble = undefined;
        view.nodeReachable = true;
      } catch (error) {
        trouble(error);
      }
      hub.alarms.update(lookForAlarms(hub, Date.now()));
      if (!closed && !more) await pause();
    }
  };
  let paying: Promise<void> | undefined;
  let again = false;
  const hurry = async (): Promise<void> => {
    do {
      again = false;
      try {
        await payNow();
      } catch (error) {
        trouble(error);
      }
    } while (again && !closed);
    paying = undefined;
  };
  // A payment under this hub's name does not wait for the next look.
  hub.sequencer.onEffects((_, effects) => {
    if (closed || !effects.some((effect) => effect.is === "crossing" && effect.told === undefined)) return;
    if (paying) again = true;
    else paying = Promise.resolve().then(hurry).catch(onFatal);
  });
  // After our own bug the sequencer has stopped, and the process must end.
  const running = loop().catch(onFatal);
  return {
    close: async () => {
      closed = true;
      wake();
      hub.node.close();
      await Promise.all([running, paying]);
    },
  };
};
