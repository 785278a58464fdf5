import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openWallet, seedFromPhrase, type Wallet, type WalletAddress } from "@coinholder/bitcoin";
import { dump, isRefused, type Stamped } from "@coinholder/engine";
import {
  assemble,
  DEFAULT_OPTIONS,
  type Hub,
  type HubConfig,
  makeClosers,
  openHistory,
  type Parts,
  paths,
  readConfig,
  recovering,
} from "@coinholder/hub";
import { type Journal, openJournal, recoverAt, type Store, textOfLines } from "@coinholder/journal";
import type { Disk } from "./disk.ts";
import { keeperOf } from "./history.ts";
import type { SimNode } from "./node.ts";
import type { Plant } from "./plants.ts";

type Server = Parameters<Parts["listen"]>[0];

/** Who is told what a life of the hub decides. */
export interface Observer {
  /** A command was accepted and given its number. */
  readonly accepted: (seq: number, entry: string) => void;
  /** A command came to nothing: refused with a code, or repeated. */
  readonly nothing: (command: Stamped, code: string) => void;
  /** The hub wrote an error into its log. */
  readonly complained: (what: string, error: unknown) => void;
}

/** One life of the hub, from its start to its stop or to the death of its machine. */
export interface Life {
  alive: boolean;
  /** Undefined until it has started. */
  hub: Hub | undefined;
  server: Server | undefined;
  /** What the hub said when it could not go on. */
  fatal: unknown;
  /** Resolves when it takes calls; rejects with what was in the way. Never, if the machine dies meanwhile. */
  readonly started: Promise<void>;
  /** The orderly way. */
  readonly stop: () => Promise<void>;
  /** Of a dead one: gives back what this process has opened for it. */
  readonly release: () => void;
}

/** What outlives the hub's lives. */
export interface Machine {
  readonly root: string;
  readonly disk: Disk;
  readonly node: SimNode;
  readonly wallet: Wallet;
  readonly plant: Plant;
  /** The data folder of the life that is. */
  data: string;
  lives: number;
  life: Life | undefined;
}

/** The hub's wallet in every simulation: deriving addresses is most of what a start costs, and they are always the same. */
const PHRASE =
  "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";
const derived = new Map<string, WalletAddress>();
export const simWallet = (): Wallet => {
  const wallet = openWallet(seedFromPhrase(PHRASE, "regtest"));
  return {
    ...wallet,
    address: (branch, index, type = "p2wpkh") => {
      const key = `${branch} ${index} ${type}`;
      const had = derived.get(key);
      if (had) return had;
      const made = wallet.address(branch, index, type);
      derived.set(key, made);
      return made;
    },
  };
};

/** Often enough that machines die while one is written, and most lives begin with one. */
const SNAPSHOT_EVERY = 25;

/** As the thread does that makes the text of snapshots: see the hub's snapshot-thread.ts. */
const textBeside = (store: Store, key: Uint8Array): NonNullable<Parts["snapshotText"]> =>
  async function* (head, signal) {
    const into = recovering();
    await recoverAt(store, { head, key }, into);
    signal.throwIfAborted();
    yield* textOfLines(dump(into.state()));
  };

/** Argon2 is slow on purpose, and in threads of its own. */
const passwords: Parts["passwords"] = {
  hash: async (password, salt = "") => createHash("sha256").update(`${salt} ${password}`).digest("base64"),
};

const quiet = (complained: Observer["complained"]): Parts["log"] => {
  const nothing = (): void => {};
  // Without an error it is an alarm: how the world is, not what the hub did wrong.
  const error = (told: { err?: unknown }, what: string): void => {
    if (told.err !== undefined) complained(what, told.err);
  };
  // No crash damages a snapshot, as long as the disk does as it is told.
  const warn = (told: { reason?: string }, what: string): void => {
    if (what.startsWith("a snapshot is passed over")) complained(what, new Error(told.reason));
  };
  return { trace: nothing, debug: nothing, info: nothing, warn, error, fatal: error } as never;
};

export const newMachine = (
  root: string,
  disk: Disk,
  node: SimNode,
  config: object,
  plant: Plant,
): Machine => {
  const data = join(root, "life-0");
  mkdirSync(data, { recursive: true });
  writeFileSync(join(root, "config.json"), JSON.stringify(config));
  return { root, disk, node, wallet: simWallet(), plant, data, lives: 0, life: undefined };
};

