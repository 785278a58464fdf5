import type { Amount } from "@coinholder/protocol";
import { BTC } from "../config.ts";
import { type AccountIndex, availableOf } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import { addHolder, type LineCoin, type Lines, removeHolder } from "./lines.ts";

const markOf = (coin: LineCoin, account: AccountIndex): number =>
  coin.marks.find((mark) => mark.account === account)?.amount ?? 0;

/** What the account was credited before it confirmed, and does not count yet. */
export const markedOf = ({ holders }: Lines, account: AccountIndex): Amount => {
  let sum = 0;
  for (const coin of holders.get(account) ?? []) sum += markOf(coin, account);
  return sum as Amount;
};

/** The most BTC that may leave the account by chain now, fees included. */
export const withdrawable = (state: State, account: AccountIndex): Amount =>
  Math.max(0, availableOf(state.ledger, account, BTC) - markedOf(state.lines, account)) as Amount;

/** Marks go to another account with the coins that it was given. Those credited first go first. */
export const moveMarks = (
  lines: Lines,
  [from, to]: readonly [AccountIndex, AccountIndex],
  most: number,
  which: (coin: LineCoin) => boolean,
): void => {
  const coins = [...(lines.holders.get(from) ?? [])].filter(which);
  let left = most;
  for (const coin of coins.sort((a, b) => a.transfer - b.transfer)) {
    const moved = Math.min(left, markOf(coin, from));
    if (moved <= 0) continue;
    left -= moved;
    changeMark(coin, from, -moved);
    changeMark(coin, to, moved);
    if (markOf(coin, from) === 0) removeHolder(lines, from, coin);
    addHolder(lines, to, coin);
  }
};

const changeMark = (coin: LineCoin, account: AccountIndex, change: number): void => {
  const mark = coin.marks.find((one) => one.account === account);
  if (!mark) coin.marks.push({ account, amount: change as Amount });
  else mark.amount = (mark.amount + change) as Amount;
  coin.marks = coin.marks.filter(({ amount }) => amount > 0);
};
