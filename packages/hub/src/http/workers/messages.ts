import type { Entered } from "../door.ts";
import type { Tls } from "../listener.ts";

/** What a worker is started with. */
export interface WorkerOptions extends Tls {
  readonly trustProxy?: string | undefined;
  /** Unix socket where the hub's own server answers all that is no call. */
  readonly hub: string;
  /** Folder for the worker's own socket. */
  readonly folder: string;
}

/** A call's number, of those under way in its worker. */
export type CallId = number;

/** What a worker tells the hub, a line for each turn of its event loop. */
export interface ToHub {
  /** How many of the connections handed to it, in their order, it has taken. */
  taken: number;
  /** Parameters as name and value. */
  readonly calls: (readonly [
    id: CallId,
    fn: Entered["fn"],
    source: string,
    pairs: readonly (readonly [string, unknown])[],
    by: Entered["by"] | null,
  ])[];
  /** Tokens of keys that it does not know. */
  readonly unknown: string[];
  /** What it refused itself. */
  readonly refused: (readonly [fn: string, code: string])[];
}

export interface ToWorker {
  readonly answers: (readonly [id: CallId, status: number, body: unknown])[];
  /** In base64; null where there is no such key. */
  readonly secrets: (readonly [token: string, secret: string | null])[];
}

/** Over the process's own channel: a connection comes with `connection`. */
export type Control = "connection" | "stop";
