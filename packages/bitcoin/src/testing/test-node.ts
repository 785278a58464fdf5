import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readHeader } from "../chain/block.ts";
import { callNode } from "./call.ts";
import { freePort, type Guarded } from "./guarded.ts";
import { type Line, openLine } from "./line.ts";
import { type Miner, makeMiner } from "./miner.ts";
import { openPurse, type Payment, type Purse } from "./purse.ts";
import { type BlockCache, recount } from "./recount.ts";

export type NodeKind = "devchain" | "btcd" | "bitcoind";

/** A Bitcoin node of a test's own, on regtest, as a process of its own. */
export interface TestNode extends Miner, Purse {
  readonly kind: NodeKind;
  readonly network: "regtest";
  /** Where a hub finds it, through the line: "http://127.0.0.1:port", the same after a restart. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  /** The same with user and password in it, as `--bitcoin-rpc` takes it. */
  readonly rpcUrl: string;
  /** Where the node writes one (Bitcoin Core). */
  readonly cookieFile: string | undefined;
  readonly line: Line;
  /** A call that does not go over the line. Throws NodeRefusal. */
  readonly rpc: <T = unknown>(method: string, ...params: unknown[]) => Promise<T>;
  /** Its transaction's id; throws NodeRefusal. */
  readonly send: (raw: string) => Promise<string>;
  /** Pays to an address and sends; it waits in the mempool. */
  readonly fund: (address: string, sats: number) => Promise<Payment>;
  readonly mempool: () => Promise<string[]>;
  readonly height: () => Promise<number>;
  /** What its chain says is unspent on these addresses and was made above that height: satoshi by "txid:vout". */
  readonly unspentOf: (addresses: Iterable<string>, above: number) => Promise<Map<string, number>>;
  /** SIGKILL. */
  readonly kill: () => Promise<void>;
  /**
   * Stops it if it runs, and starts it. Its mempool is empty; blocks that it lost by being killed are given to it again, as
   * peers would, while the line is cut. With `upTo` it begins with an empty folder and has the blocks to that height only.
   */
  readonly restart: (as?: { upTo: number }) => Promise<void>;
  /** Gives it the blocks that `restart` held back. */
  readonly catchUp: () => Promise<void>;
  /** Ends it, the line too, and removes its files. */
  readonly stop: () => Promise<void>;
}

/** What differs between programs. */
export interface Program {
  readonly kind: NodeKind;
  readonly user: string;
  readonly password: string;
  readonly start: (folder: string, port: number) => Guarded;
  readonly cookieFile?: (folder: string) => string;
  /** Blocks enough to have coins, and all rules of today. */
  readonly premine: (rpc: TestNode["rpc"]) => Promise<void>;
}

interface Block {
  readonly hash: string;
  readonly prevHash: string;
  readonly raw: string;
}

const READY_WITHIN_MS = 60_000;
const ASK_EVERY_MS = 25;

export const startTestNode = async (program: Program): Promise<TestNode> => {
  const { kind, user, password } = program;
  const folder = mkdtempSync(join(tmpdir(), `coinholder-${kind}-`));
  const port = await freePort();
  const direct = `http://127.0.0.1:${port}/`;
  const rpc = <T>(method: string, ...params: unknown[]): Promise<T> =>
    callNode<T>(direct, `${user}:${password}`, method, params);

  const start = async (): Promise<Guarded> => {
    const running = program.start(folder, port);
    const end = Date.now() + READY_WITHIN_MS;
    for (;;) {
      try {
        await rpc("getblockcount");
        return running;
      } catch (error) {
        const printed = running.ended();
        if (printed !== undefined) throw new Error(`${kind} did not start: ${printed}`);
        if (Date.now() > end) {
          await running.kill();
          throw new Error(`${kind} does not answer`, { cause: error });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  };

  let running = await start();
  await program.premine(rpc);
  const cache: BlockCache = new Map();
  const line = await openLine(() => direct);
  const purse = openPurse(rpc);
  const send = (raw: string): Promise<string> => rpc<string>("sendrawtransaction", raw);

  /** Its active chain from height 1 on: what its peers would have. */
  let blocks: Block[] = [];
  const known = new Map<string, Block>();
  const blockOf = async (hash: string): Promise<Block> => {
    const raw = await rpc<string>("getblock", hash, 0);
    const { prevHash } = readHeader(Buffer.from(raw, "hex"));
    const block = { hash, prevHash, raw };
    known.set(hash, block);
    return block;
  };
  const rememberBlocks = async (): Promise<void> => {
    const chain: Block[] = [];
    const first = await rpc<string>("getblockhash", 0);
    for (let hash = await rpc<string>("getbestblockhash"); hash !== first; ) {
      const block = known.get(hash) ?? (await blockOf(hash));
      chain.push(block);
      hash = block.prevHash;
    }
    blocks = chain.reverse();
  };
  /** How many of them, from the first on, are its active chain. */
  const countOfThere = async (): Promise<number> => {
    let count = Math.min(await rpc<number>("getblockcount"), blocks.length);
    while (count > 0 && (await rpc<string>("getblockhash", count)) !== blocks[count - 1]!.hash) count--;
    return count;
  };
  const giveBlocks = async (upTo: number): Promise<void> => {
    for (const { raw } of blocks.slice(await countOfThere(), upTo)) await rpc("submitblock", raw);
  };
  const isGone = (): boolean => running.ended() !== undefined;
  const kill = async (): Promise<void> => {
    if (isGone()) return;
    await rememberBlocks();
    await running.kill();
  };
  const restart = async ({ upTo }: { upTo?: number } = {}): Promise<void> => {
    const wasCut = line.isCut();
    line.cut();
    if (upTo !== undefined) {
      await kill();
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
    } else if (!isGone()) {
      await rememberBlocks();
      await running.stop();
    }
    running = await start();
    await giveBlocks(upTo ?? blocks.length);
    if (!wasCut) line.mend();
  };

  return {
    kind,
    network: "regtest",
    url: line.url,
    user,
    password,
    rpcUrl: line.url.replace("//", `//${user}:${encodeURIComponent(password)}@`),
    cookieFile: program.cookieFile?.(folder),
    line,
    rpc,
    ...makeMiner(rpc),
    ...purse,
    send,
    fund: async (address, sats) => {
      const payment = await purse.pay([[address, sats]]);
      await send(payment.raw);
      return payment;
    },
    mempool: () => rpc<string[]>("getrawmempool"),
    height: () => rpc<number>("getblockcount"),
    unspentOf: (addresses, above) => recount(rpc, addresses, above, cache),
    kill,
    restart,
    catchUp: () => giveBlocks(blocks.length),
    stop: async () => {
      await line.close();
      await running.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
