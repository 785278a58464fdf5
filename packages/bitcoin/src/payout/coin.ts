import type { Sats } from "@coinholder/protocol";
import { sats } from "../sats.ts";
import type { AddressType } from "../wallet/address-type.ts";
import type { Branch } from "../wallet/keys.ts";
import { spendingVsize } from "./size.ts";

/** An output of ours that may be spent: `txid:vout`, and which of our keys owns it. */
export type Coin = {
  txid: string;
  vout: number;
  value: Sats;
  type: AddressType;
  branch: Branch;
  index: number;
  /** Unconfirmed coins (our own change) are used only where the confirmed ones do not suffice. */
  confirmed: boolean;
};

/** A transaction of more inputs is better made in two: each costs 10 ms to sign and 58 or 68 vbytes. */
export const MOST_INPUTS = 500;

/** As many coins are looked at first: mostly they suffice, and looking at each costs 0.7 ms. */
const FIRST_LOOK = 50;

export const coinKey = ({ txid, vout }: { txid: string; vout: number }): string => `${txid}:${vout}`;

export const sumOf = (values: readonly number[]): Sats => sats(values.reduce((sum, value) => sum + value, 0));
export const totalValue = (coins: readonly Coin[]): Sats => sumOf(coins.map(({ value }) => value));

/** A coin offered twice, a fraction of a satoshi, a fee rate of nothing: our own bugs. */
export const assertCoins = (coins: readonly Coin[], feeRate: number): void => {
  if (!Number.isSafeInteger(feeRate) || feeRate < 1)
    throw new RangeError("feeRate is whole satoshi per vbyte, 1 or more");
  for (const { value } of coins) sats(value);
  if (new Set(coins.map(coinKey)).size !== coins.length) throw new Error("a coin was offered twice");
};

/** Coins that bring more than spending them costs. */
export const worthSpending = (coins: readonly Coin[], feeRate: number): Coin[] =>
  coins.filter(({ value, type }) => value > feeRate * spendingVsize(type));

/**
 * The largest coins, few first and then as many as one transaction can spend. Ties are broken so that the same coins make
 * the same plan.
 */
export const pools = (coins: readonly Coin[], most: number): Coin[][] => {
  const sorted = [...coins].sort((a, b) => b.value - a.value || (coinKey(a) < coinKey(b) ? -1 : 1));
  const sizes = sorted.length > FIRST_LOOK ? [Math.min(FIRST_LOOK, most), most] : [most];
  return sizes.map((size) => sorted.slice(0, size));
};
