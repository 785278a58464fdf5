import type { PeerConfig } from "./config.ts";
import type { LiveNews, News } from "./live.ts";
import { makeQueue } from "./queue.ts";
import { makeOpener, type Remote } from "./remote.ts";

/** How it stands with one peer. */
export interface PeerStatus {
  readonly url: string;
  readonly signed: boolean;
  /** Base64, as it was told last. */
  readonly identity: string | undefined;
  readonly up: boolean;
  /** ms since 1970: since when it is up, or not. */
  readonly since: number;
  /** What is the matter while it is not. */
  readonly trouble: string | undefined;
  /** What it is still to be told. */
  readonly queue: number;
  readonly sent: number;
  readonly refused: number;
  readonly lastRefusal: string | undefined;
}

export interface PeerLink {
  readonly url: string;
  /** Something new. Nothing of it may be told before it is durable. */
  readonly tell: (news: News) => void;
  /** It told us of it: it has it. */
  readonly heard: (news: News) => void;
  readonly status: () => PeerStatus;
  readonly close: () => Promise<void>;
}

export interface LinkDeps {
  readonly live: LiveNews;
  /** Everything that was carried out so far is on disk. */
  readonly durable: () => Promise<void>;
  /** What speaks against a hub that answers there, if anything does. */
  readonly isUnfit: (remote: Remote) => string | undefined;
  readonly anywhere: boolean;
  readonly failed: (error: unknown) => void;
  readonly log: (what: string, status: PeerStatus) => void;
}

const AT_ONCE = 8;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 30_000;
/** A peer that nothing is to be told is asked how it is so often. */
const LOOK_EVERY_MS = 30_000;
/** A peer that says to wait for longer is told again by then all the same. */
const LONGEST_WAIT_MS = 60_000;

/** Refusals that are about the caller or the hub, not about what it was told: it is asked again later. */
const OF_THE_LINK = new Set([
  "authentication_failed",
  "authentication_missing",
  "authkey_expired",
  "permission_denied",
  "nonce_stale",
  "nonce_used",
  "function_unknown",
  "param_unknown",
  "overloaded",
  "node_unreachable",
]);

export const openLink = (config: PeerConfig, deps: LinkDeps): PeerLink => {
  const { url } = config;
  const { durable, isUnfit, live, log } = deps;
  const opener = makeOpener(config, AT_ONCE, deps.anywhere);
  const queue = makeQueue();
  let closed = false;
  let wake = (): void => {};
  let pump: (() => void) | undefined;
  let identity: string | undefined;
  let up = false;
  let since = Date.now();
  let trouble: string | undefined = "connecting";
  let sent = 0;
  let refused = 0;
  let lastRefusal: string | undefined;
  let inFlight = 0;
  let pauseMs = FIRST_PAUSE_MS;

  const status = (): PeerStatus => ({
    url,
    signed: config.authkey !== undefined,
    identity,
    up,
    since,
    trouble,
    queue: queue.size() + inFlight,
    sent,
    refused,
    lastRefusal,
  });

  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      if (closed) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  const stand = (isUp: boolean, why: string | undefined): void => {
    const changed = isUp !== up || why !== trouble;
    if (isUp !== up) since = Date.now();
    up = isUp;
    trouble = why;
    if (changed && !closed) log(isUp ? "a peer is up" : "a peer is down", status());
  };

  /** Tells one thing. Answers what is the matter with the link, if something is, or how long to wait. */
  const tellOne = async (remote: Remote, news: News): Promise<{ trouble: string } | { waitMs: number }> => {
    const telling = live.tell(news);
    if (!telling) return { waitMs: 0 };
    const answer = await remote.post(telling.fn, telling.params);
    if ("problem" in answer) return { trouble: answer.problem };
    if ("answer" in answer) {
      sent++;
      pauseMs = FIRST_PAUSE_MS;
      queue.done(news);
      return { waitMs: 0 };
    }
    const { refused: code, retryAfterMs = 1000 } = answer;
    if (code === "rate_limited") {
      queue.putBack(news);
      return { waitMs: Math.min(Math.max(1, retryAfterMs), LONGEST_WAIT_MS) };
    }
    if (OF_THE_LINK.has(code)) return { trouble: code };
    refused++;
    lastRefusal = code;
    // One that has no room may have it when it is up again.
    if (code !== "invoices_full") queue.done(news);
    return { waitMs: 0 };
  };

  /** Tells what there is until something is the matter; resolves with that. */
  const serve = (remote: Remote): Promise<string> =>
    new Promise((resolve) => {
      let over = false;
      let waiting: NodeJS.Timeout | undefined;
      let lastCall = performance.now();
      const end = (why: string): void => {
        if (over) return;
        over = true;
        pump = undefined;
        wake = () => {};
        clearTimeout(waiting);
        clearInterval(looking);
        resolve(why);
      };
      const more = (): void => {
        while (!over && waiting === undefined && inFlight < AT_ONCE) {
          const news = queue.take();
          if (!news) break;
          inFlight++;
          lastCall = performance.now();
          void tellOne(remote, news).then((came) => {
            inFlight--;
            if ("trouble" in came) return end(came.trouble);
            if (came.waitMs > 0 && waiting === undefined && !over)
              waiting = setTimeout(() => {
                waiting = undefined;
                more();
              }, came.waitMs);
            more();
          });
        }
        // There was too much that is new: what was left out is looked up.
        if (!over && inFlight === 0 && waiting === undefined && queue.overflown()) {
          queue.fill(live.all());
          if (queue.size() > 0) setImmediate(more);
        }
      };
      const looking = setInterval(() => {
        if (performance.now() - lastCall < LOOK_EVERY_MS) return;
        void opener.open().then((again) => {
          if ("problem" in again) return end(again.problem);
          const unfit = isUnfit(again);
          if (unfit !== undefined) return end(unfit);
          if (again.identity !== identity) return end("identity_changed");
          pauseMs = FIRST_PAUSE_MS;
        });
      }, LOOK_EVERY_MS);
      pump = more;
      wake = () => end("closed");
      more();
    });

  const connect = async (): Promise<string> => {
    const remote = await opener.open();
    if ("problem" in remote) return remote.problem;
    const unfit = isUnfit(remote);
    if (unfit !== undefined) return unfit;
    if (remote.identity !== identity) queue.forget();
    identity = remote.identity;
    // From here on what is new is kept for it, and before that it is found.
    pump = () => {};
    queue.fill(live.all());
    await durable();
    if (closed) return "closed";
    stand(true, undefined);
    return serve(remote);
  };

  const run = async (): Promise<void> => {
    while (!closed) {
      const why = await connect();
      pump = undefined;
      queue.clear();
      if (closed) return;
      stand(false, why);
      await pause(pauseMs);
      pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    }
  };
  // A hub that cannot write tells nobody anything any more.
  const running = run().catch((error: unknown) => {
    if (!closed) deps.failed(error);
  });

  return {
    url,
    tell: (news) => {
      // One that is not up is told of all that is live when it is.
      if (!pump) return;
      queue.add(news);
      pump();
    },
    heard: (news) => {
      queue.done(news);
      // It is there, whatever was the matter: it is tried at once.
      if (!pump) wake();
    },
    status,
    close: async () => {
      closed = true;
      opener.close();
      wake();
      await running;
    },
  };
};
