import { BitcoinError, followTip, mempoolChanges, scanBlock, type Watch } from "@coinholder/bitcoin";
import { outpointOf, type Receipt, tip } from "@coinholder/engine";
import { addressOfScript } from "@coinholder/protocol";
import type { Logger } from "pino";
import type { Hub } from "../hub.ts";
import { sendPayouts } from "./payouts.ts";

/** How often the node is asked. Its tip is the truth; nothing else is relied on. */
const POLL_MS = 1000;
/** On the development chain people watch: blocks come when they ask for them. */
const POLL_REGTEST_MS = 150;
const FEE_RATE_EVERY_MS = 30_000;
/** Satoshi per vbyte: whatever the node says, no more is paid. */
const HIGHEST_FEE_RATE = 500;

const P2WPKH_HEX_LENGTH = 44;

/** All addresses of the hub are P2WPKH (BIP-84); other scripts need no look. */
const makeWatch = ({ sequencer, wallet }: Hub): Watch => {
  const { chain } = sequencer.state;
  return {
    addressOf: (scriptHex) => {
      if (scriptHex.length !== P2WPKH_HEX_LENGTH || !scriptHex.startsWith("0014")) return undefined;
      const address = addressOfScript(Buffer.from(scriptHex, "hex"), wallet.network);
      return address !== undefined && chain.addresses.has(address) ? address : undefined;
    },
    isOurOutpoint: (outpoint) => chain.coins.has(outpoint),
  };
};

const asReceipt = ({
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

/** Brings the engine to the node's tip, one block a command. */
export const followBlocks = async (hub: Hub, watch: Watch): Promise<void> => {
  const { sequencer, node } = hub;
  const { chain } = sequencer.state;
  if (chain.recent.length === 0) {
    const { height, bestBlockHash } = await node.chainInfo();
    sequencer.run({ kind: "chain-begin", height, hash: bestBlockHash });
  }
  for await (const step of followTip(node, () => chain.recent)) {
    if (step.kind === "undo") {
      sequencer.run({ kind: "chain-undo", height: step.height, hash: step.hash });
      continue;
    }
    const { hash, prevHash, receipts, spends } = scanBlock(step.raw, watch);
    sequencer.run({
      kind: "chain-block",
      height: step.height,
      hash,
      prev: prevHash,
      receipts: receipts.map(asReceipt),
      spends,
    });
  }
};

/** Tells the engine what appeared in the mempool and what went from it. Answers which payouts are missing there. */
export const lookAtMempool = async (hub: Hub, watch: Watch, notOurs: Set<string>): Promise<Set<string>> => {
  const { sequencer, node } = hub;
  const { chain } = sequencer.state;
  const missing = new Set<string>();
  for (;;) {
    const waiting = [...chain.uncredited]
      .map((outpoint) => chain.deposits.get(outpoint)!)
      .filter(({ height }) => height === 0);
    const payouts = [...chain.payouts.values()]
      .filter((payout) => payout.height === 0)
      .map((payout) => payout.txid);
    const look = await mempoolChanges(node, watch, {
      seenBefore: new Set([...waiting.map((deposit) => deposit.txid), ...payouts]),
      knownTip: tip(chain)!.hash,
      notOurs,
    });
    const appeared = look.appeared
      .flatMap(({ receipts }) => receipts)
      .filter(
        (receipt) =>
          !chain.deposits.has(outpointOf(receipt)) && chain.addresses.get(receipt.address)!.account >= 0,
      )
      .map(asReceipt);
    const left = new Set(look.gone);
    const gone = waiting.filter((deposit) => left.has(deposit.txid)).map(outpointOf);
    if (appeared.length > 0 || gone.length > 0) sequencer.run({ kind: "chain-mempool", appeared, gone });
    for (const txid of payouts) if (left.has(txid)) missing.add(txid);
    if (look.remaining === 0 || look.tipMoved) return missing;
  }
};

const askFeeRate = async (hub: Hub): Promise<void> => {
  const perKvb = await hub.node.feeRate(6);
  const rate = perKvb === undefined ? hub.config.fallbackFeeRate : Math.ceil(perKvb / 1000);
  hub.chain.feeRate = Math.min(HIGHEST_FEE_RATE, Math.max(1, rate));
};

export interface Follower {
  /** Resolves when the look under way is over. */
  readonly close: () => Promise<void>;
}

/** Follows the node until closed: blocks, mempool, then what has to be paid. */
export const startFollower = (hub: Hub, log: Logger, onFatal: (error: unknown) => void): Follower => {
  const watch = makeWatch(hub);
  const notOurs = new Set<string>();
  const lastTry = new Map<number, number>();
  const pollMs = hub.wallet.network === "regtest" ? POLL_REGTEST_MS : POLL_MS;
  let closed = false;
  let wake = (): void => {};
  let feeRateAsked = 0;

  const look = async (): Promise<void> => {
    await followBlocks(hub, watch);
    const missing = await lookAtMempool(hub, watch, notOurs);
    if (Date.now() - feeRateAsked >= FEE_RATE_EVERY_MS) {
      await askFeeRate(hub);
      feeRateAsked = Date.now();
    }
    await sendPayouts(hub, missing, lastTry, log);
  };

  const loop = async (): Promise<void> => {
    /** What is the matter, told once and not at every look. */
    let trouble: string | undefined;
    while (!closed) {
      try {
        await look();
        if (trouble !== undefined) log.info("the bitcoin node is followed again");
        trouble = undefined;
        hub.chain.nodeReachable = true;
      } catch (error) {
        if (!(error instanceof BitcoinError)) throw error;
        if (trouble !== error.code)
          log.error({ code: error.code, err: error }, "the bitcoin node cannot be followed at the moment");
        trouble = error.code;
        hub.chain.nodeReachable = false;
      }
      if (closed) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pollMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  // Anything else than trouble with the node is our own bug: the sequencer has stopped, and the process must end.
  const running = loop().catch(onFatal);
  return {
    close: async () => {
      closed = true;
      wake();
      await running;
    },
  };
};
