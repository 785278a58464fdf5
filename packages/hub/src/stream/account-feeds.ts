import type { AccountIndex, Effect, Stamped } from "@coinholder/engine";
import type { AccountChannel } from "@coinholder/protocol";
import type { Sequencer } from "../sequencer.ts";
import { type Look, lookAt, type Standing, standings } from "./account-data.ts";
import { eventsOf } from "./account-events.ts";
import { type Feed, makeFeed } from "./feed.ts";
import type { Pump } from "./pump.ts";

/** How long a channel that nobody reads any more is kept up for who comes back, in ms. */
const KEPT_MS = 120_000;

interface Channel {
  readonly feed: Feed;
  readonly look: Look;
  readonly standing: Standing;
  /** Resolves when what the feed begins with is durable. */
  readonly ready: Promise<void>;
}

interface Watched {
  readonly channels: Map<AccountChannel, Channel>;
  /** The command after which it was looked at last. */
  lookedAt: number;
}

interface Told {
  readonly seq: number;
  readonly t: number;
  readonly channel: Channel;
  readonly data: unknown;
}

/** The channels of accounts, each kept up only while somebody reads it, and a little longer. Numbered by the journal. */
export interface AccountFeeds {
  readonly open: (account: AccountIndex, id: string, channel: AccountChannel) => Promise<Feed>;
  readonly each: (look: (feed: Feed) => void) => void;
}

/** @param lastSeq position of the last command that was carried out */
export const makeAccountFeeds = (sequencer: Sequencer, pump: Pump, lastSeq: () => number): AccountFeeds => {
  const { state } = sequencer;
  const hub = { sequencer };
  const watched = new Map<AccountIndex, Watched>();
  // What the last commands changed: found out when they were carried out, told when they are durable.
  let found: Told[] = [];

  const look = (seq: number, t: number, account: AccountIndex): void => {
    const of = watched.get(account);
    if (!of || of.lookedAt === seq) return;
    of.lookedAt = seq;
    for (const channel of of.channels.values()) {
      const data = channel.look.changes();
      if (data !== undefined) found.push({ seq, t, channel, data });
    }
  };

  // Of one command all that concerns a channel is one message.
  const add = (seq: number, t: number, channel: Channel, list: string, item: unknown): void => {
    for (let i = found.length - 1; i >= 0 && found[i]!.seq === seq; i--)
      if (found[i]!.channel === channel) {
        const data = found[i]!.data as Record<string, unknown[] | undefined>;
        const had = data[list];
        if (had) had.push(item);
        else data[list] = [item];
        return;
      }
    found.push({ seq, t, channel, data: { [list]: [item] } });
  };

  sequencer.onApplied((seq: number, command: Stamped, effects: readonly Effect[]) => {
    if (watched.size === 0) return;
    const { touched, touchedCount } = state.ledger;
    for (let i = 0; i < touchedCount; i++) look(seq, command.t, touched[i]!);
    if ("by" in command && command.by !== undefined)
      look(seq, command.t, state.accounts.byId.get(command.by.account)!.index);
    for (const { account, channel, list, item } of eventsOf(hub, command, effects)) {
      const of = watched.get(account)?.channels.get(channel);
      if (of) add(seq, command.t, of, list, item());
    }
  });

  sequencer.onEffects((seq) => {
    let done = 0;
    while (done < found.length && found[done]!.seq <= seq) {
      const { channel, seq: last, t, data } = found[done++]!;
      channel.standing.take(data);
      channel.feed.publish(last, t, data);
    }
    if (done > 0) found = found.slice(done);
  });

  const make = (account: AccountIndex, id: string, name: AccountChannel): Channel => {
    const of = watched.get(account) ?? { channels: new Map<AccountChannel, Channel>(), lookedAt: 0 };
    watched.set(account, of);
    const own = lookAt(hub, account)[name]();
    const standing = standings[name](own.base());
    let forget: NodeJS.Timeout | undefined;
    const drop = (): void => {
      if (feed.readers() > 0) return;
      of.channels.delete(name);
      if (of.channels.size === 0) watched.delete(account);
    };
    const feed = makeFeed(pump, {
      channel: name,
      account: id,
      seq: lastSeq(),
      snapshot: () => ({ t: state.t, data: standing.whole() }),
      onLeft: () => {
        clearTimeout(forget);
        forget = setTimeout(drop, KEPT_MS).unref();
      },
    });
    const channel = { feed, look: own, standing, ready: sequencer.durable() };
    of.channels.set(name, channel);
    forget = setTimeout(drop, KEPT_MS).unref();
    return channel;
  };

  const current = (account: AccountIndex, name: AccountChannel): Channel | undefined =>
    watched.get(account)?.channels.get(name);

  return {
    open: async (account, id, name) => {
      for (;;) {
        const channel = current(account, name) ?? make(account, id, name);
        await channel.ready;
        // It may have been given up meanwhile.
        if (current(account, name) === channel) return channel.feed;
      }
    },
    each: (look) => {
      for (const { channels } of watched.values()) for (const { feed } of channels.values()) look(feed);
    },
  };
};
