import { type DrawnBook, drawBook, type Level } from "@coinholder/protocol";
import { clean, cyan, dim, green, red } from "../terminal.ts";
import { clockTime } from "../times.ts";
import { bestOf, sidesTable, spread } from "../views/market.ts";
import type { Watched } from "./watched.ts";

/** Levels that are asked for where there is no stream. */
const LEVELS = 100;
/** Lines of a picture beside the levels: title, blank, header, blank, spread, blank, hint. */
const AROUND = 7;

const best = (book: DrawnBook): string => {
  const { asks, bids } = bestOf(book, 1);
  const told = (level: Level | undefined, colour: (text: string) => string): string =>
    level === undefined ? "none" : `${colour(clean(level[0]))} (${clean(level[1])})`;
  return `bid ${told(bids[0], green)}  ask ${told(asks[0], red)}`;
};

/** The book is one that is changed in place, so what was told of it is kept beside. */
interface Shown {
  readonly book: DrawnBook;
  readonly best: string;
}

export const watchBook = (market: string): Watched<Shown> => ({
  title: `${market} order book`,
  channel: `book:${market}`,
  ask: (hub) => hub.call("depth", { market, limit: LEVELS }),
  draw: (before, message) => {
    const book = drawBook(before?.book, message);
    return book && { book, best: best(book) };
  },
  screen: ({ book }, { rows }) => {
    const sides = bestOf(book, Math.max(1, rows - AROUND));
    const [bid] = sides.bids;
    const [ask] = sides.asks;
    if (bid === undefined && ask === undefined) return [dim("no orders")];
    return [
      ...sidesTable(sides),
      "",
      ...(bid && ask ? [`${dim("spread")} ${cyan(clean(spread(ask[0], bid[0])))}`] : []),
    ];
  },
  news: (now, before, { t }) => (before?.best === now.best ? [] : [`${clockTime(t)}  ${now.best}`]),
});
