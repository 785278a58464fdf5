import { connect, isIP, type Socket } from "node:net";
import postgres from "postgres";
import type { Address } from "./address.ts";
import { type Failure, toFailure } from "./failure.ts";

export type Value = string | number | null;
export type Rows<Row> = readonly Row[] & {
  /** How many rows a statement wrote. */
  readonly count: number;
};

/** One connection to the server. Statements are carried out in order; after a lost connection it is of no use any more. */
export type Session = {
  /** One statement, its parameters `$1`, `$2`…; BIGINT comes back as a number. Rejects with `Failure`. */
  query<Row>(text: string, ...parameters: Value[]): Promise<Rows<Row>>;
  /** All of it or nothing. Nobody else may use the session meanwhile. */
  transaction<T>(work: () => Promise<T>): Promise<T>;
  /** Hangs up at once: what is under way is rejected as lost. */
  destroy(): void;
  /** Says good-bye. */
  end(): Promise<void>;
};

/** A number as it is; what is beyond exactness is for the reader to notice, by the hash or the column's limits. */
const bigint = { to: 20, from: [20], serialize: String, parse: Number };

/** Nothing happens before the first statement. */
export function startSession(address: Address): Session {
  let socket: Socket | undefined;
  let destroyed = false;
  let lost: Failure | undefined;
  const { host, port, socketFolder, user, password, database, tls } = address;

  /** A socket of our own, so that it can be dropped whatever state it is in. */
  const openSocket = (): Promise<Socket> =>
    new Promise((resolve, reject) => {
      // The driver would connect again by itself: what was set and looked at in this session would be gone unnoticed.
      if (socket || destroyed)
        return reject(Object.assign(new Error("the connection was closed"), { code: "CONNECTION_CLOSED" }));
      const opening =
        socketFolder === undefined ? connect(port, host) : connect(`${socketFolder}/.s.PGSQL.${port}`);
      socket = opening;
      opening.setNoDelay(true).setKeepAlive(true, 10_000);
      opening.once("error", reject).once("connect", () => {
        opening.removeListener("error", reject);
        if (destroyed) opening.destroy();
        resolve(opening);
      });
    });

  const known = { user, password, database };
  const given = Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
  const options = {
    ...given,
    host,
    port,
    socket: openSocket,
    ssl: tls && { ...tls, host, ...(isIP(host) ? {} : { servername: host }) },
    max: 1,
    max_lifetime: null,
    connect_timeout: 10,
    fetch_types: false,
    types: { bigint },
    connection: {
      application_name: "coinholder",
      // A commit waits for the server's disk, whatever is usual there.
      synchronous_commit: "on",
      // Ours to decide when to give up: a statement cut off by a limit of the role's is nothing that we could mend.
      statement_timeout: "0",
    },
    onnotice: () => {},
  };
  // (Its types do not know `socket` without `path`.)
  const sql = postgres(options as unknown as postgres.Options<Record<string, postgres.PostgresType>>);

  const query = async <Row>(text: string, ...parameters: Value[]): Promise<Rows<Row>> => {
    if (lost) throw lost;
    try {
      return (await sql.unsafe(text, parameters, { prepare: parameters.length > 0 })) as unknown as Rows<Row>;
    } catch (error) {
      const failure = toFailure(error, address);
      // The driver would leave a statement waiting for a connection that is not made again.
      if (failure.isLost) lost = failure;
      throw failure;
    }
  };

  const destroy = (): void => {
    destroyed = true;
    void sql.end({ timeout: 0 });
    socket?.destroy();
  };

  return {
    query,
    async transaction(work) {
      await query("BEGIN");
      try {
        const result = await work();
        await query("COMMIT");
        return result;
      } catch (error) {
        await query("ROLLBACK").catch(() => {}); // Where it is lost the server does so itself.
        throw error;
      }
    },
    destroy,
    async end() {
      const late = setTimeout(destroy, 2000);
      await sql.end();
      clearTimeout(late);
    },
  };
}
