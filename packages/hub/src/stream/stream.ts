import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import {
  HEARTBEAT_MS,
  type Refusal,
  refusal,
  type StreamMessage,
  SUBSCRIBE,
  statusOf,
} from "@coinholder/protocol";
import type { WebSocket } from "ws";
import type { History } from "../history/index.ts";
import type { Authenticator } from "../http/authenticate.ts";
import { tokenBucket } from "../http/token-bucket.ts";
import type { Sequencer } from "../sequencer.ts";
import { makeAccountFeeds } from "./account-feeds.ts";
import { makeConnections } from "./connections.ts";
import { encoded } from "./encoded.ts";
import { isOfMarket, type MarketFeeds, makeMarketFeeds } from "./market-feeds.ts";
import { makeNearbyFeeds } from "./nearby/feeds.ts";
import { makePump } from "./pump.ts";
import type { Reader } from "./reader.ts";
import { readMessage, type SocketCall } from "./socket-message.ts";
import { openSse } from "./sse.ts";
import { callOfQuery, goneOnWith } from "./sse-query.ts";
import { type Admitted, admit, noRoom, subscribe, tooMany, unsubscribe } from "./subscribe.ts";
import { openWebSocket, TRY_LATER } from "./websocket.ts";

/** Whether keys may still read what they read is looked at so often, in ms, also where nothing happens. */
const PERMISSIONS_MS = 1_000;
/** Messages that one WebSocket may send at once, and then every so many ms. */
const MESSAGES = 50;
const MESSAGE_EVERY_MS = 100;

export interface Stream {
  /** Server-sent events; answers what it refuses, and takes the connection over otherwise. */
  readonly sse: (
    request: IncomingMessage,
    response: ServerResponse,
    source: string,
    headers: Readonly<Record<string, string>>,
  ) => Promise<{ status: number; refused: Refusal } | undefined>;
  /** @param socket the connection that it is on */
  readonly webSocket: (webSocket: WebSocket, socket: Socket, source: string) => void;
  readonly readers: () => number;
  /** Tells all readers that the hub stops, and ends them. */
  readonly close: () => void;
}

export interface StreamParts {
  readonly sequencer: Sequencer;
  readonly history: History;
  readonly lastSeq: () => number;
  readonly authenticator: () => Authenticator;
  readonly connectionsPerSource: number;
  readonly onFailure: (error: unknown) => void;
}

