import {
  availableOf,
  BTC,
  balancesOf,
  CHAIN,
  COLD,
  isFree,
  type Payout,
  type State,
  SYSTEM_IDS,
  type Withdrawal,
} from "@coinholder/engine";

/** Satoshi. */
export interface WalletSums {
  /** In a block, counted, and spent by no payout. */
  readonly confirmed: number;
  /** Change of own payments that is in no block, and spent by no payout. */
  readonly unconfirmed: number;
  /** Deposits in sight that do not count yet. */
  readonly uncredited: number;
  /** In coins of a block that payouts under way spend. */
  readonly locked: number;
  /** How many coins no payout spends. */
  readonly free: number;
}

/** What the wallet's coins are worth, by what can be done with them. Looks at every coin. */
export const walletSums = ({ chain }: State): WalletSums => {
  const sums = { confirmed: 0, unconfirmed: 0, uncredited: 0, locked: 0, free: 0 };
  for (const outpoint of chain.uncredited) sums.uncredited += chain.deposits.get(outpoint)!.value;
  for (const coin of chain.coins.values()) {
    const { outpoint, value, height, spentAt } = coin;
    if (spentAt !== 0 || chain.uncredited.has(outpoint)) continue;
    if (isFree(chain, coin)) {
      sums.free++;
      sums[height > 0 ? "confirmed" : "unconfirmed"] += value;
    } else if (height > 0) sums.locked += value;
  }
  return sums;
};

/** In a block, unspent there and counted: minus the balance of the chain's account (an invariant of the engine). */
export const coinsInBooks = ({ ledger }: State): number => 0 - availableOf(ledger, CHAIN, BTC);

/** Swept to the cold wallet and not brought back. */
export const coldInBooks = ({ ledger }: State): number => 0 - availableOf(ledger, COLD, BTC);

/** Withdrawals that are not final. */
export const withdrawalsUnderWay = ({ chain, withdrawals }: State): Withdrawal[] =>
  [...withdrawals.values()].filter(({ payout }) => chain.payouts.get(payout)?.final !== true);

/** What a payout sends out of the wallet, without its fee. */
export const amountOf = ({ withdrawals }: State, payout: Payout): number =>
  payout.withdrawals.reduce((sum, transfer) => sum + (withdrawals.get(transfer)?.amount ?? 0), payout.cold);

/** The version that is in a block, else the newest. */
export const versionOf = ({ versions, confirmed }: Payout) => versions.at(confirmed)!;

/** What the wallet will hold when all that is under way has been mined. */
export const hotBalance = (state: State): number => {
  let sum = coinsInBooks(state);
  for (const payout of state.chain.payouts.values())
    if (payout.height === 0 && payout.conflict === undefined)
      sum -= amountOf(state, payout) + versionOf(payout).fee;
  return sum;
};

/** What accounts have in all, per currency in the configuration's order: available and held. The ledger's sums are zero, so it is what the hub's own lack. */
export const owedToAccounts = ({ config, ledger, lines }: State): number[] => {
  const owed = config.currencies.map(() => 0);
  const own = lines.account < 0 ? [] : [lines.account];
  for (const account of [...SYSTEM_IDS.keys(), ...own])
    for (const { currency, available, held } of balancesOf(ledger, account))
      owed[currency]! -= available + held;
  return owed;
};
