import { existsSync } from "node:fs";
import {
  isBitcoinError,
  MAX_SATS,
  openAddressPool,
  openSigner,
  parseDescriptor,
  sats,
} from "@coinholder/bitcoin";
import { BrokenInvariant, tip } from "@coinholder/engine";
import { type Logger, pino } from "pino";
import { makeAlarms } from "./alarms/alarms.ts";
import { makeCallCounts } from "./alarms/call-counts.ts";
import { startMetrics } from "./alarms/metrics.ts";
import { beginChain, lookAtNode, startFollower } from "./chain/follower.ts";
import { openNode } from "./chain/open-node.ts";
import { rescan } from "./chain/rescan.ts";
import { resumeSigned } from "./chain/resume.ts";
import { firstView } from "./chain/view.ts";
import { makeChainWatch } from "./chain/watch.ts";
import { readConfig } from "./config-file.ts";
import { paths, privateFolder } from "./data-folder.ts";
import { openDesk } from "./desk/desk.ts";
import { keepExpiring } from "./desk/expiry.ts";
import { openHistory } from "./history/index.ts";
import { makeAuthenticator } from "./http/authenticate.ts";
import { makePasswords } from "./http/passwords.ts";
import { makeServer } from "./http/server.ts";
import type { Hub } from "./hub.ts";
import { makeInvoiceWatch } from "./invoice-watch.ts";
import { makeLimits } from "./limits.ts";
import { createHubWallet, openHubWallet } from "./open-wallet.ts";
import type { HubOptions } from "./options.ts";
import { overviewOf } from "./overview.ts";
import { prepare } from "./prepare.ts";
import { openProofs } from "./proofs.ts";
import { makeQuotes } from "./quotes.ts";
import { recoverState } from "./recover.ts";
import { makeSequencer } from "./sequencer.ts";
import { keepSnapshots } from "./snapshots.ts";
import { historyPlace, openHubJournal } from "./store.ts";
import { makeStream } from "./stream/stream.ts";

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

/** A new hub's chain begins at once, so that no payment to its first address is missed; without its node, when that comes back. */
const beginSoon = async (hub: Parameters<typeof lookAtNode>[0] & Parameters<typeof beginChain>[0]) => {
  if (tip(hub.sequencer.state.chain) !== undefined) return;
  try {
    await lookAtNode(hub);
    await beginChain(hub, undefined);
  } catch (error) {
    if (!isBitcoinError(error)) throw error;
  }
};