/** Makes the stream. To be called when the state is recovered, and before any command is carried out. */
export const makeStream = async (parts: StreamParts): Promise<Stream> => {
  const { sequencer, history, onFailure } = parts;
  const pump = makePump();
  const context = { sequencer, history, pump };
  const books = [...sequencer.state.markets.books];
  const markets: Promise<MarketFeeds>[] = [];
  const opened: MarketFeeds[] = [];
  // A market that the configuration brings later begins empty, and all of it comes as effects.
  const market = (index: number): Promise<MarketFeeds> => {
    markets[index] ??= makeMarketFeeds(context, index, books.shift()).then((feeds) => {
      opened[index] = feeds;
      return feeds;
    });
    return markets[index];
  };
  // What was traded last is told to who comes; a history that cannot be read is no reason not to begin.
  await history.reached(parts.lastSeq()).catch(() => {});
  await Promise.all([...books].map((_, index) => market(index)));
  const accounts = makeAccountFeeds(sequencer, pump, parts.lastSeq);
  const nearby = makeNearbyFeeds(sequencer, pump, parts.lastSeq);
  const feeds = { market, accounts, nearby };

  sequencer.onEffects((_, effects) => {
    for (const effect of effects)
      if (isOfMarket(effect)) {
        const open = opened[effect.market];
        if (open) open.tell(effect);
        else void market(effect.market).then((made) => made.tell(effect));
      }
  });

  const connections = makeConnections(parts.connectionsPerSource);
  const readers = new Set<Reader>();
  const messages = tokenBucket(MESSAGES, MESSAGE_EVERY_MS);
  let sockets = 0;
  let stopping = false;

  const heartbeat = (): void => {
    const message = encoded({ type: "heartbeat", t: sequencer.now() });
    const all = readers.values();
    pump.start((most) => {
      for (let done = 0; done < most; done++) {
        const { value: reader } = all.next();
        if (!reader) return done;
        reader.checkStalled();
        reader.send(message);
      }
      return most;
    });
  };
  const heart = setInterval(heartbeat, HEARTBEAT_MS);
  const permissions = setInterval(
    () => accounts.each((feed) => feed.each(({ allowed }) => allowed?.())),
    PERMISSIONS_MS,
  );

  const enter = (source: string): Refusal | undefined => {
    if (stopping) return refusal("overloaded");
    const full = connections.enter(source);
    return full && refusal(full, {}, "There are as many stream connections as may be at a time.");
  };
  const gone = (reader: () => Reader | undefined, source: string) => (): void => {
    const one = reader();
    if (one) readers.delete(one);
    connections.leave(source);
  };

  const carryOut = async (reader: Reader, admitted: Admitted, id: string | undefined): Promise<void> => {
    const told = {
      channels: admitted.channels.map(({ channel }) => channel),
      ...(id === undefined ? {} : { id }),
    };
    if (admitted.f === SUBSCRIBE) {
      reader.send(encoded({ type: "subscribed", ...told }));
      await subscribe(sequencer, feeds, reader, admitted);
    } else {
      await unsubscribe(sequencer, feeds, reader, admitted);
      reader.send(encoded({ type: "unsubscribed", ...told }));
    }
  };

  const takeMessage = async (reader: Reader, data: Buffer, bucket: string): Promise<void> => {
    if (messages.take(bucket, performance.now()) !== undefined) return reader.end("too_many_messages");
    const read: SocketCall | { refused: Refusal } = readMessage(data);
    const id = "id" in read ? read.id : undefined;
    const refuse = (error: Refusal): void =>
      reader.send(encoded({ type: "error", error, ...(id === undefined ? {} : { id }) } as StreamMessage));
    if ("refused" in read) return refuse(read.refused);
    const admitted = admit(sequencer, parts.authenticator(), { ...read, source: reader.source });
    if ("refused" in admitted) return refuse(admitted.refused);
    const { channels } = admitted;
    const over =
      admitted.f === SUBSCRIBE ? (tooMany(reader, admitted) ?? noRoom(feeds, channels)) : undefined;
    if (over) return refuse(over.refused);
    await carryOut(reader, admitted, id);
  };

  const onOpen = (reader: Reader, webSocket: WebSocket): void => {
    readers.add(reader);
    const bucket = String(sockets++);
    // One after the other: what it takes back must have been joined before.
    let before = Promise.resolve();
    webSocket.on("message", (data: Buffer) => {
      before = before
        .then(() => takeMessage(reader, data, bucket))
        .catch((error) => {
          onFailure(error);
          reader.end("hub_stopping");
        });
    });
  };

  return {
    sse: async (request, response, source, headers) => {
      const call = { ...callOfQuery(request.url!, request.headers, source), meant: SUBSCRIBE } as const;
      const admitted = admit(sequencer, parts.authenticator(), call);
      const refused =
        "refused" in admitted
          ? admitted.refused
          : (noRoom(feeds, admitted.channels)?.refused ?? enter(source));
      if ("refused" in admitted || refused) return { status: statusOf(refused!.code), refused: refused! };
      let reader: Reader | undefined;
      reader = openSse(
        request,
        response,
        headers,
        source,
        gone(() => reader, source),
      );
      readers.add(reader);
      const channels = goneOnWith(admitted.channels, request.headers);
      await carryOut(reader, { ...admitted, f: SUBSCRIBE, channels }, undefined);
      return undefined;
    },
    webSocket: (webSocket, socket, source) => {
      const refused = enter(source);
      if (refused) return webSocket.close(TRY_LATER, refused.code);
      const reader: Reader = openWebSocket(
        webSocket,
        socket,
        source,
        gone(() => reader, source),
      );
      onOpen(reader, webSocket);
    },
    readers: () => readers.size,
    close: () => {
      if (stopping) return;
      stopping = true;
      clearInterval(heart);
      clearInterval(permissions);
      pump.stop();
      nearby.stop();
      for (const { stop } of opened.filter(Boolean)) stop();
      for (const reader of [...readers]) reader.end("hub_stopping");
    },
  };
};
