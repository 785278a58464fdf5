import { readFileSync } from "node:fs";
import type { ConnectionOptions } from "node:tls";
import { JournalError } from "../error.ts";

/** Where a PostgreSQL server is, and how to come in. */
export type Address = {
  readonly host: string;
  readonly port: number;
  /** Folder of the server's socket, instead of host and port. */
  readonly socketFolder: string | undefined;
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly database: string | undefined;
  /** False: in the clear. */
  readonly tls: false | ConnectionOptions;
  /** For people: host, port and database; never the password. */
  readonly shown: string;
};

const KNOWN = ["sslmode", "sslrootcert", "host"];
const MODES = ["disable", "require", "verify-ca", "verify-full"];

/**
 * Reads `postgres://user:password@host:port/database?sslmode=…`. What is wrong is told as `journal_unavailable`, without the
 * text, since a password may stand in it. What is left out is taken from PGUSER, PGPASSWORD, PGDATABASE.
 *
 * - `sslmode=disable`: in the clear. `require`: encrypted, to whoever answers. `verify-ca`: to who has a certificate of a
 *   known authority. `verify-full`: and it is that host's. Left out: `disable` on this machine, `verify-full` elsewhere.
 * - `sslrootcert=FILE`: the authority (PEM), instead of those that Node.js knows.
 * - `host=/FOLDER`: the server's socket in that folder.
 */
export function parseAddress(text: string): Address {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^postgres(?:ql)?:$/.test(url.protocol))
    throw wrong("is not an URL such as postgres://user:password@host:5432/database?sslmode=verify-full");
  const unknown = [...url.searchParams.keys()].find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) throw wrong(`has a parameter ${unknown}; those known are ${KNOWN.join(", ")}`);
  const socketFolder = url.searchParams.get("host") ?? undefined;
  if (socketFolder !== undefined && !socketFolder.startsWith("/"))
    throw wrong("has a host parameter that is not a folder");
  const host = decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, "$1") || "localhost";
  const port = url.port === "" ? 5432 : Number(url.port);
  const database = decodeURIComponent(url.pathname.slice(1)) || undefined;
  const place = socketFolder ?? (host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`);
  return {
    host,
    port,
    socketFolder,
    user: decodeURIComponent(url.username) || undefined,
    password: decodeURIComponent(url.password) || undefined,
    database,
    tls: socketFolder === undefined && tlsOf(url, host),
    shown: database === undefined ? place : `${place}/${database}`,
  };
}

const isLoopback = (host: string): boolean => host === "localhost" || host === "::1" || /^127\./.test(host);

function tlsOf(url: URL, host: string): false | ConnectionOptions {
  const mode = url.searchParams.get("sslmode") ?? (isLoopback(host) ? "disable" : "verify-full");
  const file = url.searchParams.get("sslrootcert");
  if (!MODES.includes(mode)) throw wrong(`has an sslmode other than ${MODES.join(", ")}`);
  if (mode === "disable") return false;
  const ca = file === null ? {} : { ca: readCertificate(file) };
  if (mode === "require" && file === null) return { rejectUnauthorized: false };
  // As in PostgreSQL's own programs, an authority that is named is asked for with `require`, too.
  if (mode !== "verify-full") return { ...ca, checkServerIdentity: () => undefined };
  return ca;
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw wrong(`names an sslrootcert that cannot be read: ${(error as NodeJS.ErrnoException).code}`);
  }
}

const wrong = (what: string): JournalError =>
  new JournalError("journal_unavailable", `the address of the PostgreSQL store ${what}`);
