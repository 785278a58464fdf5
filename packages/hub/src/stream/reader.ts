import type { Socket } from "node:net";
import { type Closing, closings } from "@coinholder/protocol";
import { type Encoded, encoded } from "./encoded.ts";
import type { Joined, Subscription } from "./feed.ts";

/** What a connection may leave untaken, in bytes, before it is cut off. The bytes are shared by all readers of a message. */
const MOST_UNTAKEN = 4 * 1024 * 1024;
/** What it may leave untaken for now while more is being made for it. */
const LITTLE = 64 * 1024;
/** How long a connection that is being ended may take to take the reason. */
const PARTING_MS = 5_000;

/** One connection, of either kind. */
export interface Reader {
  readonly source: string;
  readonly subscriptions: Map<Joined, Subscription>;
  readonly open: () => boolean;
  /** Never waits: who does not take what it is sent is cut off. */
  readonly send: (message: Encoded) => void;
  /** Resolves when it has taken all but little of what it was sent, or is gone. */
  readonly taken: () => Promise<void>;
  /** Says why, and ends it. */
  readonly end: (reason: Closing) => void;
  /** To be called at each heartbeat: cuts off who has taken nothing since the last one. */
  readonly checkStalled: () => void;
}

/** How a kind of connection writes. */
export interface Wire {
  readonly socket: Socket;
  readonly bytes: (message: Encoded) => Buffer;
  /** After the last message. */
  readonly finish: (reason: Closing) => void;
}

/** @param onGone called once, when the connection is over, whoever ended it */
export const makeReader = ({ socket, bytes, finish }: Wire, source: string, onGone: () => void): Reader => {
  const subscriptions = new Map<Joined, Subscription>();
  let open = true;
  let takenBefore = -1;

  const leave = (): void => {
    if (!open) return;
    open = false;
    for (const [feed, subscription] of subscriptions) feed.leave(subscription);
    subscriptions.clear();
    onGone();
  };

  const end = (reason: Closing): void => {
    if (!open) return;
    leave();
    socket.write(bytes(encoded({ type: "closing", reason, message: closings[reason] })));
    finish(reason);
    setTimeout(() => socket.destroy(), PARTING_MS).unref();
  };

  socket.on("close", leave);
  socket.on("error", () => socket.destroy());
  // Small messages that wait for each other would come late.
  socket.setNoDelay(true);

  return {
    source,
    subscriptions,
    open: () => open,
    send: (message) => {
      if (!open) return;
      if (socket.writableLength > MOST_UNTAKEN) end("slow_reader");
      else socket.write(bytes(message));
    },
    taken: () =>
      new Promise((resolve) => {
        if (!open || socket.writableLength < LITTLE) return resolve();
        const go = (): void => {
          socket.off("drain", go);
          socket.off("close", go);
          resolve();
        };
        socket.on("drain", go);
        socket.on("close", go);
      }),
    end,
    checkStalled: () => {
      if (socket.writableLength === 0) {
        takenBefore = -1;
        return;
      }
      const taken = socket.bytesWritten - socket.writableLength;
      if (taken === takenBefore) end("slow_reader");
      else takenBefore = taken;
    },
  };
};
