import { connectNode, openAddressPool, startDevchain } from "@coinholder/bitcoin";
import { BrokenInvariant, checkConfig, holds, OPERATOR, type State } from "@coinholder/engine";
import { openJournal, sqliteStore } from "@coinholder/journal";
import {
  FORM,
  formatAmount,
  functionNames,
  functionRow,
  JSON_BODY,
  type Overview,
} from "@coinholder/protocol";
import { type Logger, pino } from "pino";
import { startFollower } from "./chain/follower.ts";
import { type HubConfig, readConfig } from "./config-file.ts";
import { paths, privateFolder, secretFile, writePrivateFile } from "./data-folder.ts";
import { openHistory } from "./history/index.ts";
import { makeAuthenticator } from "./http/authenticate.ts";
import { makePasswords } from "./http/passwords.ts";
import { makeServer } from "./http/server.ts";
import type { Hub } from "./hub.ts";
import { newAccountId, newHmacKey, newToken } from "./ids.ts";
import { makeInvoiceWatch } from "./invoice-watch.ts";
import { openHubWallet } from "./open-wallet.ts";
import type { HubOptions } from "./options.ts";
import { openProofs } from "./proofs.ts";
import { makeQuotes } from "./quotes.ts";
import { recoverState, stateLines } from "./recover.ts";
import { makeSequencer, type Sequencer } from "./sequencer.ts";

/** Replaying more than this at the start is worth a snapshot, so that the next start is quick. */
const SNAPSHOT_AFTER = 20_000;
/** While running: writing the state out holds everybody up for a moment, a replay of so many takes a few seconds. */
const SNAPSHOT_EVERY = 1_000_000;
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

const operatorFunctions = functionNames.filter((name) => functionRow(name).access === "operator");

/** What a new journal begins with, and what a changed configuration or a newer program adds. */
const prepare = (sequencer: Sequencer, config: HubConfig, data: string): void => {
  const { state } = sequencer;
  if (state.accounts.list.length === 0) {
    const key = { token: newToken(), type: "hmac-sha256" as const, secret: newHmacKey() };
    const id = newAccountId();
    // The file comes first: a key that nobody has would lock the operator out.
    writePrivateFile(
      paths(data).operatorAuthkey,
      `${JSON.stringify({ account: id, authkey: { type: key.type, token: key.token, key: key.secret } }, null, 2)}\n`,
    );
    sequencer.run({
      kind: "begin",
      network: "regtest",
      operator: { id, key, permissions: operatorFunctions },
    });
  }
  // Said in words here; the engine takes only what passes.
  checkConfig(config.engine, state.config.currencies.length === 0 ? undefined : state.config);
  if (JSON.stringify(state.config) !== JSON.stringify(config.engine))
    sequencer.run({ kind: "configure", config: config.engine });
  const missing = missingPermissions(state);
  if (missing.length > 0) sequencer.run({ kind: "grant-operator", permissions: missing });
};

/** Operator functions that no key can call yet: a newer program has more than the one that began the journal. */
const missingPermissions = (state: State): string[] => {
  const { authkeys } = state.accounts.list[OPERATOR]!;
  return operatorFunctions.filter((name) => !authkeys.some((key) => holds(key, OPERATOR, name)));
};

const overviewOf = (config: HubConfig, publicUrl: string, network: string): Overview => {
  const { currencies, markets } = config.engine;
  const decimals = (code: string): number => currencies.find((currency) => currency.code === code)!.decimals;
  return {
    req_url: `${publicUrl}/api/(function_name)`,
    req_method: "POST",
    post_body_encoding: FORM,
    req_authentication_type: 2,
    supported_functions: functionNames,
    req_authentication_types: [1, 2],
    post_body_encodings: [FORM, JSON_BODY],
    name: config.name,
    network,
    currencies: currencies.map(({ code, decimals: places }) => ({ code, decimals: places })),
    markets: markets.map(({ base, quote, tick, lot, makerFeeBps, takerFeeBps }) => ({
      name: `${base}/${quote}`,
      base,
      quote,
      tick: formatAmount(tick, decimals(quote)),
      lot: formatAmount(lot, decimals(base)),
      maker_fee_bps: makerFeeBps,
      taker_fee_bps: takerFeeBps,
    })),
    openapi_url: `${publicUrl}/api/openapi.json`,
  };
};

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
    prepare(sequencer, config, data);
    const addresses = openAddressPool((index) => wallet.address("receive", index), {
      next: state.chain.nextReceive,
    });
    closers.push(() => addresses.close());

    let snapshotSeq = journal.lastSeq - replayed;
    let snapshotting: Promise<void> | undefined;
    const takeSnapshot = async (): Promise<void> => {
      // Position and state of one moment; commands go on while they are written.
      const seq = journal.lastSeq;
      const lines = stateLines(state);
      snapshotSeq = seq;
      await journal.durable(seq);
      await journal.snapshot(seq, lines);
    };
    const snapshot = async (): Promise<void> => {
      snapshotting = takeSnapshot()
        .catch((error) =>
          log.error({ err: error }, "no snapshot could be written; the next start takes longer"),
        )
        .finally(() => {
          snapshotting = undefined;
        });
      await snapshotting;
    };
    if (replayed >= SNAPSHOT_AFTER) await snapshot();
    sequencer.onEffects((seq) => {
      if (seq - snapshotSeq >= SNAPSHOT_EVERY && !snapshotting) void snapshot();
    });

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
        const host = options.host.includes(":") ? `[${options.host}]` : options.host;
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
      quotes: makeQuotes(),
      proofs,
      invoiceWatch,
      chain: { feeRate: config.fallbackFeeRate, nodeReachable: true },
      node,
    };
    const follower = startFollower(hub, log, fatal);

    closers.push(
      async () => {
        await snapshotting;
        if (journal.lastSeq > snapshotSeq) await snapshot();
      },
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
