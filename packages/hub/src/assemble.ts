import {
  type BitcoinNode,
  isBitcoinError,
  MAX_SATS,
  openAddressPool,
  openSigner,
  parseDescriptor,
  sats,
  type Wallet,
} from "@coinholder/bitcoin";
import { tip } from "@coinholder/engine";
import type { Journal } from "@coinholder/journal";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { makeAlarms } from "./alarms/alarms.ts";
import { makeCallCounts } from "./alarms/call-counts.ts";
import type { Faucet } from "./chain/faucet.ts";
import { beginChain, lookAtNode, startFollower } from "./chain/follower.ts";
import { rescan } from "./chain/rescan.ts";
import { resumeSigned } from "./chain/resume.ts";
import { firstView } from "./chain/view.ts";
import { makeChainWatch } from "./chain/watch.ts";
import type { Closers } from "./closers.ts";
import type { HubConfig } from "./config-file.ts";
import { makeAcross } from "./crossings/across.ts";
import { keepTelling } from "./crossings/worker.ts";
import { paths } from "./data-folder.ts";
import { openDesk } from "./desk/desk.ts";
import { keepExpiring } from "./desk/expiry.ts";
import type { DiskRoom } from "./disk-room.ts";
import { besidesOf } from "./followed.ts";
import type { Besides, History } from "./history/index.ts";
import { makeAuthenticator } from "./http/authenticate.ts";
import { makeIdentityCalls, notPublished } from "./http/identity-call.ts";
import { type Inside, makeInside } from "./http/inside.ts";
import { makeKeyUse } from "./http/key-use.ts";
import type { Passwords } from "./http/passwords.ts";
import { makeServer } from "./http/server.ts";
import type { Hub } from "./hub.ts";
import { makeIdentities } from "./identity/lookup.ts";
import { makeOwnIdentity } from "./identity/own.ts";
import { makeInvoiceWatch } from "./invoice-watch.ts";
import { makeLimits } from "./limits.ts";
import type { HubOptions } from "./options.ts";
import { overviewOf } from "./overview.ts";
import { openPeers } from "./peers/peers.ts";
import { prepare } from "./prepare.ts";
import { openProofs } from "./proofs.ts";
import { makeQuotes } from "./quotes.ts";
import { recoverState } from "./recover.ts";
import { makeSequencer } from "./sequencer.ts";
import type { SnapshotText } from "./snapshot-text.ts";
import { keepSnapshots } from "./snapshots.ts";
import { makeStream } from "./stream/stream.ts";
import { openWebhooks } from "./webhooks/webhooks.ts";

/** What a hub stands on. Whoever opened these closes them, after the hub. */
export interface Parts {
  readonly options: HubOptions;
  readonly config: HubConfig;
  readonly node: BitcoinNode;
  readonly wallet: Wallet;
  /** Not recovered yet. */
  readonly journal: Journal;
  /** Makes the text of snapshots beside the hub; where left out everybody waits for it. */
  readonly snapshotText?: SnapshotText;
  /** Commands between two snapshots while the hub runs, where it is not as many as usual. */
  readonly snapshotEvery?: number;
  readonly room: DiskRoom;
  readonly faucet: Faucet | undefined;
  readonly history: History;
  readonly passwords: Passwords;
  readonly log: Logger;
  /** Has the server take calls; answers under which URL the world reaches it, without a slash at the end. */
  readonly listen: (server: FastifyInstance, inside: Inside) => Promise<string>;
  /** The hub cannot go on: what was answered is on disk, nothing else may be answered. */
  readonly fatal: (error: unknown) => void;
}

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

