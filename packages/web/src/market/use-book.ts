import { bestLevels, type DrawnBook, drawBook, type Level } from "@coinholder/protocol";
import { useState } from "preact/hooks";
import { useFold } from "./use-fold.ts";

/** Levels of a side that the page draws; the depth chart shows all of them, the book the best. */
const MOST_LEVELS = 500;

export interface Book {
  /** The number at which it stands: that of `depth`. */
  readonly seq: number;
  /** Best first. */
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The order book, live; undefined until it is there. */
export const useBook = (market: string): Book | undefined => {
  const [book, setBook] = useState<{ readonly of: string; readonly book: Book }>();
  useFold<DrawnBook>(`book:${market}`, drawBook, (drawn) =>
    setBook({ of: market, book: { seq: drawn.seq, ...bestLevels(drawn, MOST_LEVELS) } }),
  );
  return book?.of === market ? book.book : undefined;
};