/** Starts a hub with everything that is in its data folder. Rejects with what is in the way. */
export const startHub = async (options: HubOptions, onFatal: OnFatal): Promise<RunningHub> => {
  if ((options.tlsCert === undefined) !== (options.tlsKey === undefined))
    throw new Error("--tls-cert and --tls-key go together");
  readConfig(options.config);
  const log: Logger = pino({ level: options.logLevel ?? "warn" }, pino.destination(2));
  const { data } = options;
  const at = paths(data);
  privateFolder(data);

  // What was opened, in order: closed in reverse, whether the start fails or the hub stops.
  const closers: (() => Promise<void> | void)[] = [];
  const close = async (): Promise<void> => {
    const failures: unknown[] = [];
    for (const one of closers.splice(0).reverse())
      try {
        await one();
      } catch (error) {
        // The others are closed all the same: the journal must be.
        failures.push(error);
      }
    if (failures.length > 0) throw failures[0];
  };
  try {
    const { node, devchainUrl, close: closeNode } = await openNode(options);
    closers.push(closeNode);
    // A hub that has its wallet starts without its node: accounts are served, and it is followed when it comes back.
    const wallet = existsSync(at.wallet)
      ? await openHubWallet(data)
      : await createHubWallet(data, (await node.chainInfo()).network);
    const { network } = wallet;
    const config = readConfig(options.config, network);
    const { coldDescriptor, addressType } = config.wallet;
    const cold = coldDescriptor === undefined ? undefined : parseDescriptor(coldDescriptor, network);

    const journal = await openHubJournal(options, wallet.deriveKey("journal"));
    closers.push(() => journal.close());
    privateFolder(at.history);
    const history = await openHistory(historyPlace(options), journal.lastSeq);
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
    // While all of the state is durable.
    const stream = await makeStream({
      sequencer,
      history,
      lastSeq: () => journal.lastSeq,
      authenticator: () => authenticator,
      connectionsPerSource: config.streamConnectionsPerSource,
      onFailure: (error) => log.error({ err: error }, "a stream subscription failed"),
    });
    closers.push(() => stream.close());
    prepare(sequencer, config, network, data);
    const signer = openSigner({
      wallet,
      path: at.signer,
      limits: {
        perDay: config.wallet.dailyLimit ?? sats(MAX_SATS),
        perPayout: config.wallet.payoutLimit ?? sats(MAX_SATS),
        feeRate: config.fees.ceiling,
      },
      ...(cold === undefined ? {} : { cold }),
      expected: state.last.payout > 0,
    });
    closers.push(() => signer.close());
    const addresses = openAddressPool((index) => wallet.address("receive", index, addressType), {
      next: state.chain.nextReceive,
    });
    closers.push(() => addresses.close());

    const snapshots = await keepSnapshots(journal, sequencer, replayed, log);
    closers.push(() => snapshots.close());

    const expiring = keepExpiring(sequencer);
    closers.push(() => expiring.close());
    const desk = config.desk && openDesk(config.desk, sequencer, log);
    if (desk) closers.push(() => desk.close());

    const proofs = await openProofs(at.proof);
    const passwords = makePasswords();
    // A journal with entries may have been served before: nonces of calls that changed nothing are not in it.
    const fence = isNew ? 0 : sequencer.now();
    const authenticator = makeAuthenticator(state, passwords, fence);
    const following = {
      config,
      sequencer,
      wallet,
      signer,
      chain: firstView(network, config.fees.fallback),
      node,
    };
    const chainWatch = makeChainWatch(state, wallet, addressType);
    resumeSigned(following, log);
    // Before anybody can call: until it is over an address could be given out that somebody else has already.
    if (options.rescanFrom !== undefined)
      await rescan(following, chainWatch, journal, options.rescanFrom, log);
    else await beginSoon(following);

    let hub: Hub | undefined;
    const server = await makeServer(
      options,
      () => hub!,
      () => authenticator,
      log,
    );
    // Before the follower: calls are answered to their end, and none begins what is not followed any more.
    const closeServer = async (): Promise<void> => {
      invoiceWatch.close();
      stream.close();
      await server.close();
    };
    closers.push(closeServer);
    // Before it listens nobody can call; the port is known only then, and the public URL may depend on it.
    const scheme = options.tlsCert === undefined ? "http" : "https";
    const url = await server
      .listen({ port: options.port, host: options.host, listenTextResolver: () => "" })
      .then(() => {
        const bound = server.server.address();
        const port = typeof bound === "object" && bound !== null ? bound.port : options.port;
        return `${scheme}://${callable(options.host)}:${port}`;
      });
    const publicUrl = (options.publicUrl ?? url).replace(/\/+$/, "");
    hub = {
      ...following,
      overview: overviewOf(config, publicUrl, network, wallet.identityKey),
      publicUrl,
      lastSeq: () => journal.lastSeq,
      durableSeq: () => journal.durableSeq,
      history,
      cold,
      sweeps: [],
      addresses,
      passwords,
      limits: makeLimits(config),
      quotes: makeQuotes(),
      proofs,
      desk,
      invoiceWatch,
      stream,
      alarms: makeAlarms(log),
      calls: makeCallCounts(),
    };
    const metrics =
      options.metricsPort === undefined ? undefined : await startMetrics(hub, options.metricsPort);
    if (metrics) closers.push(() => metrics.close());
    const follower = startFollower(hub, chainWatch, log, fatal);

    closers.push(() => follower.close(), closeServer);
    return {
      url,
      publicUrl,
      overviewUrl: `${publicUrl}/api/overview.js`,
      devchainUrl,
      network,
      metricsUrl: metrics && `http://127.0.0.1:${metrics.port}/metrics`,
      operatorAuthkeyFile: at.operatorAuthkey,
      close,
    };
  } catch (error) {
    await close().catch(() => {}); // what was in the way of the start is what counts
    throw error;
  }
};
