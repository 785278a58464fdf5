import { type News, newsKey } from "./live.ts";

/** What one peer is still to be told: what is new before what it missed. */
export interface PeerQueue {
  readonly add: (news: News) => void;
  /** What it missed, newest first; what it has already is left out. */
  readonly fill: (all: readonly News[]) => void;
  /** The next one, which is under way from then on. */
  readonly take: () => News | undefined;
  /** It is to be told later after all. */
  readonly putBack: (news: News) => void;
  /** It has it, or never will: it is not told again. */
  readonly done: (news: News) => void;
  readonly clear: () => void;
  /** Another hub answers there now, which knows nothing. */
  readonly forget: () => void;
  readonly size: () => number;
  /** Something new was left out since the last `fill`: there was too much of it. */
  readonly overflown: () => boolean;
}

/** New things that wait at most; beyond it they are told with what it missed. */
const MOST_NEW = 10_000;
/** What a peer is remembered to have; twice what can be live. */
const MOST_KNOWN = 250_000;

export const makeQueue = (): PeerQueue => {
  const fresh = new Map<string, News>();
  let missed: readonly News[] = [];
  let next = 0;
  let overflown = false;
  const known = new Set<string>();

  return {
    add: (news) => {
      const key = newsKey(news);
      if (known.has(key)) return;
      if (fresh.size < MOST_NEW) fresh.set(key, news);
      else overflown = true;
    },
    fill: (all) => {
      // Only what can still be told need be remembered.
      if (known.size > MOST_KNOWN) {
        const live = new Set(all.map(newsKey));
        for (const key of known) if (!live.has(key)) known.delete(key);
      }
      missed = all.filter((news) => !known.has(newsKey(news)));
      next = 0;
      overflown = false;
    },
    take: () => {
      for (const [key, news] of fresh) {
        fresh.delete(key);
        return news;
      }
      while (next < missed.length) {
        const news = missed[next++]!;
        if (!known.has(newsKey(news))) return news;
      }
      missed = [];
      next = 0;
      return undefined;
    },
    putBack: (news) => {
      fresh.set(newsKey(news), news);
    },
    done: (news) => {
      const key = newsKey(news);
      known.add(key);
      fresh.delete(key);
    },
    clear: () => {
      fresh.clear();
      missed = [];
      next = 0;
    },
    forget: () => known.clear(),
    size: () => fresh.size + missed.length - next,
    overflown: () => overflown,
  };
};
