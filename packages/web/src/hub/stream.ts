import { HubError, type StreamEvent } from "@coinholder/client";
import { accountChannels } from "@coinholder/protocol";
import { effect, signal, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { may, noteFailure } from "../session/current.ts";
import { myHub, publicHub } from "./current.ts";
import { asHubError } from "./failure.ts";

// All channels that the page reads come by one connection: browsers open few to one host, and calls need theirs.

export type ReadEvent = (event: StreamEvent) => void;

export const streamState = signal<"idle" | "live" | "reconnecting">("idle");

/** Channels that the page asks for and the hub does not let it read, with the reason. The others are read. */
export const refusedChannels = signal<ReadonlyMap<string, HubError>>(new Map());

interface Channel {
  readonly readers: Set<ReadEvent>;
  /** What it has come to; undefined: a snapshot is wanted. */
  seq: number | undefined;
}
const channels = new Map<string, Channel>();
let reading: AbortController | undefined;
let due = false;

const isAccounts = (channel: string): boolean => Object.hasOwn(accountChannels, channel.split(":")[0]!);

const tell = (event: StreamEvent): void => {
  const channel = channels.get(event.channel);
  if (channel === undefined) return;
  if (event.type === "snapshot") channel.seq = event.seq;
  else if (event.type === "update") channel.seq = event.last;
  else channel.seq = undefined;
  for (const read of [...channel.readers]) read(event);
};

const read = async (signal: AbortSignal): Promise<void> => {
  const hub = myHub.peek() ?? publicHub.peek();
  if (hub === undefined) return;
  const credentials = hub.credentials;
  const asked = [...channels]
    .filter(([name]) => credentials !== undefined || !isAccounts(name))
    .map(([name, { seq }]) => (seq === undefined ? name : `${name}@${seq}`));
  if (asked.length === 0) return;
  const refused = new Map<string, HubError>();
  const refuse = (names: readonly string[], error: HubError): void => {
    for (const name of names) refused.set(name, error);
    refusedChannels.value = new Map(refused);
    if (credentials !== undefined && "token" in credentials) noteFailure(error, credentials.token);
  };
  const onState = (state: "live" | "reconnecting"): void => {
    if (signal.aborted) return;
    streamState.value = state;
    if (refused.size === 0) refusedChannels.value = refused;
  };
  try {
    for await (const event of hub.subscribe(asked, { signal, onState })) {
      if (signal.aborted) return;
      if (event.type === "ended")
        refuse([event.channel], new HubError(event.error.code, event.error.message, { status: 403 }));
      tell(event);
    }
  } catch (error) {
    if (signal.aborted) return;
    // What can pass is tried again by the client: the hub has refused whatever was left.
    const left = asked.map((one) => one.split("@")[0]!).filter((name) => !refused.has(name));
    refuse(left, asHubError(error));
  }
  if (!signal.aborted) streamState.value = "idle";
};

const restart = (): void => {
  due = false;
  reading?.abort();
  reading = undefined;
  if (channels.size === 0) {
    streamState.value = "idle";
    refusedChannels.value = new Map();
    return;
  }
  reading = new AbortController();
  void read(reading.signal);
};

/** Once all that a page asks for at a time was asked. */
const restartSoon = (): void => {
  if (due) return;
  due = true;
  setTimeout(restart, 0);
};

// Another account, or another hub: its own channels begin anew.
effect(() => {
  void myHub.value;
  void publicHub.value;
  untracked(() => {
    for (const [name, channel] of channels) if (isAccounts(name)) channel.seq = undefined;
    if (channels.size > 0) restartSoon();
  });
});

// The pauses between tries grow long; once there is a network again, none is needed.
addEventListener("online", () => {
  if (channels.size > 0 && streamState.peek() !== "live") restart();
});

/** Reads a channel until what it gives back is called. A snapshot comes first, and again whenever one is needed. */
export const readChannel = (name: string, reader: ReadEvent): (() => void) => {
  const channel = channels.get(name) ?? { readers: new Set(), seq: undefined };
  channels.set(name, channel);
  channel.readers.add(reader);
  channel.seq = undefined;
  restartSoon();
  return () => {
    channel.readers.delete(reader);
    if (channel.readers.size > 0) return;
    channels.delete(name);
    restartSoon();
  };
};

/**
 * Tells `reader` what happens in a channel (`book:BTC/USD`, `balances`) while the component stands; nothing where the channel is
 * undefined or the key may not read it. A `snapshot` tells how the channel stands and may come at any time; `update`s follow it.
 */
export const useChannel = (name: string | undefined, reader: ReadEvent): void => {
  const latest = useRef(reader);
  latest.current = reader;
  const token = myHub.value?.credentials;
  const kind = name?.split(":")[0];
  const allowed =
    kind !== undefined &&
    (!Object.hasOwn(accountChannels, kind) || may(accountChannels[kind as keyof typeof accountChannels]));
  useEffect(() => {
    if (name === undefined || !allowed) return undefined;
    return readChannel(name, (event) => latest.current(event));
  }, [name, allowed, token]);
};
