import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type PostgresServer, startPostgres } from "@coinholder/journal/testing";

const CLIENTS = [8, 16, 32, 64];
/** 100,000 accounts and a branch each: more branches than clients, or these would wait for one another. */
const SCALE = 64;
const SECONDS = 5;

/** A PostgreSQL server on the disk that TMPDIR names, with `pgbench` against it. */
export interface Tpcb {
  /** The client count with which it did most, and how many transactions a second that were. */
  readonly best: { readonly clients: number; readonly rate: number };
  /** Transactions a second at the best client count, measured once more. */
  readonly rate: () => Promise<number>;
  readonly end: () => Promise<void>;
}

const run = promisify(execFile);

/** Undefined where this machine has no pgbench or no server to start. */
export const startTpcb = async (say: (what: string) => void): Promise<Tpcb | undefined> => {
  const server = await startServer(say);
  if (!server) return undefined;
  try {
    const url = await server.database();
    say(`pgbench: ${SCALE} branches`);
    await run("pgbench", ["--initialize", "--quiet", `--scale=${SCALE}`, url]);
    const rateAt = async (clients: number): Promise<number> => {
      const flags = [
        "--builtin=tpcb-like",
        "--no-vacuum",
        `--client=${clients}`,
        "--jobs=2",
        `--time=${SECONDS}`,
      ];
      const { stdout } = await run("pgbench", [...flags, url]);
      return Number(/^tps = ([0-9.]+)/m.exec(stdout)![1]);
    };
    let best = { clients: 0, rate: 0 };
    for (const clients of CLIENTS) {
      const rate = await rateAt(clients);
      say(`pgbench with ${clients} clients: ${Math.round(rate)} transactions/s`);
      if (rate > best.rate) best = { clients, rate };
    }
    return { best, rate: () => rateAt(best.clients), end: server.end };
  } catch (error) {
    await server.end();
    throw error;
  }
};

/** As it comes, which means that a commit is synced, but with memory for all pages and room for the clients. */
const startServer = async (say: (what: string) => void): Promise<PostgresServer | undefined> => {
  try {
    await run("pgbench", ["--version"]);
    return await startPostgres({
      settings: ["shared_buffers=1GB", "max_connections=100", "max_wal_size=4GB"],
    });
  } catch (error) {
    say(`the yardstick is missing: ${error instanceof Error ? error.message : error}`);
    return undefined;
  }
};
