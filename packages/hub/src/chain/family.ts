import type { Payout, PayoutVersion, State } from "@coinholder/engine";

type Chain = State["chain"];

const txidOf = (outpoint: string): string => outpoint.slice(0, outpoint.indexOf(":"));

/** The payout in no block that makes this coin. */
const makerOf = (chain: Chain, outpoint: string): Payout | undefined => {
  const payout = chain.index.versions.get(txidOf(outpoint))?.payout;
  return payout?.height === 0 ? payout : undefined;
};

const newest = ({ versions }: Payout): PayoutVersion => versions.at(-1)!;

/** Payouts in no block that must be mined before what spends these coins. */
export const ancestorsOf = (chain: Chain, inputs: readonly string[]): Payout[] => {
  const found = new Set<Payout>();
  const look = (outpoints: readonly string[]): void => {
    for (const outpoint of outpoints) {
      const maker = makerOf(chain, outpoint);
      if (maker === undefined || found.has(maker)) continue;
      found.add(maker);
      look(newest(maker).inputs);
    }
  };
  look(inputs);
  return [...found];
};

/** What several transactions pay and measure together. */
export const together = (payouts: readonly Payout[]): { fee: number; vsize: number } =>
  payouts.reduce(
    (sum, payout) => ({ fee: sum.fee + newest(payout).fee, vsize: sum.vsize + newest(payout).vsize }),
    { fee: 0, vsize: 0 },
  );

/** Of a coin that is in no block: all payouts in no block that hang together with the one that makes it. */
export const familiesOf = (chain: Chain): ((outpoint: string) => readonly Payout[] | undefined) => {
  const families = new Map<Payout, Payout[]>();
  for (const number of chain.index.open) {
    const payout = chain.payouts.get(number)!;
    const own = families.get(payout) ?? [payout];
    families.set(payout, own);
    for (const outpoint of newest(payout).inputs) {
      const maker = makerOf(chain, outpoint);
      if (maker === undefined) continue;
      const its = families.get(maker) ?? [maker];
      const mine = families.get(payout)!;
      if (its === mine) continue;
      mine.push(...its);
      for (const one of its) families.set(one, mine);
    }
  }
  return (outpoint) => {
    const maker = makerOf(chain, outpoint);
    return maker && families.get(maker);
  };
};
