import type { Hub, StreamEvent } from "@coinholder/client";
import type { StreamSnapshot, StreamUpdate } from "@coinholder/protocol";

/** Columns and rows that there are to draw on. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Something that can be watched: how its state follows from the stream's messages, and how that is shown. */
export interface Watched<S> {
  readonly title: string;
  readonly channel: string;
  /** The same as a snapshot's `data`, by calls: for hubs without a stream. */
  readonly ask: (hub: Hub) => Promise<unknown>;
  /** The state after a message; undefined where the message does not follow on it. */
  readonly draw: (state: S | undefined, message: StreamSnapshot | StreamUpdate) => S | undefined;
  /** The whole state, for a terminal of that size. */
  readonly screen: (state: S, size: Size) => string[];
  /** What is new, line by line, for a pipe. */
  readonly news: (state: S, before: S | undefined, message: StreamSnapshot | StreamUpdate) => string[];
  /** What programs get of a message, where that is more than the message. */
  readonly forPrograms?: (message: StreamSnapshot | StreamUpdate) => unknown;
}

export type Liveness =
  /** What happens is told at once. */
  | "live"
  /** The connection is gone, another is tried. */
  | "reconnecting"
  /** The hub has no stream: it is asked every few seconds. */
  | "asking";

/** What comes to whoever watches: messages, and how current they are. */
export type Arrival = { readonly event: StreamEvent } | { readonly liveness: Liveness };
