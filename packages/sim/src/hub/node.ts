import { rmSync } from "node:fs";
import { join } from "node:path";
import { BitcoinError, type BitcoinNode, nodeOver } from "@coinholder/bitcoin";
import {
  answerRpc,
  closeDevchain,
  type Devchain,
  openDevchain,
  premine,
  rpcServer,
} from "@coinholder/bitcoin/devchain";
import { type Miner, makeMiner, openPurse, type Purse } from "@coinholder/bitcoin/testing";
import type { Prng } from "../prng.ts";

/**
 * How the node behaves: as it should; nobody is there; answers take seconds, some longer than the hub waits; it does what it is asked
 * and its answers get lost; it has more to do than it can.
 */
export type NodeMood = "well" | "away" | "slow" | "mute" | "busy";

/** The Bitcoin node: the development chain, in this process, behind the very client that speaks to real ones. */
export interface SimNode {
  mood: NodeMood;
  readonly dev: Devchain;
  readonly miner: Miner;
  readonly purse: Purse;
  readonly rpc: <T>(method: string, ...params: unknown[]) => Promise<T>;
  /** As one life of the hub sees it. */
  readonly seenBy: (life: { readonly alive: boolean }) => BitcoinNode;
  /** It comes back with its blocks and without its mempool. */
  readonly restart: () => void;
  readonly close: () => void;
}

/** How long the hub's client waits for an answer. */
const PATIENCE_MS = 30_000;
/** A new one each time: all that waits for it is forgotten with it. */
const never = (): Promise<never> => new Promise(() => {});
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** @param folder of the chain, which may have its first blocks already */
export const openSimNode = (folder: string, random: Prng): SimNode => {
  // Its own clock: nobody sets that one back.
  let latest = 0;
  const clock = (): number => {
    latest = Math.max(latest, Date.now());
    return latest;
  };
  let dev = openDevchain(folder, clock);
  premine(dev);
  let server = rpcServer(dev);
  const rpc = async <T>(method: string, ...params: unknown[]): Promise<T> => {
    const { body } = answerRpc(server, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
    const { result, error } = JSON.parse(body) as { result: T; error?: { message: string } };
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  };

  const unreachable = (): BitcoinError =>
    new BitcoinError("node_unreachable", "The node cannot be reached: simulated");

  const node: SimNode = {
    mood: "well",
    get dev() {
      return dev;
    },
    restart: () => {
      closeDevchain(dev);
      rmSync(join(folder, "mempool.log"), { force: true });
      dev = openDevchain(folder, clock);
      server = rpcServer(dev);
    },
    miner: makeMiner(rpc),
    purse: openPurse(rpc),
    rpc,
    seenBy: (life) => {
      const giveUp = new Set<() => void>();
      let closed = false;
      const ask = async (body: string): Promise<{ status: number; text: string }> => {
        const { mood } = node;
        if (mood === "away") {
          await wait(1);
          throw unreachable();
        }
        if (mood === "busy") return { status: 503, text: "Work queue depth exceeded" };
        await wait(mood === "slow" ? random.below(20_000) : random.below(3));
        if (!life.alive) await never();
        const { status, body: text } = answerRpc(server, body);
        const late =
          mood === "mute" && random.chance(0.5) ? PATIENCE_MS : mood === "slow" ? random.below(20_000) : 0;
        if (late > 0) await wait(Math.min(late, PATIENCE_MS));
        if (late >= PATIENCE_MS) throw unreachable();
        return { status, text };
      };
      const post = async (body: string): Promise<{ status: number; text: string }> => {
        if (!life.alive) return never();
        if (closed) throw unreachable();
        const answer = await new Promise<{ status: number; text: string }>((resolve, reject) => {
          const left = (): void => reject(unreachable());
          giveUp.add(left);
          ask(body)
            .then(resolve, reject)
            .finally(() => giveUp.delete(left));
        });
        return life.alive ? answer : never();
      };
      return nodeOver({
        post,
        close: () => {
          closed = true;
          for (const left of giveUp) left();
        },
      });
    },
    close: () => closeDevchain(dev),
  };
  return node;
};
