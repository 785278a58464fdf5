import { connectNode, openAddressPool, startDevchain } from "@coinholder/bitcoin";
import { BrokenInvariant } from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import { type Logger, pino } from "pino";
import { startFollower } from "./chain/follower.ts";
import { readConfig } from "./config-file.ts";
import { paths, privateFolder, secretFile } from "./data-folder.ts";
import { openHistory } from "./history/index.ts";
import { makeAuthenticator } from "./http/authenticate.ts";
import { makePasswords } from "./http/passwords.ts";
import { makeServer } from "./http/server.ts";
import type { Hub } from "./hub.ts";
import { makeInvoiceWatch } from "./invoice-watch.ts";
import { makeLimits } from "./limits.ts";
import { openHubWallet } from "./open-wallet.ts";
import type { HubOptions } from "./options.ts";
import { overviewOf } from "./overview.ts";
import { prepare } from "./prepare.ts";
import { openProofs } from "./proofs.ts";
import { makeQuotes } from "./quotes.ts";
import { recoverState } from "./recover.ts";
import { makeSequencer } from "./sequencer.ts";
import { keepSnapshots } from "./snapshots.ts";

const DEVCHAIN_USER = "devchain";

export interface RunningHub {
  /** Where it listens, e.g. http://127.0.0.1:8420 */
  readonly url: string;
  readonly publicUrl: string;
  readonly overviewUrl: string;
  readonly devchainUrl: string;
  readonly operatorAuthkeyFile: string;
  /** Stops taking calls, finishes what was taken, writes a snapshot. */
  readonly close: () => Promise<void>;
}

/** A hub that cannot go on: what was answered is on disk, nothing else may be answered. The process must end. */
export type OnFatal = (error: unknown) => void;

/** Starts a hub with everything embedded: SQLite journal and development chain. Rejects with what is in the way. */
export const startHub = async (options: HubOptions, onFatal: OnFatal): Promise<RunningHub> => {
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    throw new Error("--tls-cert and --tls-key go together");
  const config = readConfig(options.config);
  const log: Logger = pino({ level: options.logLevel ?? "warn" }, pino.destination(2));
  const { data } = options;
  const at = paths(data);
  privateFolder(data);

  // What was opened, in order: closed in reverse, whether the start fails or the hub stops.
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closers.splice(0).reverse()) await one();
  };
  try {
    const journal = await openJournal(sqliteStore(at.journal));
    closers.push(() => journal.close());
    privateFolder(at.history);
    const history = await openHistory(at.history, journal.lastSeq);
    closers.push(() => history.close());
    if (history.rebuilt !== undefined) log.warn({ reason: history.rebuilt }, "history starts anew");
    const { state, replayed } = await recoverState(journal, history, log);
    const isNew = state.accounts.list.length === 0;

    const fatal = (error: unknown): void => {
      log.fatal({ err: error, broken: error instanceof BrokenInvariant }, "the hub cannot go on");
      onFatal(error);
    };
    journal.onFailure(fatal);
    history.onFailure((error) =>
      log.error({ err: error }, "history cannot be written; restart the hub to catch up"),
    );
    const sequencer = makeSequencer(state, journal, Date.now, fatal);
    const invoiceWatch = makeInvoiceWatch();
    sequencer.onEffects((seq, effects) => {
      history.follow(seq, effects);
      invoiceWatch.tell(effects);
    });

    privateFolder(at.devchain);
    const password = secretFile(at.devchainPassword);
    const devchain = await startDevchain({
      port: options.devchainPort,
      dataDir: at.devchain,
      user: DEVCHAIN_USER,
      password,
    });
    closers.push(() => devchain.close());
    const node = connectNode({ url: devchain.url, user: DEVCHAIN_USER, password });
    closers.push(() => node.close());
    const { network } = await node.chainInfo();
    const wallet = await openHubWallet(data, network, state.chain.nextReceive > 0);
    prepare(sequencer, config, network, data);
    const addresses = openAddressPool((index) => wallet.address("receive", index), {
      next: state.chain.nextReceive,
    });
    closers.push(() => addresses.close());

    const snapshots = await keepSnapshots(journal, sequencer, replayed, log);
    closers.push(() => snapshots.close());

    const proofs = await openProofs(at.proof);
    const passwords = makePasswords();
    // A journal with entries may have been served before: nonces of calls that changed nothing are not in it.
    const fence = isNew ? 0 : sequencer.now();
    const authenticator = makeAuthenticator(state, passwords, fence);
    let hub: Hub | undefined;
    const server = await makeServer(
      options,
      () => hub!,
      () => authenticator,
      log,
    );
    // Before it listens nobody can call; the port is known only then, and the public URL may depend on it.
    const scheme = options.tlsCert === undefined ? "http" : "https";
    const url = await server
      .listen({ port: options.port, host: options.host, listenTextResolver: () => "" })
      .then(() => {
        const bound = server.server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : options.port;
        // «Everywhere» is no address to call; from this machine loopback is.
        const { host: given } = options;
        const host =
          given === "0.0.0.0"
            ? "127.0.0.1"
            : given === "::"
              ? "[::1]"
              : given.includes(":")
                ? `[${given}]`
                : given;
        return `${scheme}://${host}:${port}`;
      });
    const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
    hub = {
      config,
      overview: overviewOf(config, publicUrl, network),
      publicUrl,
      sequencer,
      lastSeq: () => journal.lastSeq,
      durableSeq: () => journal.durableSeq,
      history,
      wallet,
      addresses,
      passwords,
      limits: makeLimits(config),
      quotes: makeQuotes(),
      proofs,
      invoiceWatch,
      chain: { feeRate: config.fallbackFeeRate, nodeReachable: true },
      node,
    };
    const follower = startFollower(hub, log, fatal);

    closers.push(
      () => follower.close(),
      async () => {
        invoiceWatch.close();
        await server.close();
      },
    );
    return {
      url,
      publicUrl,
      overviewUrl: `${publicUrl}/api/overview.js`,
      devchainUrl: devchain.url,
      operatorAuthkeyFile: at.operatorAuthkey,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
};
