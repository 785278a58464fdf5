import type { TimeMs } from "@coinholder/protocol";
import type { Effect, LevelChange } from "../effects.ts";
import { forgetTouched as forgetBalances } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import type { Markets } from "./markets.ts";
import type { Level } from "./order.ts";
import { findLevel, forgetTouched, type Side } from "./side.ts";

const NONE: readonly LevelChange[] = Object.freeze([]);

const taken = (side: Side): readonly LevelChange[] => {
  if (side.touched === undefined) return NONE;
  const changes: LevelChange[] = [];
  // A price that was left and come back to has two levels here: the new one tells.
  for (let level: Level | undefined = side.touched; level; level = level.next)
    if (level.quantity > 0 || findLevel(side, level.price) === undefined)
      changes.push([level.price, level.quantity]);
  forgetTouched(side);
  return changes;
};

/** After a command: numbers and tells what it changed in the books. */
export const tellBooks = ({ books }: Markets, t: TimeMs, effects: Effect[]): void => {
  for (let market = 0; market < books.length; market++) {
    const book = books[market]!;
    if (book.bids.touched === undefined && book.asks.touched === undefined) continue;
    book.changes++;
    effects.push({
      is: "book",
      market,
      number: book.changes,
      t,
      bids: taken(book.bids),
      asks: taken(book.asks),
    });
  }
};

/** After a command that was carried out without `apply`, where nobody is to be told: it is as if nothing had been touched. */
export const forgetChanges = ({ ledger, markets }: State): void => {
  forgetBalances(ledger);
  for (const { bids, asks } of markets.books) {
    forgetTouched(bids);
    forgetTouched(asks);
  }
};
