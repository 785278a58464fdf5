import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  connectNode,
  newPhrase,
  nodeOptions,
  openSigner,
  openWallet,
  sats,
  seedFromPhrase,
} from "@coinholder/bitcoin";
import type { TestNode } from "@coinholder/bitcoin/testing";
import {
  availableOf,
  BTC,
  checkInvariants,
  emptyState,
  isRefused,
  openPayouts,
  type Payout,
} from "@coinholder/engine";
import { type Journal, openJournal, sqliteStore } from "@coinholder/journal";
import type { Amount } from "@coinholder/protocol";
import { pino } from "pino";
import { type HubConfig, readConfig } from "../config-file.ts";
import { newAccountId, newHmacKey, newToken } from "../ids.ts";
import { prepare } from "../prepare.ts";
import { replay } from "../recover.ts";
import { makeSequencer } from "../sequencer.ts";
import type { ChainHub } from "./chain-hub.ts";
import { makeLook } from "./follower.ts";
import { resumeSigned } from "./resume.ts";
import { firstView } from "./view.ts";
import { type ChainWatch, makeChainWatch } from "./watch.ts";

/** Somebody with an account, by what the engine knows of the caller. */
export interface Holder {
  readonly token: string;
  readonly account: string;
  readonly index: number;
}

/** The chain's side of a hub on a test's node, look by look in the test's hands; nothing else of a hub runs. */
export interface Bench {
  readonly node: TestNode;
  readonly hub: ChainHub;
  readonly journal: Journal;
  readonly data: string;
  readonly chainWatch: ChainWatch;
  /** One look at the node, as the follower makes it. */
  readonly look: () => Promise<boolean>;
  readonly holder: () => Holder;
  /** A new address of the holder's. */
  readonly address: (holder: Holder) => string;
  /** A holder whose payments came in one block, one to each of so many addresses. */
  readonly funded: (...amounts: number[]) => Promise<Holder>;
  /** Reserves a withdrawal; its number. */
  readonly withdraw: (holder: Holder, to: string, amount: number, more?: { pledged?: true }) => number;
  readonly available: (holder: Holder) => number;
  readonly open: () => Payout[];
  readonly check: () => void;
  /** As after kill -9 with all on the disk: opened anew from the files in `data`. */
  readonly reopen: (data?: string) => Promise<Bench>;
  readonly close: () => Promise<void>;
  readonly end: () => Promise<void>;
}

export interface BenchOptions {
  readonly fees?: Partial<HubConfig["fees"]>;
  readonly wallet?: Partial<HubConfig["wallet"]>;
  readonly bumpAfterBlocks?: number;
  readonly phrase?: string;
  readonly data?: string;
}

export const newBenchData = (): string => mkdtempSync(join(tmpdir(), "coinholder-chain-"));

const silent = pino({ level: "silent" });
const FEE = 300;

export const openBench = async (node: TestNode, options: BenchOptions = {}): Promise<Bench> => {
  const { phrase = newPhrase(), data = newBenchData() } = options;
  const plain = readConfig(undefined, "regtest");
  const config: HubConfig = {
    ...plain,
    fees: { ...plain.fees, ...options.fees },
    wallet: { ...plain.wallet, ...options.wallet },
    bumpAfterBlocks: options.bumpAfterBlocks ?? 1,
  };
  const wallet = openWallet(seedFromPhrase(phrase, "regtest"));
  const journal = await openJournal(sqliteStore(join(data, "journal")), { key: wallet.deriveKey("journal") });
  const state = emptyState();
  await journal.recover({
    loadSnapshot: async () => {},
    apply: (entry, seq) => {
      replay(state, entry, seq);
    },
  });
  const sequencer = makeSequencer(state, journal, Date.now, (error) => {
    throw error;
  });
  prepare(sequencer, config, "regtest", data);
  const signer = openSigner({
    wallet,
    path: join(data, "signer.log"),
    limits: {
      perDay: config.wallet.dailyLimit ?? sats(2e15),
      perPayout: config.wallet.payoutLimit ?? sats(2e15),
      feeRate: config.fees.ceiling,
    },
  });
  const rpc = connectNode(nodeOptions(node.rpcUrl));
  const hub: ChainHub = {
    config,
    sequencer,
    wallet,
    signer,
    node: rpc,
    chain: firstView("regtest", config.fees.fallback),
  };
  const chainWatch = makeChainWatch(state, wallet, config.wallet.addressType);
  resumeSigned(hub, silent);
  const look = makeLook(hub, chainWatch, silent);

  const run = (command: Parameters<typeof sequencer.run>[0]): Record<string, unknown> => {
    const outcome = sequencer.run(command);
    if (isRefused(outcome)) throw new Error(JSON.stringify(outcome));
    return (outcome as { answer: Record<string, unknown> }).answer;
  };
  const by = ({ token, account }: Holder, fn: string) => ({ token, account, fn });
  const holder = (): Holder => {
    const [id, token] = [newAccountId(), newToken()];
    run({ kind: "create-account", id, key: { token, type: "hmac-sha256", secret: newHmacKey() } });
    return { token, account: id, index: state.accounts.byId.get(id)!.index };
  };
  const address = (of: Holder): string => {
    const index = state.chain.nextReceive;
    const given = wallet.address("receive", index, config.wallet.addressType).address;
    run({ kind: "new-address", by: by(of, "new-btc-address"), address: given, index });
    return given;
  };
  const close = async (): Promise<void> => {
    rpc.close();
    signer.close();
    await journal.close();
  };
  return {
    node,
    hub,
    journal,
    data,
    chainWatch,
    look,
    holder,
    address,
    funded: async (...amounts) => {
      const made = holder();
      await look();
      const { raw } = await node.pay(amounts.map((amount) => [address(made), amount]));
      await node.mineWith([raw]);
      await look();
      return made;
    },
    withdraw: (of, to, amount, more = {}) => {
      const command = { kind: "send", by: by(of, "send-btc"), address: to, ...more } as const;
      return Number(run({ ...command, amount: amount as Amount, fee: FEE as Amount }).transfer);
    },
    available: ({ index }) => availableOf(state.ledger, index, BTC),
    open: () => openPayouts(state.chain),
    check: () => checkInvariants(state),
    reopen: async (from = data) => {
      await close();
      return openBench(node, { ...options, phrase, data: from });
    },
    close,
    end: async () => {
      await close();
      rmSync(data, { recursive: true, force: true });
    },
  };
};
