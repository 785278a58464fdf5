import { isUtf8 } from "node:buffer";
import { authorize, marketName, type State } from "@coinholder/engine";
import {
  type AccountChannel,
  type AskedChannel,
  accountChannels,
  decodeForm,
  type MarketChannel,
  MOST_CHANNELS,
  NEARBY,
  type Refusal,
  readChannels,
  refusal,
  SUBSCRIBE,
  TYPE_2_PARAMS,
  UNSUBSCRIBE,
} from "@coinholder/protocol";
import type { Authenticator, Proven } from "../http/authenticate.ts";
import type { Sequencer } from "../sequencer.ts";
import type { AccountFeeds } from "./account-feeds.ts";
import { encoded } from "./encoded.ts";
import type { Feed } from "./feed.ts";
import type { MarketFeeds } from "./market-feeds.ts";
import { MOST_QUERIES, type NearbyFeeds } from "./nearby/feeds.ts";
import type { Reader } from "./reader.ts";

/** A call over the stream as it came: a form, and what proves who sent it. */
export interface StreamCall {
  readonly bytes: Buffer;
  readonly token: string | undefined;
  readonly signature: string | undefined;
  readonly source: string;
  /** What `f` must be where the way it came says so; then the form may leave it out. */
  readonly meant?: typeof SUBSCRIBE;
}

export interface Admitted {
  readonly f: typeof SUBSCRIBE | typeof UNSUBSCRIBE;
  readonly channels: readonly AskedChannel[];
  readonly by: Proven | undefined;
}

type Refused = { readonly refused: Refusal };
const refuse = (...of: Parameters<typeof refusal>): Refused => ({ refused: refusal(...of) });

const isAccountChannel = (kind: string): kind is AccountChannel => Object.hasOwn(accountChannels, kind);

const mayRead = (sequencer: Sequencer, by: Proven, kind: AccountChannel): Refused | undefined => {
  const caller = authorize(sequencer.state, by.token, by.account, accountChannels[kind], sequencer.now());
  return "refused" in caller ? caller : undefined;
};

const marketIndex = ({ config }: State, market: string): number =>
  config.markets.findIndex((one) => marketName(one) === market);

/** Decides on a call, before anything is sent: its form, who sends it, what that key may read. */
export const admit = (
  sequencer: Sequencer,
  authenticator: Authenticator,
  { bytes, token, signature, meant }: StreamCall,
): Admitted | Refused => {
  if (!isUtf8(bytes)) return refuse("body_malformed", {}, "The bytes are not UTF-8.");
  const decoded = decodeForm(bytes.toString("utf8"));
  if ("refused" in decoded) return decoded;
  const { pairs } = decoded;
  const f = pairs.get("f") ?? meant;
  if (f !== SUBSCRIBE && f !== UNSUBSCRIBE) return refuse("function_unknown", { function: f });
  if (meant !== undefined && f !== meant) return refuse("function_mismatch");
  let by: Proven | undefined;
  if (token !== undefined || signature !== undefined) {
    const proven = authenticator.bySignature({ fn: f, pairs, bytes, token, signature }, sequencer.now());
    if ("refused" in proven) return proven;
    by = proven;
  }
  for (const param of TYPE_2_PARAMS) pairs.delete(param);
  const text = pairs.get("channels");
  for (const name of pairs.keys()) if (name !== "channels") return refuse("param_unknown", { param: name });
  if (typeof text !== "string") return refuse("param_missing", { param: "channels" });
  const read = readChannels(text);
  if ("problem" in read) return refuse("param_invalid", { param: "channels" }, `channels ${read.problem}.`);
  for (const { channel, kind, market } of read.channels) {
    if (market !== undefined && marketIndex(sequencer.state, market) < 0)
      return refuse("market_unknown", { market, channel });
    if (!isAccountChannel(kind)) continue;
    if (!by) return refuse("authentication_missing", {}, `Sign the call: ${kind} is of an account.`);
    const denied = f === SUBSCRIBE ? mayRead(sequencer, by, kind) : undefined;
    // Which one it is: the others can be read without it.
    if (denied) return { refused: { ...denied.refused, channel } };
  }
  return { f, channels: read.channels, by };
};