/** The process is killed, perhaps since the power goes: nothing of this life is ever written or heard again. What its files were is what the next one finds. */
export const die = (machine: Machine): void => {
  const { life, data, root } = machine;
  if (!life?.alive) return;
  life.alive = false;
  const next = join(root, `life-${machine.lives}`);
  // What still runs of it writes into files that nobody reads.
  cpSync(data, next, { recursive: true });
  machine.data = next;
  machine.disk.settle();
};

/** Opens what the hub stands on, and starts it. */
export const startLife = (machine: Machine, observer: Observer): Life => {
  const { disk, node, root, plant } = machine;
  const closers = makeClosers();
  const files: (() => void)[] = [];
  machine.lives++;

  const start = async (): Promise<void> => {
    const { wallet, data } = machine;
    const config: HubConfig = readConfig(join(root, "config.json"), "regtest");
    const key = wallet.deriveKey("journal");
    const store = disk.store(life, () => die(machine));
    const journal = await openJournal(store, { key });
    closers.add(() => journal.close());
    mkdirSync(paths(data).history, { recursive: true });
    const history = await openHistory(
      paths(data).history,
      journal.lastSeq,
      keeperOf(life, (close) => files.push(close)),
    );
    closers.add(() => history.close());
    // A machine can die while the hub stops: what that has closed must stay so, its number may be another file's by then.
    let signerIsClosed = false;
    closers.add(() => {
      signerIsClosed = true;
    });
    const hub = await assemble(
      {
        options: { ...DEFAULT_OPTIONS, data, trustProxy: "127.0.0.1" },
        config,
        node: node.seenBy(life),
        wallet,
        journal: watched(plant.journal?.(journal) ?? journal, observer, life),
        faucet: undefined,
        room: { isFull: () => false, isLow: () => false, freeBytes: () => undefined },
        history: plant.history?.(history) ?? history,
        passwords,
        // Every other life has its snapshots made beside it, out of what is on the disk.
        ...(machine.lives % 2 === 0 ? { snapshotText: textBeside(store, key) } : {}),
        snapshotEvery: SNAPSHOT_EVERY,
        log: quiet((what, error) => life.alive && observer.complained(what, error)),
        listen: async (server) => {
          await server.ready();
          life.server = server;
          return "http://hub.sim";
        },
        fatal: (error) => {
          life.fatal ??= error ?? new Error("fatal");
        },
      },
      closers,
    );
    plant.hub?.(hub);
    watchRefusals(hub, observer, life);
    files.push(() => {
      if (!signerIsClosed) hub.signer.close();
    });
    life.hub = hub;
  };

  const life: Life = {
    alive: true,
    hub: undefined,
    server: undefined,
    fatal: undefined,
    started: Promise.resolve().then(start),
    stop: async () => {
      await closers.close();
      files.length = 0;
    },
    release: () => {
      // What was stopped in good order has closed them itself.
      for (const close of files.splice(0)) close();
      life.hub = undefined;
    },
  };
  machine.life = life;
  return life;
};

const watched = (journal: Journal, { accepted }: Observer, life: Life): Journal =>
  Object.assign(Object.create(journal) as Journal, {
    append: (entry: string) => {
      const seq = journal.append(entry);
      if (life.alive) accepted(seq, entry);
      return seq;
    },
  });

const watchRefusals = ({ sequencer }: Hub, { nothing }: Observer, life: Life): void => {
  const { run, now } = sequencer;
  (sequencer as { run: typeof run }).run = (command) => {
    const t = now();
    const outcome = run(command);
    const code = isRefused(outcome) ? outcome.refused.code : "repeated" in outcome ? "repeated" : undefined;
    if (code !== undefined && life.alive) nothing({ ...command, t } as Stamped, code);
    return outcome;
  };
};

/** History is taken away, as an operator may do between two lives. */
export const loseHistory = ({ data }: Machine): void =>
  rmSync(paths(data).history, { recursive: true, force: true });

/** An older one is put in its place: that of the life before, as it was when that ended. */
export const restoreHistory = (machine: Machine): void => {
  const older = paths(join(machine.root, `life-${machine.lives - 1}`)).history;
  if (machine.lives < 2 || !existsSync(older)) return;
  loseHistory(machine);
  cpSync(older, paths(machine.data).history, { recursive: true });
};

export const operatorKey = ({ data }: Machine) => {
  const { account, authkey } = JSON.parse(readFileSync(paths(data).operatorAuthkey, "utf8"));
  return { account: account as string, token: authkey.token as string, key: authkey.key as string };
};
