import type { Amount } from "@coinholder/protocol";
import type { Price } from "./price.ts";

/** What the desk takes for itself, in hundredths of a percent. */
export interface Margin {
  /** Off the price, to the desk's side. */
  readonly spreadBps: number;
  /** Of what the buyer may give, paid at the sale. */
  readonly premiumBps: number;
}

export interface Terms {
  readonly give: Amount;
  readonly want: Amount;
  /** In what is given. */
  readonly premium: Amount;
}

/** One of both amounts, and which side of the market the buyer gives. */
export type Asked = { readonly givesBase: boolean } & ({ readonly give: Amount } | { readonly want: Amount });

const ALL = 10_000n;

const floor = (a: bigint, b: bigint): bigint => a / b;
const ceil = (a: bigint, b: bigint): bigint => (a + b - 1n) / b;

/**
 * What an option of that size is at that price. The amount that was asked for stands; the other is rounded to the desk's side, the
 * premium to the buyer's. Undefined where one of them would be nothing, or cannot be counted.
 * @param scale smallest base units in a whole one
 */
export const termsOf = (
  { bid, ask }: Pick<Price, "bid" | "ask">,
  scale: number,
  { spreadBps, premiumBps }: Margin,
  asked: Asked,
): Terms | undefined => {
  // Smallest quote units for smallest base units, as a fraction.
  const quote = asked.givesBase
    ? BigInt(bid) * (ALL - BigInt(spreadBps))
    : BigInt(ask) * (ALL + BigInt(spreadBps));
  const base = BigInt(scale) * ALL;
  // Who gives `give` gets `give` times to / from.
  const [from, to] = asked.givesBase ? [base, quote] : [quote, base];
  const give = "give" in asked ? BigInt(asked.give) : ceil(BigInt(asked.want) * from, to);
  const want = "want" in asked ? BigInt(asked.want) : floor(BigInt(asked.give) * to, from);
  const premium = floor(give * BigInt(premiumBps), ALL);
  const most = BigInt(Number.MAX_SAFE_INTEGER);
  if (give <= 0n || want <= 0n || give > most || want > most) return undefined;
  return { give: Number(give) as Amount, want: Number(want) as Amount, premium: Number(premium) as Amount };
};