export interface Feeds {
  readonly market: (index: number) => Promise<MarketFeeds>;
  readonly accounts: AccountFeeds;
  readonly nearby: NearbyFeeds;
}

/** The feed of a market's channel. */
const marketFeed = async (
  { market: open }: Feeds,
  { state }: Sequencer,
  { kind, market, interval }: AskedChannel,
): Promise<Feed> => {
  const feeds = await open(marketIndex(state, market!));
  return kind === "candles" ? feeds.candles[interval!] : feeds[kind as Exclude<MarketChannel, "candles">];
};

/** Asked before each message of an account's channel; tells and ends the subscription when the key may not any more. */
const stillAllowed =
  (sequencer: Sequencer, reader: Reader, feed: () => Feed, by: Proven, kind: AccountChannel) =>
  (): boolean => {
    const denied = mayRead(sequencer, by, kind);
    if (!denied) return true;
    reader.send(encoded({ type: "ended", channel: kind, account: by.account, error: denied.refused }));
    const subscription = reader.subscriptions.get(feed());
    if (!subscription) return false; // It had not been joined yet.
    feed().leave(subscription);
    if (reader.subscriptions.size === 0) reader.end("nothing_subscribed");
    return false;
  };

/** Joins a reader to what it was admitted to. What it reads already begins anew. */
export const subscribe = async (
  sequencer: Sequencer,
  feeds: Feeds,
  reader: Reader,
  { channels, by }: Admitted,
): Promise<void> => {
  for (const asked of channels) {
    const { kind, after, near } = asked;
    if (near) {
      await feeds.nearby.join(reader, asked, near);
      continue;
    }
    let feed: Feed;
    if (isAccountChannel(kind)) {
      const { index } = sequencer.state.accounts.byId.get(by!.account)!;
      feed = await feeds.accounts.open(index, by!.account, kind);
    } else feed = await marketFeed(feeds, sequencer, asked);
    if (!reader.open()) return;
    const had = reader.subscriptions.get(feed);
    if (had) feed.leave(had);
    const allowed = isAccountChannel(kind)
      ? stillAllowed(sequencer, reader, () => feed, by!, kind)
      : undefined;
    // Again: it waited for the disk and for the reader, who takes his time as he likes; meanwhile the key may have ended.
    if (!allowed || allowed()) feed.join(reader, after, allowed);
  }
  if (reader.subscriptions.size === 0) reader.end("nothing_subscribed");
};

export const unsubscribe = async (
  sequencer: Sequencer,
  feeds: Feeds,
  reader: Reader,
  { channels, by }: Admitted,
): Promise<void> => {
  for (const asked of channels) {
    const { channel, kind } = asked;
    const account = isAccountChannel(kind) ? by!.account : undefined;
    const feed =
      account !== undefined || kind === NEARBY
        ? [...reader.subscriptions.keys()].find((one) => one.channel === channel && one.account === account)
        : await marketFeed(feeds, sequencer, asked);
    const subscription = feed && reader.subscriptions.get(feed);
    if (subscription) feed.leave(subscription);
  }
};

/** Whether a connection may read those channels, too: what it reads already only begins anew. */
export const tooMany = ({ subscriptions }: Reader, { channels, by }: Admitted): Refused | undefined => {
  const had = new Set([...subscriptions.keys()].map(({ channel, account }) => `${account ?? ""} ${channel}`));
  const more = channels.filter(
    ({ channel, kind }) => !had.has(`${isAccountChannel(kind) ? by!.account : ""} ${channel}`),
  );
  return subscriptions.size + more.length > MOST_CHANNELS
    ? refuse(
        "param_invalid",
        { param: "channels", most: MOST_CHANNELS },
        `A connection reads at most ${MOST_CHANNELS} channels.`,
      )
    : undefined;
};

/** Whether the hub may keep so many standing queries more. */
export const noRoom = ({ nearby }: Feeds, channels: readonly AskedChannel[]): Refused | undefined => {
  const more = channels.filter(({ kind }) => kind === NEARBY).length;
  return more > 0 && nearby.count() + more > MOST_QUERIES
    ? refuse("overloaded", {}, "There are as many standing queries as may be at a time.")
    : undefined;
};
