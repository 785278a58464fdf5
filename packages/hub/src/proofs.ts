import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import type { Wallet } from "@coinholder/bitcoin";
import {
  type Answer,
  type Proof,
  proofPath,
  type ReserveBatch,
  type ReservesStatement,
  reservesMessage,
  type TimeMs,
} from "@coinholder/protocol";
import { writePrivateFile } from "./data-folder.ts";
import { type Reserves, reservesOf, signReserves } from "./proofs-reserves.ts";
import { growTree, type Owed, owedBy, rootOf, type Tree } from "./proofs-tree.ts";
import type { Sequencer } from "./sequencer.ts";

/** What is kept of a published proof; the tree follows from it. */
interface Published {
  /** Hex; the accounts' salts come from it. */
  readonly secret: string;
  readonly t: TimeMs;
  readonly seq: number;
  readonly owed: Owed;
  readonly reserves: Omit<Reserves, "coins">;
  readonly batches: readonly ReserveBatch[];
}

type Told = Answer<"proof-root">;

/** The tree of balances that the hub published last, and its signatures for its coins. */
export interface Proofs {
  readonly last: () => Told | undefined;
  /** Undefined for an account that came later. */
  readonly of: (account: string) => Proof | undefined;
  /** Counted from 1. */
  readonly batch: (number: number) => Answer<"proof-of-reserves"> | undefined;
  /** While one is being made, answers the same one. */
  readonly publish: (sequencer: Sequencer, wallet: Wallet, seq: number) => Promise<Told>;
  /** Gives up what is being made, within a second: it rejects (`hub_stopping`) before this resolves, and is not published. */
  readonly close: () => Promise<void>;
}

interface Whole {
  readonly published: Published;
  readonly tree: Tree;
  readonly told: Told;
}

const statementOf = (reserves: Omit<Reserves, "coins">, tree: Tree): ReservesStatement => {
  const { network, height, hash } = reserves;
  const { hash: root, sums } = rootOf(tree);
  return { network, height, hash, root, owed: sums.BTC ?? 0 };
};

const grow = async (published: Published, grown?: Tree): Promise<Whole> => {
  const { secret, t, seq, owed, reserves, batches } = published;
  const tree = grown ?? (await growTree(owed, secret));
  const coins = batches.flatMap((batch) => batch.coins);
  const { root: _, ...statement } = statementOf(reserves, tree);
  const told: Told = {
    root: rootOf(tree),
    t,
    journal_seq: seq,
    accounts: tree.leaves.length,
    reserves: {
      ...statement,
      network: statement.network as Told["reserves"]["network"],
      amount: coins.reduce((sum, { amount }) => sum + amount, 0),
      coins: coins.length,
      batches: batches.length,
      cold: reserves.cold,
    },
  };
  return { published, tree, told };
};

/** @param path where the last published proof is kept */
export const openProofs = async (path: string): Promise<Proofs> => {
  let last = existsSync(path) ? await grow(JSON.parse(readFileSync(path, "utf8")) as Published) : undefined;
  let closed = false;
  const goOn = (): void => {
    if (closed) throw Object.assign(new Error("the hub is being stopped"), { code: "hub_stopping" });
  };

  const make = async ({ state, durable, now }: Sequencer, wallet: Wallet, seq: number): Promise<Told> => {
    // Of one moment: nothing may be waited for between these.
    const t = now();
    const owed = owedBy(state);
    const { coins, ...reserves } = reservesOf(state);
    await durable();
    const secret = randomBytes(32).toString("hex");
    const tree = await growTree(owed, secret, goOn);
    const batches = await signReserves(coins, statementOf(reserves, tree), state, wallet, goOn);
    goOn();
    const published: Published = { secret, t, seq, owed, reserves, batches };
    writePrivateFile(path, JSON.stringify(published));
    last = await grow(published, tree);
    return last.told;
  };
  let underWay: Promise<Told> | undefined;

  return {
    last: () => last?.told,
    of: (account) => {
      const place = last?.tree.places.get(account);
      return place === undefined
        ? undefined
        : { leaf: last!.tree.leaves[place]!, path: proofPath(last!.tree.levels, place) };
    },
    batch: (number) => {
      const batch = last?.published.batches[number - 1];
      if (last === undefined || batch === undefined) return undefined;
      const { published, tree } = last;
      const statement = statementOf(published.reserves, tree);
      return {
        root: statement.root,
        batch: number,
        batches: published.batches.length,
        message: reservesMessage(statement),
        coins: batch.coins.map((coin) => ({ ...coin })),
        signature: batch.signature,
      };
    },
    publish: (sequencer, wallet, seq) => {
      underWay ??= make(sequencer, wallet, seq).finally(() => {
        underWay = undefined;
      });
      return underWay;
    },
    close: async () => {
      closed = true;
      await underWay?.catch(() => {}); // Who asked for it is told.
    },
  };
};
