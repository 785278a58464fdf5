import { LINES_ID } from "../accounts/accounts.ts";
import { assert } from "../assert.ts";
import { BTC } from "../config.ts";
import { availableOf, balancesOf } from "../ledger/ledger.ts";
import type { State } from "../state.ts";
import {
  type Attached,
  counts,
  emptyLines,
  isDoubtful,
  keepAttached,
  type LineCoin,
  type Lines,
} from "./lines.ts";

/** What must be true of transfers that other hubs stand behind, at all times. */
export const checkLines = (state: State): void => {
  const { accounts, ledger, lines } = state;
  if (lines.account < 0) assert(lines.open === 0, "nothing is credited early before there is a ceiling");
  else {
    assert(accounts.list[lines.account]?.id === LINES_ID, "early credits are paid from their own account");
    assert(
      balancesOf(ledger, lines.account).every(({ held, pending }) => held === 0 && pending === 0),
      "what is credited early is neither held nor pending",
    );
    const owed = 0 - availableOf(ledger, lines.account, BTC);
    assert(owed === lines.open, `early credits that are open are worth ${lines.open}, in the books ${owed}`);
  }
  for (const transfer of lines.transfers.values()) checkAttached(state, transfer);
  checkIdentities(lines);
  const rebuilt = emptyLines();
  for (const transfer of lines.transfers.values()) keepAttached(rebuilt, transfer);
  const [kept, follows] = [textOf(lines), textOf(rebuilt)];
  assert(kept === follows, `what is known of transfers follows from them:\n${kept}\nand not\n${follows}`);
};

const checkAttached = ({ chain }: State, transfer: Attached): void => {
  const { amount, coins, confirmedOn, conflict, lost, txid } = transfer;
  assert(
    amount > 0 && amount === coins.reduce((sum, { value }) => sum + value, 0),
    `${txid} is worth its coins`,
  );
  assert(confirmedOn >= 0 === coins.every(counts), `${txid} is confirmed when all of it counts`);
  assert(!lost || conflict !== undefined, `${txid} was lost to another transaction`);
  assert(conflict === undefined || lost || confirmedOn < 0, `${txid} has won, or is in conflict`);
  assert(
    coins.every((coin) => coin.transfer > 0) || coins.every((coin) => coin.transfer === 0),
    `${txid} is credited early in all its coins, or in none`,
  );
  for (const coin of coins) {
    const { marks, outpoint, standing, value } = coin;
    const deposit = chain.deposits.get(outpoint);
    const early = standing !== "noted" && standing !== "counted";
    assert(early === coin.transfer > 0, `coin ${outpoint} was credited early, or not`);
    assert(!lost || standing !== "credited", `coin ${outpoint} of a lost transfer weighs on no line`);
    const marked = marks.reduce((sum, mark) => sum + mark.amount, 0);
    assert(marked === (early ? value : 0), `coin ${outpoint} is held by somebody, as a whole`);
    assert(
      marks.every((mark) => mark.amount > 0) &&
        new Set(marks.map((mark) => mark.account)).size === marks.length,
      `coin ${outpoint} is held in parts`,
    );
    assert(
      deposit === undefined || (deposit.value === value && deposit.account === coin.account),
      `coin ${outpoint} is its deposit`,
    );
    if (!counts(coin)) assert((deposit?.transfer ?? 0) === 0, `coin ${outpoint} does not count yet`);
    else
      assert(early ? deposit?.transfer === coin.transfer : deposit!.transfer > 0, `coin ${outpoint} counts`);
  }
};

const checkIdentities = ({ identities, transfers }: Lines): void => {
  const own = new Map<string, Attached[]>();
  for (const transfer of transfers.values()) {
    assert(identities.has(transfer.identity), `${transfer.txid} has somebody behind it`);
    own.set(transfer.identity, [...(own.get(transfer.identity) ?? []), transfer]);
  }
  for (const [key, identity] of identities) {
    const { confirmed, doubleSpent, doubted, earned, ended, kept, open, replaced, seen } = identity;
    const all = own.get(key) ?? [];
    assert(identity.key === key && kept === all.length, `identity ${key}: its transfers are counted`);
    assert(doubted === all.filter(isDoubtful).length, `identity ${key}: its conflicts are counted`);
    assert(open === sumOpen(all), `identity ${key}: what is open of it`);
    for (const { amount, number } of [seen, confirmed, replaced, doubleSpent])
      assert(amount >= 0 && number >= 0 && number <= seen.number, `identity ${key}: its record`);
    assert(
      (ended !== undefined) === doubleSpent.number > 0,
      `identity ${key}: one double spend ends its line`,
    );
    earned.forEach(([day, amount], i) => {
      assert(amount > 0 && (i === 0 || day > earned[i - 1]![0]), `identity ${key}: what it earned, by day`);
    });
  }
};

const sumOpen = (transfers: readonly Attached[]): number => {
  let sum = 0;
  for (const { coins } of transfers)
    for (const { standing, value } of coins) if (standing === "credited") sum += value;
  return sum;
};

const textOf = ({ byInput, coins, conflicted, holders, noted, open }: Lines): string => {
  const outpoints = (set: ReadonlySet<LineCoin>): string[] => [...set].map(({ outpoint }) => outpoint).sort();
  return JSON.stringify({
    open,
    coins: [...coins.keys()].sort(),
    byInput: [...byInput].map(([outpoint, txids]) => [outpoint, [...txids].sort()]).sort(),
    noted: [...noted].sort(),
    conflicted: [...conflicted].sort(),
    holders: [...holders].map(([account, held]) => [account, outpoints(held)]).sort(),
  });
};
