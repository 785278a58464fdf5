import type { Logger } from "pino";
import { hubUrl } from "../crossings/hub-url.ts";
import type { Hub } from "../hub.ts";
import { allPeers } from "./config.ts";
import { openLink, type PeerStatus } from "./link.ts";
import { liveNews, type News } from "./live.ts";

export type { PeerStatus } from "./link.ts";

/** The hubs that this one tells of invoices, as soon as they are durable here. */
export interface PeerLinks {
  /**
   * Who called with that key knows of this: it is not told again. A key is known by its label, the URL of the peer that it was given to.
   * To be said before the command that the call brings is durable.
   */
  readonly heard: (token: string, news: News) => void;
  readonly status: () => PeerStatus[];
  readonly close: () => Promise<void>;
}

type Told = Pick<Hub, "config" | "identity" | "sequencer" | "wallet">;

/** @param named URLs of peers beside those of the configuration file */
export const openPeers = (hub: Told, named: readonly string[], log: Logger): PeerLinks => {
  const { config, identity, sequencer } = hub;
  const { state } = sequencer;
  const { network } = hub.wallet;
  const live = liveNews(hub);
  const links = allPeers(config.peers, named).map((peer) =>
    openLink(peer, {
      live,
      durable: sequencer.durable,
      isUnfit: (remote) => {
        if (remote.network !== undefined && remote.network !== network) return "other_network";
        return remote.identity === identity.publicKey() ? "own_url" : undefined;
      },
      anywhere: network === "regtest",
      failed: (error) => log.error({ err: error, peer: peer.url }, "a peer is told nothing any more"),
      log: (what, { identity: key, trouble, up, url }) =>
        log[up ? "info" : "warn"]({ peer: url, identity: key, trouble }, what),
    }),
  );
  const byUrl = new Map(links.map((link) => [link.url, link]));

  // What was carried out and is not on disk yet.
  let waiting: { seq: number; news: News }[] = [];
  let lastNumber = state.invoices.last;
  if (links.length > 0) {
    sequencer.onApplied((seq, command, effects) => {
      if (command.kind === "post-invoice") {
        const { address } = command;
        const { number, posted } = state.invoices.byAddress.get(address)!;
        if (number <= lastNumber) return;
        lastNumber = number;
        if (posted !== undefined) waiting.push({ seq, news: { about: "invoice", address } });
      } else if (command.kind === "withdraw-invoice" && effects.some(({ is }) => is === "invoice"))
        waiting.push({ seq, news: { about: "withdrawal", address: command.address } });
    });
    sequencer.onEffects((durableSeq) => {
      if (waiting.length === 0 || waiting[0]!.seq > durableSeq) return;
      const due = waiting.filter(({ seq }) => seq <= durableSeq);
      waiting = waiting.slice(due.length);
      for (const { news } of due) for (const link of links) link.tell(news);
    });
  }

  return {
    heard: (token, news) => {
      const label = state.authkeys.get(token)?.label;
      if (label !== undefined) byUrl.get(hubUrl(label))?.heard(news);
    },
    status: () => links.map((link) => link.status()),
    close: async () => {
      await Promise.all(links.map((link) => link.close()));
    },
  };
};
