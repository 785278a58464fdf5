import { type Answer, formatAmount, type Overview, reservesPercent, type Sums } from "@coinholder/protocol";

export type Published = Answer<"proof-root">;

/** Amounts as decimals of their currency. */
export interface Totals {
  /** By currency code. */
  readonly owed: Readonly<Record<string, string>>;
  /** BTC. */
  readonly reserves: string;
  readonly cold: string;
  /** Reserves of the BTC owed, in whole percent, rounded down; absent where no BTC is owed. */
  readonly percent?: number;
}

const BTC_DECIMALS = 8;

export const inBtc = (satoshi: number): string => formatAmount(satoshi, BTC_DECIMALS);

/** Sums in decimals. A currency that the hub does not describe stays in its smallest units, and says so. */
export const inDecimals = (sums: Sums, overview: Overview): Record<string, string> =>
  Object.fromEntries(
    Object.entries(sums).map(([code, amount]) => {
      const decimals =
        code === "BTC" ? BTC_DECIMALS : overview.currencies?.find((one) => one.code === code)?.decimals;
      return [
        code,
        decimals === undefined ? `${amount} smallest units` : formatAmount(amount, decimals),
      ] as const;
    }),
  );

/** @param proven satoshi; what the hub says unless given */
export const totalsOf = (
  { root, reserves }: Published,
  overview: Overview,
  proven = reserves.amount,
): Totals => {
  const percent = reservesPercent(proven, root.sums.BTC ?? 0);
  return {
    owed: inDecimals(root.sums, overview),
    reserves: inBtc(proven),
    cold: inBtc(reserves.cold),
    ...(percent === undefined ? {} : { percent }),
  };
};