/** Recovers the state and sets everything upon it in motion. What has to be closed is added to `closers` as it is opened. */
export const assemble = async (parts: Parts, closers: Closers): Promise<Hub> => {
  const { options, config, node, wallet, journal, history, passwords, log, fatal } = parts;
  const { network } = wallet;
  const at = paths(options.data);
  const { coldDescriptor, addressType } = config.wallet;
  const cold = coldDescriptor === undefined ? undefined : parseDescriptor(coldDescriptor, network);

  const webhooks = await openWebhooks({
    folder: at.webhooks,
    lastSeq: () => journal.lastSeq,
    anywhere: network === "regtest",
    log,
  });
  closers.add(() => webhooks.close());
  const { state, replayed, snapshot } = await recoverState(journal, history, webhooks, log);
  const isNew = state.accounts.list.length === 0;

  journal.onFailure(fatal);
  history.onFailure((error) =>
    log.error({ err: error }, "history cannot be written; restart the hub to catch up"),
  );
  const sequencer = makeSequencer(state, journal, Date.now, fatal);
  const invoiceWatch = makeInvoiceWatch();
  /** Of commands that are not durable yet, by their position. */
  const besides = new Map<number, Besides>();
  sequencer.onApplied((seq, command, effects) => {
    // Now, while the state is what the command left: later its key may be gone.
    const found = besidesOf(state, seq, command, effects);
    if (found) besides.set(seq, found);
  });
  sequencer.onEffects((seq, effects) => {
    history.follow(seq, effects, besides.get(seq));
    besides.delete(seq);
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
  closers.add(() => stream.close());
  await webhooks.run(sequencer);
  prepare(sequencer, config, network, options.data);
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
  closers.add(() => signer.close());
  const addresses = openAddressPool((index) => wallet.address("receive", index, addressType), {
    next: state.chain.nextReceive,
  });
  closers.add(() => addresses.close());

  const snapshots = keepSnapshots(
    journal,
    sequencer,
    replayed,
    log,
    parts.snapshotText,
    parts.snapshotEvery,
    snapshot,
  );
  // The last snapshot is made of the state while it is written: what would still be carried out then (a call that took too long, a
  // webhook whose receiver says that it is gone) would be in it, and be replayed upon it once more.
  closers.add(
    () => snapshots.close(),
    () => webhooks.close(),
    () => sequencer.stop(),
  );

  const expiring = keepExpiring(sequencer);
  closers.add(() => expiring.close());
  const desk = config.desk && openDesk(config.desk, sequencer, log);
  if (desk) closers.add(() => desk.close());

  const proofs = await openProofs(at.proof);
  // Before the journal is: how it ended is written there.
  closers.add(() => proofs.close());
  // A journal with entries may have been served before: nonces of calls that changed nothing are not in it.
  // Held to: with a clock that is set back, no nonce would be both fresh and after it.
  const fence = isNew ? 0 : sequencer.pin();
  const keyUse = makeKeyUse();
  const authenticator = makeAuthenticator(state, passwords, fence, keyUse);
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
  if (options.rescanFrom !== undefined) await rescan(following, chainWatch, journal, options.rescanFrom, log);
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
  closers.add(closeServer);
  // Before it listens nobody can call; the port is known only then, and the public URL may depend on it.
  const inside = makeInside(
    () => hub!,
    () => authenticator,
    (error, fn) => log.error({ err: error, fn }, "a call failed"),
  );
  const publicUrl = await parts.listen(server, inside);
  const limits = makeLimits(config);
  const identity = makeOwnIdentity(wallet, sequencer);
  const anywhere = network === "regtest";
  const { identities: known } = state.lines;
  const identities = makeIdentities({
    anywhere,
    isTrusted: (at) => [...known.values()].some(({ ceiling, url }) => ceiling > 0 && url === at),
    isKnown: (key) => known.has(key) || state.options.ofIdentity.has(key),
  });
  const across = makeAcross(identity, publicUrl, anywhere);
  const peers = openPeers({ ...following, identity }, options.peer ?? [], log);
  closers.add(() => peers.close());
  hub = {
    ...following,
    overview: overviewOf(config, publicUrl, network, identity, parts.faucet !== undefined),
    publicUrl,
    lastSeq: () => journal.lastSeq,
    durableSeq: () => journal.durableSeq,
    room: parts.room,
    faucet: parts.faucet,
    snapshots,
    history,
    cold,
    sweeps: [],
    addresses,
    passwords,
    keyUse,
    limits,
    across,
    peers,
    identityCalls: makeIdentityCalls({
      now: sequencer.now,
      publicUrl,
      fence,
      limit: limits.identityCalls,
      notPublished: (at, key) => notPublished(identities, at, key),
    }),
    identity,
    identities,
    quotes: makeQuotes(),
    proofs,
    desk,
    invoiceWatch,
    stream,
    webhooks,
    alarms: makeAlarms(log),
    calls: makeCallCounts(),
  };
  const crossings = keepTelling(hub, log, fatal);
  const follower = startFollower(hub, chainWatch, log, fatal);
  closers.add(
    () => follower.close(),
    // Calls of other hubs under way are given up first: it is waited for both.
    () => crossings.close(),
    () => across.peers.close(),
    closeServer,
  );
  return hub;
};
