import { type Feed, makeFeed } from "./feed.ts";
import type { MarketContext } from "./market-feeds.ts";

/** A ticker is told at most so often, in ms. */
const TICKER_MS = 1_000;

interface Now {
  /** Of the book that it is drawn from. */
  readonly number: number;
  readonly t: number;
  readonly last?: string;
  readonly bid?: string;
  readonly ask?: string;
  readonly price: (units: number) => string;
  readonly quantity: (units: number | bigint) => string;
}

/** A market's ticker. Each message is the whole of it. */
export const makeTickerFeed = (
  { history, sequencer, pump }: MarketContext,
  market: string,
  index: number,
  now: () => Now,
): { readonly feed: Feed; readonly changed: () => void; readonly stop: () => void } => {
  let timer: NodeJS.Timeout | undefined;
  let told: { readonly t: number; readonly data: unknown };

  const whole = (day: Awaited<ReturnType<typeof history.day>> | undefined) => {
    const { number, price, quantity, ...members } = now();
    const data = {
      market,
      ...members,
      ...(day === undefined ? {} : { volume: quantity(day.volume) }),
      ...(day?.high === undefined ? {} : { high: price(day.high) }),
      ...(day?.low === undefined ? {} : { low: price(day.low) }),
    };
    return { number, t: members.t, data };
  };

  const look = async (): Promise<void> => {
    // A history that cannot be read leaves its members out.
    const day = await history.day(index, sequencer.now()).catch(() => undefined);
    timer = undefined;
    const { number, ...next } = whole(day);
    told = next;
    if (number > feed.seq()) feed.publish(number, next.t, next.data);
  };

  const feed = makeFeed(pump, {
    channel: `ticker:${market}`,
    seq: now().number,
    snapshot: () => told,
  });
  const { t, data } = whole(undefined);
  told = { t, data };
  const changed = (): void => {
    timer ??= setTimeout(() => void look(), TICKER_MS);
  };
  changed();
  return { feed, changed, stop: () => clearTimeout(timer) };
};
