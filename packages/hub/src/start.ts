import { existsSync } from "node:fs";
import { BrokenInvariant, inlineFurther } from "@coinholder/engine";
import type { FastifyInstance } from "fastify";
import { type Logger, pino } from "pino";
import type { Metrics } from "./alarms/metrics.ts";
import { assemble } from "./assemble.ts";
import { openNode } from "./chain/open-node.ts";
import { makeClosers } from "./closers.ts";
import { readConfig } from "./config-file.ts";
import { paths, privateFolder } from "./data-folder.ts";
import { watchDiskRoom } from "./disk-room.ts";
import { openHistory } from "./history/index.ts";
import type { Inside } from "./http/inside.ts";
import { makePasswords } from "./http/passwords.ts";
import { makePool } from "./http/workers/pool.ts";
import type { Hub } from "./hub.ts";
import { checkMtgoxMarket } from "./mtgox/market.ts";
import { createHubWallet, openHubWallet } from "./open-wallet.ts";
import type { HubOptions } from "./options.ts";
import { textByThread } from "./snapshot-text.ts";
import { historyPlace, openHubJournal, verifyHubAhead } from "./store.ts";

export interface RunningHub {
  /** Where it listens, e.g. http://127.0.0.1:8420 */
  readonly url: string;
  readonly publicUrl: string;
  readonly overviewUrl: string;
  /** Of the embedded development chain; undefined on a node of the operator's. */
  readonly devchainUrl: string | undefined;
  readonly network: string;
  readonly metricsUrl: string | undefined;
  readonly operatorAuthkeyFile: string;
  /** Stops taking calls, finishes what was taken, writes a snapshot. */
  readonly close: () => Promise<void>;
}

/** A hub that cannot go on: what was answered is on disk, nothing else may be answered. The process must end. */
export type OnFatal = (error: unknown) => void;

/** «Everywhere» is no address to call; from this machine loopback is. */
const callable = (host: string): string => {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
};

/** Has the server take calls, or workers before it; answers where, to be called from this machine. */
const listen = async (
  server: FastifyInstance,
  inside: Inside,
  options: HubOptions,
  log: Logger,
): Promise<string> => {
  const { host, tlsCert, httpWorkers: count = 0 } = options;
  let { port } = options;
  if (count > 0) {
    const pool = await makePool({ ...options, count }, inside, log);
    server.addHook("preClose", pool.close);
    await server.listen({ path: pool.inner, listenTextResolver: () => "" });
    port = await pool.listen(port, host);
  } else {
    await server.listen({ port, host, listenTextResolver: () => "" });
    const bound = server.server.address();
    if (typeof bound === "object" && bound !== null) port = bound.port;
  }
  return `${tlsCert === undefined ? "http" : "https"}://${callable(host)}:${port}`;
};

/** Few starts need it and its library, which takes long to load. */
const openMetrics = async (hub: Hub, port: number | undefined): Promise<Metrics | undefined> => {
  if (port === undefined) return undefined;
  const { startMetrics } = await import("./alarms/metrics.ts");
  return startMetrics(hub, port);
};

/** Starts a hub with everything that is in its data folder. Rejects with what is in the way. */
export const startHub = async (options: HubOptions, onFatal: OnFatal): Promise<RunningHub> => {
  inlineFurther();
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    throw new Error("--tls-cert and --tls-key go together");
  const { engine } = readConfig(options.config);
  if (options.mtgox) checkMtgoxMarket(engine);
  const log: Logger = pino({ level: options.logLevel ?? "warn" }, pino.destination(2));
  const { data } = options;
  const at = paths(data);
  privateFolder(data);
  const fatal = (error: unknown): void => {
    log.fatal({ err: error, broken: error instanceof BrokenInvariant }, "the hub cannot go on");
    onFatal(error);
  };

  const closers = makeClosers();
  try {
    // A third of a second for the key from its passphrase, in another thread.
    const opening = existsSync(at.wallet) ? openHubWallet(data) : undefined;
    opening?.catch(() => {}); // Told below.
    // Meanwhile the snapshot is verified. What others could use is opened when the key is there, and not before.
    const ahead = opening && verifyHubAhead(options);
    closers.add(async () => ahead?.stop());
    const { node, devchainUrl, faucet, close: closeNode } = await openNode(options);
    closers.add(closeNode);
    // A hub that has its wallet starts without its node: accounts are served, and it is followed when it comes back.
    const wallet = opening ? await opening : await createHubWallet(data, (await node.chainInfo()).network);
    const config = readConfig(options.config, wallet.network);
    const journalKey = wallet.deriveKey("journal");
    const room = await watchDiskRoom(data);
    closers.add(async () => room.close());
    const journal = await openHubJournal(options, journalKey, ahead);
    closers.add(() => journal.close());
    privateFolder(at.history);
    const history = await openHistory(historyPlace(options), journal.lastSeq);
    closers.add(() => history.close());
    if (history.rebuilt !== undefined) log.warn({ reason: history.rebuilt }, "history starts anew");

    let url = "";
    const hub = await assemble(
      {
        options,
        config,
        node,
        wallet,
        journal,
        room,
        faucet,
        snapshotText: textByThread(options, journalKey),
        history,
        passwords: makePasswords(),
        log,
        listen: async (server, inside) => {
          url = await listen(server, inside, options, log);
          return (options.publicUrl ?? url).replace(/\/+$/, "");
        },
        fatal,
      },
      closers,
    );
    const metrics = await openMetrics(hub, options.metricsPort);
    if (metrics) closers.add(() => metrics.close());
    return {
      url,
      publicUrl: hub.publicUrl,
      overviewUrl: `${hub.publicUrl}/api/overview.js`,
      devchainUrl,
      network: wallet.network,
      metricsUrl: metrics && `http://127.0.0.1:${metrics.port}/metrics`,
      operatorAuthkeyFile: at.operatorAuthkey,
      close: closers.close,
    };
  } catch (error) {
    await closers.close().catch(() => {}); // what was in the way of the start is what counts
    throw error;
  }
};
