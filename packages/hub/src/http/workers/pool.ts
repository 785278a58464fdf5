import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Logger } from "pino";
import type { Inside } from "../inside.ts";
import type { Tls } from "../listener.ts";
import { gathering, onLines } from "./lines.ts";
import type { Control, ToHub, ToWorker, WorkerOptions } from "./messages.ts";

/** Worker processes between the callers and the hub. */
export interface Pool {
  /** Where the hub's own server has to listen. */
  readonly inner: string;
  /** Takes connections; answers the port. */
  readonly listen: (port: number, host: string) => Promise<number>;
  /** Takes no more, has the calls under way answered, and ends the workers. */
  readonly close: () => Promise<void>;
}

export interface PoolOptions extends Tls {
  readonly count: number;
  readonly trustProxy?: string | undefined;
}

/** After which a worker that ended is replaced, in ms: one that cannot even start must not keep the machine busy. */
const REPLACED_AFTER_MS = 200;
/** How long a worker may take to end, in ms: longer than calls under way may. */
const END_MS = 12_000;
/** Connections that wait while there is no worker; more are refused. */
const MOST_WAITING = 1_000;
/** Of a request little lives on: with more room for the young, most of it is gone before it is looked at. In MB. */
const YOUNG_ROOM = ["--max-semi-space-size=32"];

const PROGRAM = fileURLToPath(new URL("./worker.js", import.meta.url));

/** A worker process, and the connections that it was given and has not taken yet. */
interface Worker {
  readonly child: ChildProcess;
  readonly given: Socket[];
}

const tellWorker = ({ child }: Worker, control: Control, connection?: Socket): void => {
  // Kept open here, too, until it is taken: those on their way to a worker that ends would be nobody's, and their callers would
  // wait for ever. (That it cannot be told is no more than that: it has ended.)
  child.send(control, connection, { keepOpen: true }, () => {});
};

const serve = ({ child, given }: Worker, inside: Inside): void => {
  const pipe = child.stdio[4] as Duplex;
  const tell = gathering<ToWorker>(pipe, () => ({ answers: [], secrets: [] }));
  onLines<ToHub>(pipe, ({ taken, calls, unknown, refused }) => {
    // They live on in the worker.
    for (const connection of given.splice(0, taken)) connection.destroy();
    for (const [fn, code] of refused) inside.count(fn, code);
    for (const token of unknown)
      inside.tellSecret(token, (secret) => tell().secrets.push([token, secret ?? null]));
    for (const [id, fn, source, pairs, by] of calls)
      inside.answer({ fn, source, pairs: new Map(pairs), by: by ?? undefined }, ({ status, body }) =>
        tell().answers.push([id, status, body]),
      );
  });
  // Of a worker that was killed: its end is what counts.
  pipe.on("error", () => {});
};

export const makePool = async (
  { count, trustProxy, tlsCert, tlsKey }: PoolOptions,
  inside: Inside,
  log: Logger,
): Promise<Pool> => {
  // Short, as paths of Unix sockets must be; nobody else may reach what is in it.
  const folder = mkdtempSync(join(tmpdir(), "coinholder-"));
  const inner = join(folder, "hub");
  const options: WorkerOptions = { trustProxy, tlsCert, tlsKey, hub: inner, folder };
  const workers = new Set<Worker>();
  const ready: Worker[] = [];
  const waiting: Socket[] = [];
  let next = 0;
  let stopping = false;

  const handOn = (connection: Socket): void => {
    connection.on("error", () => {});
    const worker = ready[next++ % ready.length];
    if (worker) {
      worker.given.push(connection);
      tellWorker(worker, "connection", connection);
    } else if (!stopping && waiting.length < MOST_WAITING) waiting.push(connection);
    else connection.destroy();
  };

  const onEnd = (worker: Worker, how: { code: number | null; signal: string | null }): void => {
    workers.delete(worker);
    const at = ready.indexOf(worker);
    if (at >= 0) ready.splice(at, 1);
    for (const connection of worker.given.splice(0)) connection.destroy();
    if (stopping) return;
    log.error(how, "an HTTP worker has ended; its callers do not know what became of their calls");
    setTimeout(() => {
      if (!stopping) void start();
    }, REPLACED_AFTER_MS);
  };

  const start = async (): Promise<void> => {
    const child = fork(PROGRAM, [JSON.stringify(options)], {
      stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
      execArgv: YOUNG_ROOM,
      // Nothing of what the hub was told there, such as the wallet's passphrase.
      env: {},
    });
    const worker: Worker = { child, given: [] };
    workers.add(worker);
    serve(worker, inside);
    child.on("exit", (code, signal) => onEnd(worker, { code, signal }));
    child.on("error", (error) => log.error({ err: error }, "an HTTP worker"));
    await new Promise<void>((resolve) =>
      child.once("message", () => resolve()).once("exit", () => resolve()),
    );
    if (!workers.has(worker)) return;
    ready.push(worker);
    for (const connection of waiting.splice(0)) handOn(connection);
  };

  const server = createServer({ pauseOnConnect: true, noDelay: true, allowHalfOpen: true }, handOn);
  return {
    inner,
    listen: async (port, host) => {
      await Promise.all(Array.from({ length: count }, start));
      if (ready.length < count) throw new Error("the HTTP workers do not start");
      server.listen(port, host);
      await once(server, "listening");
      return (server.address() as AddressInfo).port;
    },
    close: async () => {
      stopping = true;
      server.close();
      for (const connection of waiting.splice(0)) connection.destroy();
      await Promise.all(
        [...workers].map(async (worker) => {
          const ended = once(worker.child, "exit");
          const late = setTimeout(() => worker.child.kill("SIGKILL"), END_MS);
          tellWorker(worker, "stop");
          await ended;
          clearTimeout(late);
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
};
