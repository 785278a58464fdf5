import { setTimeout as sleep } from "node:timers/promises";
import { type Hub, HubError } from "@coinholder/client";
import type { Arrival, Watched } from "./watched.ts";

/** How often a hub without a stream is asked, in ms. */
export const ASK_MS = 3_000;

/** What the two sources put in, taken out one by one. */
const queue = <T>() => {
  const waiting: T[] = [];
  let wake: (() => void) | undefined;
  let ended: { error?: unknown } | undefined;
  const ring = (): void => {
    wake?.();
    wake = undefined;
  };
  return {
    put: (item: T): void => {
      waiting.push(item);
      ring();
    },
    end: (why: { error?: unknown }): void => {
      ended ??= why;
      ring();
    },
    async *items(): AsyncGenerator<T, void, undefined> {
      for (;;) {
        while (waiting.length > 0) yield waiting.shift()!;
        if (ended !== undefined) {
          if ("error" in ended) throw ended.error;
          return;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    },
  };
};

/** The stream's messages, and when it is live or not. Throws HubError for what the hub refuses for good. */
async function* streamed(
  hub: Hub,
  channel: string,
  signal: AbortSignal,
): AsyncGenerator<Arrival, void, undefined> {
  const arrived = queue<Arrival>();
  const read = async (): Promise<void> => {
    const onState = (liveness: "live" | "reconnecting"): void => arrived.put({ liveness });
    for await (const event of hub.subscribe(channel, { signal, onState })) arrived.put({ event });
  };
  read().then(
    () => arrived.end({}),
    (error: unknown) => arrived.end({ error }),
  );
  yield* arrived.items();
}

const mayPass = (error: unknown): boolean =>
  error instanceof HubError && (error.status === 0 || error.status >= 500 || error.code === "rate_limited");

/** The same from a hub that has no stream: snapshots, by asking again and again. */
async function* asked(
  hub: Hub,
  { ask, channel }: Pick<Watched<never>, "ask" | "channel">,
  signal: AbortSignal,
): AsyncGenerator<Arrival, void, undefined> {
  let liveness: "asking" | "reconnecting" | undefined;
  for (let seq = 0; !signal.aborted; seq++) {
    try {
      const data = await ask(hub);
      if (liveness !== "asking") yield { liveness: "asking" };
      liveness = "asking";
      yield { event: { type: "snapshot", channel, seq, t: Date.now(), data } };
    } catch (error) {
      // The first answer decides whether this can be watched at all.
      if (liveness === undefined || !mayPass(error)) throw error;
      if (liveness !== "reconnecting") yield { liveness: "reconnecting" };
      liveness = "reconnecting";
    }
    await sleep(ASK_MS, undefined, { signal }).catch(() => {});
  }
}

/** Signed channels need an authkey: who signs in by a password asks, too. */
const canStream = ({ credentials, overview }: Hub, signed: boolean): boolean =>
  overview.stream_url !== undefined && !(signed && credentials !== undefined && "pass" in credentials);

export const arrivals = (
  hub: Hub,
  watched: Pick<Watched<never>, "ask" | "channel">,
  signed: boolean,
  signal: AbortSignal,
): AsyncGenerator<Arrival, void, undefined> =>
  canStream(hub, signed) ? streamed(hub, watched.channel, signal) : asked(hub, watched, signal);
