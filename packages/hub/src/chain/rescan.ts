import { blocksBetween, isBitcoinError, scanBlock } from "@coinholder/bitcoin";
import { outpointOf, type Receipt, type Spend, type Stamped, tip } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import type { Logger } from "pino";
import type { ChainHub } from "./chain-hub.ts";
import { ofAttached, tellConflicts } from "./conflicts.ts";
import { asReceipt, beginChain, claimStrays, followBlocks, lookAtNode } from "./follower.ts";
import { resumeSigned } from "./resume.ts";
import type { ChainWatch } from "./watch.ts";

/** Progress is told every so many blocks. */
const TELL_EVERY = 1000;
const TRIES = 5;
const TRY_AGAIN_MS = 1000;
/** Entries of the journal hold no more of what was found, so that none is of many megabytes. */
const MOST_IN_ENTRY = 2000;

type FoundReceipt = Receipt & { readonly height: number };
type FoundSpend = Spend & { readonly height: number };
interface Found {
  readonly receipts: readonly FoundReceipt[];
  readonly spends: readonly FoundSpend[];
}
type Rescanned = Pick<ChainHub, "sequencer" | "node" | "chain" | "wallet" | "signer">;

const spendKey = ({ outpoint, txid }: Spend): string => `${outpoint} ${txid}`;

/** Outpoints received and spent in blocks that the journal tells of and that were not undone. Reads all of it. */
const toldBefore = async (journal: Journal): Promise<{ receipts: Set<string>; spends: Set<string> }> => {
  const byHeight = new Map<number, { receipts: string[]; spends: string[] }>();
  const at = (height: number) => {
    const there = byHeight.get(height) ?? { receipts: [], spends: [] };
    byHeight.set(height, there);
    return there;
  };
  await journal.verify((entry) => {
    if (!entry.includes('"chain-')) return;
    const command = JSON.parse(entry) as Stamped;
    if (command.kind === "chain-undo") byHeight.delete(command.height);
    if (command.kind === "chain-block" && command.receipts.length + command.spends.length > 0) {
      at(command.height).receipts.push(...command.receipts.map(outpointOf));
      at(command.height).spends.push(...command.spends.map(spendKey));
    }
    if (command.kind === "chain-rescan") {
      for (const receipt of command.receipts) at(receipt.height).receipts.push(outpointOf(receipt));
      for (const spend of command.spends) at(spend.height).spends.push(spendKey(spend));
    }
  });
  const all = [...byHeight.values()];
  return {
    receipts: new Set(all.flatMap(({ receipts }) => receipts)),
    spends: new Set(all.flatMap(({ spends }) => spends)),
  };
};

/**
 * Looks through blocks once. What is found on the way is watched for its spending, its addresses are made known, and further
 * ones are watched: `since` is the last height at which there were such, and blocks up to it must be looked through again.
 */
const search = async (
  hub: Rescanned,
  chainWatch: ChainWatch,
  [from, to]: readonly [number, number],
  log: Logger,
): Promise<Found & { since: number }> => {
  const receipts: FoundReceipt[] = [];
  const spends: FoundSpend[] = [];
  let since = 0;
  for await (const { height, raw } of blocksBetween(hub.node, from, to)) {
    const scan = scanBlock(raw, chainWatch.watch());
    chainWatch.received(scan.receipts);
    claimStrays(hub, chainWatch, scan.receipts);
    if (chainWatch.reachFar()) since = height;
    for (const receipt of scan.receipts) receipts.push({ ...asReceipt(receipt), height });
    // After the block itself, which was followed before.
    tellConflicts(hub.sequencer, scan.spends, height);
    for (const spend of scan.spends)
      if (!ofAttached(hub.sequencer.state, spend)) spends.push({ ...spend, height });
    if ((height - from) % TELL_EVERY === TELL_EVERY - 1) log.warn({ height, to }, "rescanning");
  }
  return { receipts, spends, since };
};

/** As often as there are addresses that the blocks before were not searched for. */
const searchAll = async (
  hub: Rescanned,
  chainWatch: ChainWatch,
  from: number,
  log: Logger,
): Promise<Found> => {
  let found = await search(hub, chainWatch, [from, tip(hub.sequencer.state.chain)!.height], log);
  while (found.since > from) {
    const { receipts, spends, since } = found;
    const again = await search(hub, chainWatch, [from, since], log);
    found = {
      receipts: [...again.receipts, ...receipts.filter(({ height }) => height > since)],
      spends: [...again.spends, ...spends.filter(({ height }) => height > since)],
      since: again.since,
    };
  }
  return found;
};

/** In chain order; what is of one block stays together. */
const inEntries = ({ receipts, spends }: Found): Found[] => {
  const heights = [...new Set([...receipts, ...spends].map(({ height }) => height))].sort((a, b) => a - b);
  const entries: { receipts: FoundReceipt[]; spends: FoundSpend[] }[] = [];
  let [r, s] = [0, 0];
  for (const height of heights) {
    let entry = entries.at(-1);
    if (entry === undefined || entry.receipts.length + entry.spends.length >= MOST_IN_ENTRY) {
      entry = { receipts: [], spends: [] };
      entries.push(entry);
    }
    for (; receipts[r]?.height === height; r++) entry.receipts.push(receipts[r]!);
    for (; spends[s]?.height === height; s++) entry.spends.push(spends[s]!);
  }
  return entries;
};

/** Journals what of it no command told of. */
const tellMissing = async (
  hub: Rescanned,
  journal: Journal,
  found: Found,
): Promise<{ receipts: number; spends: number }> => {
  await hub.sequencer.durable();
  const told = await toldBefore(journal);
  const receipts = found.receipts.filter((receipt) => !told.receipts.has(outpointOf(receipt)));
  const spends = found.spends.filter((spend) => !told.spends.has(spendKey(spend)));
  for (const entry of inEntries({ receipts, spends })) hub.sequencer.run({ kind: "chain-rescan", ...entry });
  return { receipts: receipts.length, spends: spends.length };
};

/**
 * Looks through all blocks from a height on for what no command told of: money to addresses that the journal did not know,
 * as after a restore from an older backup or from the phrase. What is known already changes nothing. No call may be answered
 * until it is over: an address could be given out that somebody else has already.
 *
 * Rejects with the BitcoinError of a node that cannot be reached from the beginning, or no longer.
 */
export const rescan = async (
  hub: Rescanned,
  chainWatch: ChainWatch,
  journal: Journal,
  from: number,
  log: Logger,
): Promise<void> => {
  await lookAtNode(hub);
  chainWatch.reachFar();
  await beginChain(hub, from);
  for (let tries = 1; ; tries++) {
    try {
      await followBlocks(hub, chainWatch, log);
      const missing = await tellMissing(hub, journal, await searchAll(hub, chainWatch, from, log));
      resumeSigned(hub, log);
      log.warn({ from, ...missing }, "the rescan is done: so many were not known before");
      return;
    } catch (error) {
      const passes = isBitcoinError(error, "chain_moved") || isBitcoinError(error, "node_unreachable");
      if (!passes || tries === TRIES) throw error;
      log.warn({ err: error }, "the rescan begins anew");
      await new Promise((resolve) => setTimeout(resolve, TRY_AGAIN_MS));
    }
  }
};
