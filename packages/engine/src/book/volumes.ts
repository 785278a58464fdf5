import type { Amount, TimeMs } from "@coinholder/protocol";
import { assert } from "../assert.ts";
import type { FeeTier, Market } from "../config.ts";
import { counted } from "../counted.ts";
import type { AccountIndex } from "../ledger/ledger.ts";
import type { Trader } from "./markets.ts";

const DAY_MS = 86_400_000;
/** A volume is of today (UTC) and the days before it, so many together. */
export const VOLUME_DAYS = 30;

/** UTC days since 1970. */
export type Day = number & { readonly __is?: "day" };
export const dayOf = (t: TimeMs): Day => Math.floor(t / DAY_MS);

/** What an account traded in a market, as maker and taker, in quote before fees. */
export interface Volume {
  readonly trader: Trader;
  /** Of the last trade. */
  day: Day;
  /** On that day. */
  today: number;
  /** On the days before it that count with it. */
  before: number;
  /** Those days: [day, amount], oldest first, days without a trade left out. */
  readonly days: [Day, number][];
}

/** A market's: of those who traded within the last days. Who traded last on an earlier day comes first, to be forgotten first. */
export type Volumes = Map<AccountIndex, Volume>;

const counts = (day: Day, today: Day): boolean => day > today - VOLUME_DAYS;

// What counts of it on a day, which is not before its last.
const volumeOn = (volume: Volume, today: Day): number => {
  if (volume.day === today) return counted(volume.before, volume.today);
  let whole = counts(volume.day, today) ? volume.today : 0;
  for (const [day, amount] of volume.days) if (counts(day, today)) whole = counted(whole, amount);
  return whole;
};

/** An account's volume of the last 30 days. */
export const volumeOf = (volumes: Volumes, account: AccountIndex, t: TimeMs): Amount => {
  const volume = volumes.get(account);
  return (volume ? volumeOn(volume, dayOf(t)) : 0) as Amount;
};

/** A trader's volume in a market, brought to a day on which it trades. */
export const volumeToday = (volumes: Volumes, trader: Trader, market: number, today: Day): Volume => {
  const known = trader.volumes[market];
  return known?.day === today ? known : firstToday(volumes, known, trader, market, today);
};

const firstToday = (
  volumes: Volumes,
  known: Volume | undefined,
  trader: Trader,
  market: number,
  today: Day,
): Volume => {
  const { index } = trader.account;
  const volume = known ?? { trader, day: today, today: 0, before: 0, days: [] };
  if (known) {
    known.before = volumeOn(known, today);
    known.days.push([known.day, known.today]);
    while (known.days.length > 0 && !counts(known.days[0]![0], today)) known.days.shift();
    known.day = today;
    known.today = 0;
    volumes.delete(index);
  }
  keepVolume(volumes, market, volume);
  for (const { day, trader: old } of volumes.values()) {
    if (counts(day, today)) break;
    volumes.delete(old.account.index);
    old.volumes[market] = undefined;
  }
  return volume;
};

const keepVolume = (volumes: Volumes, market: number, volume: Volume): void => {
  const { account, volumes: own } = volume.trader;
  volumes.set(account.index, volume);
  while (own.length < market) own.push(undefined);
  own[market] = volume;
};

/** For `load`. */
export const loadVolume = (
  volumes: Volumes,
  market: number,
  trader: Trader,
  day: Day,
  today: number,
  days: readonly (readonly [Day, number])[],
): void => {
  const before = days.reduce((whole, [, amount]) => counted(whole, amount), 0);
  keepVolume(volumes, market, { trader, day, today, before, days: days.map(([on, amount]) => [on, amount]) });
};

/** What it counts on its own day. */
export const reached = (volume: Volume): number => counted(volume.before, volume.today);

export const addVolume = (volume: Volume, quote: Amount): void => {
  volume.today = counted(volume.today, quote);
};

export type Fees = Pick<FeeTier, "makerFeeBps" | "takerFeeBps">;

/** What an account of a volume pays: the last tier that it has reached. */
export const tierOf = (market: Market, volume: number): Fees => {
  const { feeTiers } = market;
  let fees: Fees = market;
  if (feeTiers)
    for (let i = 0; i < feeTiers.length && feeTiers[i]!.volume <= volume; i++) fees = feeTiers[i]!;
  return fees;
};

/** Throws where what is kept of volumes does not hang together. */
export const checkVolumes = (volumes: Volumes, market: number): void => {
  let before = -Infinity;
  for (const [account, volume] of volumes) {
    const { trader, day, days, before: kept, today } = volume;
    assert(
      trader.account.index === account && trader.volumes[market] === volume,
      `account ${account}: its volume is its trader's`,
    );
    assert(day >= before, `account ${account}: who traded last stands last`);
    before = day;
    const on = days.map(([one]) => one);
    assert(
      on.every((one, i) => counts(one, day) && one < day && (i === 0 || on[i - 1]! < one)) && today >= 0,
      `account ${account}: days of trade are the last ones, in order`,
    );
    assert(
      kept === days.reduce((whole, [, amount]) => counted(whole, amount), 0),
      `account ${account}: the days' volume is their sum`,
    );
  }
};
